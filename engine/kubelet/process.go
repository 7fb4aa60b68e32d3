package kubelet

import (
	"strings"
	"time"

	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/kubelet/image"
)

// Reasons that a container runtime gives for an end, and the exit code of
// SIGKILL.
const (
	reasonCompleted = "Completed"
	reasonError     = "Error"
	exitKilled      = 128 + 9
)

// start runs the container's process.
func (c *container) start() {
	c.status.State = kubecontainer.ContainerStateRunning
	c.status.StartedAt = c.worker.node.now
	c.worker.runtimeChanged()
	c.begin()
	c.resume()
}

// resume runs the program until it waits or ends.
func (c *container) resume() {
	program := c.process.Program
	for c.status.State == kubecontainer.ContainerStateRunning && c.next < len(program) {
		instruction := program[c.next]
		c.next++
		switch {
		case instruction.Print != nil:
			c.print(*instruction.Print)
		case instruction.Again:
			c.next = 0
		case instruction.Exit != nil:
			c.exit(*instruction.Exit)
		case instruction.Sleep == image.Forever:
			return
		case instruction.Sleep > 0:
			c.running = c.worker.after(instruction.Sleep, c.resume)
			return
		}
	}
}

// skip brings a container that was taken over to where it would be after elapsed
// of running. What it printed before is lost.
func (c *container) skip(elapsed time.Duration) {
	program := c.process.Program
	length := time.Duration(0)
	for _, instruction := range program {
		if instruction.Sleep == image.Forever {
			break
		}
		length += instruction.Sleep
	}
	if len(program) > 0 && program[len(program)-1].Again && length > 0 {
		elapsed %= length
	}
	for c.next < len(program) {
		instruction := program[c.next]
		c.next++
		switch {
		case instruction.Sleep == image.Forever:
			return
		case instruction.Sleep > elapsed:
			c.running = c.worker.after(instruction.Sleep-elapsed, c.resume)
			return
		case instruction.Exit != nil:
			c.next--
			c.running = c.worker.after(0, c.resume)
			return
		}
		elapsed -= instruction.Sleep
	}
}

func (c *container) print(line string) {
	line = strings.NewReplacer(
		"${hostname}", c.worker.pod.Name, "${tag}", c.image.Tag, "${date}", c.worker.node.now.UTC().Format(time.UnixDate),
	).Replace(line)
	c.log.write(c.worker.node.now, line)
}

// exit ends the process. It does nothing when the process has ended.
func (c *container) exit(code int32) {
	reason := reasonCompleted
	if code != 0 {
		reason = reasonError
	}
	c.end(code, reason)
}

// end is exit with the runtime's reason for it.
func (c *container) end(code int32, reason string) {
	if c.status.State != kubecontainer.ContainerStateRunning {
		return
	}
	for _, t := range []*timer{c.running, c.draining, c.kill, c.crash, c.meter.kill} {
		c.worker.stop(t)
	}
	c.status.State = kubecontainer.ContainerStateExited
	c.status.FinishedAt = c.worker.node.now
	c.status.ExitCode = int(code)
	c.status.Reason = reason
	c.log.close()
	c.sockets.Reset(c.status.FinishedAt)
	c.worker.runtimeChanged()
	waiting := c.exited
	c.exited = nil
	for _, then := range waiting {
		then()
	}
}

// terminate sends SIGTERM, and SIGKILL when the process has not ended after
// grace.
func (c *container) terminate(grace time.Duration) {
	if c.status.State != kubecontainer.ContainerStateRunning {
		return
	}
	c.stopping, c.stoppedAt = true, c.worker.node.now
	for _, line := range c.image.Log.Stop {
		if c.process.Serves {
			c.print(line)
		}
	}
	if c.worker.node.instant {
		grace = 0
	}
	if stop := c.process.Stop; !stop.Ignored {
		c.drain(stop)
	}
	c.kill = c.worker.after(grace, func() { c.exit(exitKilled) })
}

// drain is the reaction of a process to SIGTERM: it resets its connections, or
// answers what is under way, and ends.
func (c *container) drain(stop image.Stop) {
	if stop.Abrupt {
		c.sockets.Reset(c.stoppedAt)
	}
	var leave func()
	leave = func() {
		if left := c.sockets.BusyUntil().Sub(c.worker.node.now); left > 0 && !stop.Abrupt {
			c.draining = c.worker.after(left, leave)
			return
		}
		c.exit(stop.Code)
	}
	reaction := stop.After.Duration
	if c.worker.node.instant {
		reaction = 0
	}
	c.draining = c.worker.after(reaction, leave)
}
