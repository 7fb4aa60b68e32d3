package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"tabernetes/engine/userland/process"
)

// maxExecutedOutput is how many bytes of a command's output are kept, as with
// containerd's maxExecSyncOutput; the rest is dropped.
const maxExecutedOutput = 1 << 20

// Execution is how a command in a container ended. Err says that the command could
// not be run or was killed, because of its timeout if TimedOut is set.
type Execution struct {
	Output   string // standard output and then standard error
	Errors   string // standard error
	Code     int32
	TimedOut bool
	Err      error
}

// Execute runs a command in the container and calls done on the loop when it has
// ended, or after timeout if that is not zero.
func (c *Container) Execute(command []string, timeout time.Duration, done func(Execution)) {
	if !c.IsRunning() {
		done(Execution{Err: fmt.Errorf("rpc error: code = Unknown desc = container %s is not running", c.status.ID.ID)})
		return
	}
	var stdout, stderr boundedBuffer
	process, err := c.newExecution(command, streams{stdout: &stdout, stderr: &stderr})
	if err != nil {
		if !c.image.Known {
			// What the image contains is unknown; the command is assumed to succeed.
			done(Execution{})
			return
		}
		done(Execution{Err: fmt.Errorf("rpc error: code = Unknown desc = %w", err)})
		return
	}
	process.Missing = c.assumedCommand()
	place := c.scope.Reserve()
	ctx, cancel := context.WithCancel(context.Background())
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(context.Background(), timeout)
	}
	process.Enter(ctx)
	c.scope.Processes.Go(func() {
		defer cancel()
		code := process.Run(ctx)
		outcome := Execution{Output: stdout.String() + stderr.String(), Errors: stderr.String(), Code: int32(code)}
		if ctx.Err() != nil {
			// The text is that of k8s.io/cri-client, which is not imported because it
			// brings a gRPC client with it.
			outcome = Execution{TimedOut: true, Err: fmt.Errorf("command timed out: %q timed out after %s", strings.Join(command, " "), timeout)}
		}
		c.scope.Report(place, func() { done(outcome) })
	})
}

// streams are the standard streams of a process.
type streams struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	terminal       bool
}

// newExecution makes a process that is to run in the container beside process 1.
// Its error is containerd's.
func (c *Container) newExecution(command []string, with streams) (*process.Process, error) {
	system := c.system()
	process := &process.Process{
		System: system, Args: command, Env: c.variables(), Dir: c.directory(),
		Stdin: with.stdin, Stdout: with.stdout, Stderr: with.stderr, Terminal: with.terminal,
	}
	if len(command) == 0 {
		return nil, errors.New("failed to exec in container: no command specified")
	}
	if _, err := system.LookPath(command[0], c.directory(), process.Env); err != nil {
		return nil, fmt.Errorf("failed to exec in container: failed to start exec %q: "+
			"OCI runtime exec failed: exec failed: unable to start container process: %w", c.vary.ID(), err)
	}
	return process, nil
}

// boundedBuffer keeps the first maxExecutedOutput bytes. It is safe for
// concurrent use.
type boundedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer // guarded by mu
}

// Write implements io.Writer.
func (b *boundedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buffer.Write(data[:min(len(data), maxExecutedOutput-b.buffer.Len())])
	return len(data), nil
}

func (b *boundedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
