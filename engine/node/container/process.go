package container

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/process"
)

// Reasons that a container runtime reports for a container's end, and the exit
// codes of SIGKILL and of a process that could not be started.
const (
	ReasonCompleted  = "Completed"
	reasonError      = "Error"
	reasonStartError = "StartError"
	ExitKilled       = 128 + 9
	exitStartError   = 128
)

// errRunContainer is the error that runc, through containerd, reports for a
// process that cannot be started.
func errRunContainer(cause error) error {
	return fmt.Errorf("failed to create containerd task: failed to create shim task: OCI runtime create failed: "+
		"runc create failed: unable to start container process: error during container init: %w", cause)
}

// Start runs the container's process 1: the image's own program, which the sync
// loop simulates, or a program of the container's shell, which runs in a
// goroutine. An error says that the process could not be started; the container
// has then ended.
//
// broken is why the container's files could not be made, or nil.
func (c *Container) Start(broken error) error {
	c.status.StartedAt = c.scope.Now()
	args, err := []string(nil), broken
	if err == nil {
		args, err = c.mainProcess()
	}
	if err != nil {
		err = errRunContainer(err)
		c.status.State = kubecontainer.ContainerStateExited
		c.status.StartedAt, c.status.FinishedAt = time.Unix(0, 0), c.scope.Now()
		c.status.ExitCode, c.status.Reason, c.status.Message = exitStartError, reasonStartError, err.Error()
		c.log.close()
		c.pod.RuntimeChanged()
		return err
	}
	c.status.State = kubecontainer.ContainerStateRunning
	c.pod.RuntimeChanged()
	c.begin()
	if args == nil {
		c.program.begin(c.exit)
		return nil
	}
	c.launch(args, 0)
	return nil
}

// mainProcess returns the command line of process 1, or nil for the image's own
// program. Command and args replace the image's as Kubernetes defines it: args
// alone are a command in a toolbox image, and in other images if their first word
// is a command and not an option.
func (c *Container) mainProcess() ([]string, error) {
	command, args := c.config.Command, c.config.Args
	words := append(append([]string(nil), command...), args...)
	if runs := c.image.Runs(command, args); runs != nil {
		return runs, nil
	}
	if c.configured() && (len(words) == 0 || c.image.RunsOwnProgram(words[0])) {
		return append([]string{c.image.Programs.Configured.Runs}, words[min(1, len(words)):]...), nil
	}
	switch {
	case len(words) == 0 && c.image.Shell:
		words = []string{"sh"}
	case len(words) == 0:
		return nil, nil
	case c.image.RunsOwnProgram(words[0]):
		return nil, nil
	}
	_, err := c.system().LookPath(words[0], c.directory(), c.variables())
	switch {
	case err == nil:
		return words, nil
	case len(command) == 0 && !c.image.Shell, !c.image.Known:
		// Options of the image's program, or a program that is not simulated here.
		return nil, nil
	}
	return nil, err
}

// configured reports whether something is mounted over the configuration of the image's
// own program, of an image that has a program for that.
func (c *Container) configured() bool {
	own := c.image.Programs.Configured
	return own != nil && slices.ContainsFunc(c.config.Mounts, func(m volume.Mount) bool {
		return m.Path == own.Directory || strings.HasPrefix(m.Path, own.Directory+"/")
	})
}

// launch runs process 1 in a goroutine, which reports the end to the loop through
// report. elapsed is how long the process has already been running.
func (c *Container) launch(args []string, elapsed time.Duration) {
	ctx, kill := context.WithCancelCause(context.Background())
	c.kill = kill
	system := c.system()
	system.Elapsed = elapsed
	c.output.now = system.Now
	stdout, stderr := c.output.stream(streamStdout), c.output.stream(streamStderr)
	c.main = &process.Process{
		System: system, Args: args, Env: c.variables(), Dir: c.directory(),
		Stdin: c.stdin.reader(), Stdout: stdout, Stderr: stderr, Terminal: c.spec.TTY, Missing: c.assumedCommand(),
	}
	main, place := c.main, c.scope.Reserve()
	main.Enter(ctx)
	c.scope.Processes.Go(func() {
		code := main.Run(ctx)
		stdout.end()
		stderr.end()
		c.scope.Report(place, func() { c.exit(int32(code)) })
	})
}

// exit ends the container with the exit code of process 1. It does nothing if the
// container has ended already.
func (c *Container) exit(code int32) {
	reason := ReasonCompleted
	if code != 0 {
		reason = reasonError
	}
	c.end(code, reason)
}

// end is exit with the reason that the runtime reports.
func (c *Container) end(code int32, reason string) {
	if c.status.State != kubecontainer.ContainerStateRunning {
		return
	}
	for _, t := range []*syncloop.Timer{c.deadline, c.crash, c.meter.kill} {
		c.scope.Stop(t)
	}
	c.program.stopTimers()
	c.status.State = kubecontainer.ContainerStateExited
	c.status.FinishedAt = c.scope.Now()
	c.status.ExitCode = int(code)
	c.status.Reason = reason
	c.status.Message = c.terminationMessage()
	c.destroy()
	c.log.close()
	c.sockets.Reset(c.status.FinishedAt)
	c.pod.RuntimeChanged()
	waiting := c.exited
	c.exited = nil
	for _, then := range waiting {
		then()
	}
}

// destroy kills everything that runs in the container, as the end of process 1
// does.
func (c *Container) destroy() {
	if c.kill != nil {
		c.kill(errContainerEnded)
	}
	if system := c.processes; system != nil {
		c.scope.Processes.Go(func() {
			system.Close()
			system.FileSystem.UnmountAll()
		})
	} else if c.files != nil {
		c.files.UnmountAll()
	}
	c.stdin.close()
	c.output.close()
}

var errContainerEnded = errors.New("the container has ended")

// Terminate sends SIGTERM, and SIGKILL if the process has not ended after grace.
func (c *Container) Terminate(grace time.Duration) {
	if c.status.State != kubecontainer.ContainerStateRunning {
		return
	}
	if c.scope.Instant {
		grace = 0
	}
	if c.main != nil {
		c.main.Signal(process.SIGTERM)
	} else {
		c.program.terminate()
	}
	c.deadline = c.scope.After(grace, func() { c.exit(ExitKilled) })
}
