package kubelet

import (
	"slices"
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
	if c.status.State != kubecontainer.ContainerStateRunning {
		return
	}
	c.worker.stop(c.running)
	c.worker.stop(c.kill)
	c.status.State = kubecontainer.ContainerStateExited
	c.status.FinishedAt = c.worker.node.now
	c.status.ExitCode = int(code)
	c.status.Reason = reasonCompleted
	if code != 0 {
		c.status.Reason = reasonError
	}
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
	c.stopping = true
	for _, line := range c.image.Log.Stop {
		if c.process.Serves {
			c.print(line)
		}
	}
	if stop := c.process.Stop; !stop.Ignored {
		reaction := stop.After.Duration
		if c.worker.node.instant {
			reaction = 0
		}
		if reaction <= grace {
			c.kill = c.worker.after(reaction, func() { c.exit(stop.Code) })
			return
		}
	}
	if c.worker.node.instant {
		grace = 0
	}
	c.kill = c.worker.after(grace, func() { c.exit(exitKilled) })
}

// listens says whether a connection to a port of the container is accepted now.
func (c *container) listens(port int32) bool {
	if c.status.State != kubecontainer.ContainerStateRunning || !c.process.Serves || c.stopping {
		return false
	}
	if !c.worker.node.instant && c.worker.node.now.Sub(c.status.StartedAt) < c.image.StartUp.Duration {
		return false
	}
	return slices.Contains(c.ports(), port)
}

// ports are the ports of the image, or for an image outside the catalogue those
// that the container declares, or else 80 and 8080.
func (c *container) ports() []int32 {
	if c.image.Known {
		return c.image.Ports
	}
	var ports []int32
	for _, port := range c.spec.Ports {
		ports = append(ports, port.ContainerPort)
	}
	if len(ports) == 0 {
		return []int32{80, 8080}
	}
	return ports
}
