package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// usage is what a Process and the processes it created have used together.
type usage struct {
	mu     sync.Mutex
	steps  int
	output int
	limit  error // set when a limit was passed
	cancel context.CancelCauseFunc
}

// LimitError is the cause of the end of a context when a limit was passed.
type LimitError string

func (e LimitError) Error() string { return string(e) }

// Account begins a new account of what the process, and those that it creates
// from now on, use together. When they exceed one of the Limits, cancel is called
// with a LimitError.
func (t *Task) Account(cancel context.CancelCauseFunc) { t.usage = &usage{cancel: cancel} }

// counted limits the output of a stream to Limits.MaxOutput.
func (t *Task) counted(s *Stream) *Stream {
	limit := t.system.Limits.MaxOutput
	if limit == 0 {
		return s
	}
	write := s.write
	s.write = func(ctx context.Context, p []byte) (int, error) {
		t.usage.mu.Lock()
		t.usage.output += len(p)
		over := t.usage.output > limit
		t.usage.mu.Unlock()
		if over {
			return 0, t.usage.exceed(fmt.Sprintf("stopped: it wrote more than %d bytes", limit))
		}
		return write(ctx, p)
	}
	return s
}

// Spend pays for steps and yields when the turn is over. It fails if the
// process has been killed or a limit was exceeded.
func (t *Task) Spend(ctx context.Context, steps int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if steps == 0 {
		return nil
	}
	s := t.system
	if limit := s.Limits.MaxSteps; limit > 0 {
		t.usage.mu.Lock()
		t.usage.steps += steps
		over := t.usage.steps > limit
		t.usage.mu.Unlock()
		if over {
			limit := t.usage.exceed(fmt.Sprintf("stopped: it ran more than %d commands or turns of a loop", limit))
			t.cancel(limit)
			return limit
		}
	}
	turn := s.Limits.Turn
	if turn == 0 {
		turn = defaultTurn
	}
	s.mu.Lock()
	s.steps += steps
	over := s.steps >= turn
	if over {
		s.steps = 0
	}
	s.mu.Unlock()
	if over {
		return s.yield(ctx)
	}
	return nil
}

func (u *usage) exceed(text string) error {
	u.mu.Lock()
	if u.limit == nil {
		u.limit = LimitError(text)
	}
	limit := u.limit
	u.mu.Unlock()
	u.cancel(limit)
	return limit
}

// killedError is the cause of the end of a process's context when a signal ended
// it.
type killedError struct{ signal Signal }

func (e killedError) Error() string { return "killed by SIG" + e.signal.String() }

// Killed returns a cause with which to cancel the context of Run, so that the
// process ends as if by a signal.
func Killed(signal Signal) error { return killedError{signal} }

// ExitStatus is the exit status of a process whose context has ended.
func ExitStatus(ctx context.Context) int {
	var killed killedError
	if errors.As(context.Cause(ctx), &killed) {
		return killed.signal.Status()
	}
	var limit LimitError
	if errors.As(context.Cause(ctx), &limit) {
		return 1
	}
	return SIGKILL.Status()
}
