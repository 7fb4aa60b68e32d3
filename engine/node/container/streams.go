package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"

	"tabernetes/engine/userland/process"
)

var (
	_ remotecommand.Executor = (*Container)(nil)
	_ remotecommand.Attacher = (*Container)(nil)
)

// ExecInContainer implements remotecommand.Executor. The process ends with the
// connection.
func (c *Container) ExecInContainer(ctx context.Context, _, _, _ string, command []string, in io.Reader, out, errs io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize, _ time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	with := streams{stdin: in, terminal: tty}
	if out != nil {
		with.stdout = out
	}
	if errs != nil {
		with.stderr = errs
	}
	var system *process.System
	if tty {
		terminal := newTerminal(in, out, func() { system.Interrupt() })
		defer terminal.close()
		with.stdin, with.stdout, with.stderr = terminal, terminal, terminal
	}
	c.scope.Lock()
	if !c.IsRunning() || c.scope.Ended() {
		c.scope.Unlock()
		return errors.New("container is in CONTAINER_EXITED state")
	}
	system = c.system()
	process, err := c.newExecution(command, with)
	if err == nil {
		process.Enter(ctx)
		c.scope.Processes.Add(1)
		defer c.scope.Processes.Done()
	}
	c.scope.Unlock()
	if err != nil {
		return err
	}
	go drain(ctx, resize)
	if code := process.Run(ctx); code != 0 {
		return utilexec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", code), Code: code}
	}
	return nil
}

// AttachContainer implements remotecommand.Attacher: it copies the output of
// process 1 from now on, until the process ends or the client goes away.
func (c *Container) AttachContainer(ctx context.Context, _, _, _ string, in io.Reader, out, errs io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	output := c.output.attach()
	defer c.output.detach(output)
	stop := context.AfterFunc(ctx, output.close)
	defer stop()
	go drain(ctx, resize)
	var screen, problems io.Writer
	if out != nil {
		screen = out
	}
	if errs != nil {
		problems = errs
	}
	if in != nil && c.stdin != nil {
		source := in
		if tty {
			terminal := newTerminal(in, out, func() { c.system().Interrupt() })
			defer terminal.close()
			source, screen = terminal, terminal
		}
		go c.stdin.copyFrom(source)
	}
	for {
		piece, ok := output.next()
		if !ok {
			return nil
		}
		to := screen
		if piece.stream == streamStderr && !tty {
			to = problems
		}
		if to == nil {
			continue
		}
		if _, err := io.WriteString(to, piece.text); err != nil {
			return nil //nolint:nilerr // the attachment ends because the client has gone away
		}
	}
}

// drain discards the sizes of a client's terminal: no program here asks for them.
func drain(ctx context.Context, resize <-chan remotecommand.TerminalSize) {
	for {
		select {
		case _, ok := <-resize:
			if !ok {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
