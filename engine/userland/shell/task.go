package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// task is an entry of the process table.
type task struct {
	system     *System
	pid        int
	parent     int
	user       string
	background bool
	started    time.Time
	usage      *usage
	cancel     context.CancelCauseFunc
	ended      chan struct{} // closed when it has ended; code is set then
	code       int
	standard   [3]*stream // of a Process

	mu       sync.Mutex
	args     []string          // guarded by mu
	ignored  map[Signal]bool   // guarded by mu
	caught   map[Signal]func() // guarded by mu; called with mu not held
	arrived  []Signal          // caught and not yet handled; guarded by mu
	arrival  chan struct{}     // holds one while arrived is not empty
	stopping bool              // its context has been ended; guarded by mu
}

// usage is what a Process and the processes it made have used together.
type usage struct {
	mu     sync.Mutex
	steps  int
	output int
	limit  error // set when a limit was passed
	cancel context.CancelCauseFunc
}

// limitError is the cause of the end of a context when a limit was passed.
type limitError string

func (e limitError) Error() string { return string(e) }

// newTask enters a process into the table. The context that it gives ends when
// the process is killed.
func (s *System) newTask(ctx context.Context, parent *task, args []string) (context.Context, *task, error) {
	limit := s.Limits.MaxProcesses
	if limit == 0 {
		limit = defaultMaxProcesses
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.tasks) >= limit {
		return ctx, nil, errProcesses
	}
	if s.last == 0 {
		s.last, s.behind = max(0, s.FirstProcess-1), s.Elapsed
	}
	s.last++
	t := &task{
		system: s, pid: s.last, args: args, started: time.Now(),
		ended: make(chan struct{}), arrival: make(chan struct{}, 1),
		ignored: map[Signal]bool{}, caught: map[Signal]func(){},
	}
	if parent != nil {
		t.parent, t.user, t.background, t.usage = parent.pid, parent.user, parent.background, parent.usage
		parent.mu.Lock()
		for signal := range parent.ignored {
			t.ignored[signal] = true
		}
		parent.mu.Unlock()
	}
	ctx, t.cancel = context.WithCancelCause(ctx)
	if s.tasks == nil {
		s.tasks = map[int]*task{}
	}
	s.tasks[t.pid] = t
	s.running.Add(1)
	return ctx, t, nil
}

// end takes a process out of the table. With process 1 all others end.
func (t *task) end(code int) {
	t.code = code
	if t.pid == 1 {
		t.system.killAll(t)
	}
	t.system.mu.Lock()
	delete(t.system.tasks, t.pid)
	t.system.mu.Unlock()
	close(t.ended)
	t.cancel(nil)
	t.system.running.Done()
}

// exec makes the process another program: signals that were caught have their
// default action again.
func (t *task) exec(args []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.args = args
	clear(t.caught)
	t.arrived = nil
}

// signal delivers a signal.
func (t *task) signal(signal Signal) {
	t.mu.Lock()
	if signal == SIGKILL {
		t.stopping = true
		t.mu.Unlock()
		t.cancel(killedError{signal})
		return
	}
	handler, caught := t.caught[signal]
	switch {
	case signal == onExit || t.stopping:
	case caught && handler != nil:
		t.mu.Unlock()
		handler()
		return
	case caught:
		if !slices.Contains(t.arrived, signal) {
			t.arrived = append(t.arrived, signal)
		}
		select {
		case t.arrival <- struct{}{}:
		default:
		}
	case t.ignored[signal] || t.pid == 1 || !signal.endsProcess():
	default:
		t.stopping = true
		t.mu.Unlock()
		t.cancel(killedError{signal})
		return
	}
	t.mu.Unlock()
}

// catch sets what a signal does: handler is called; with a nil handler the
// signal waits until take.
func (t *task) catch(signal Signal, handler func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.ignored, signal)
	t.caught[signal] = handler
}

func (t *task) ignore(signal Signal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.caught, signal)
	t.ignored[signal] = true
}

func (t *task) restore(signal Signal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.caught, signal)
	delete(t.ignored, signal)
}

// take gives a caught signal that has arrived.
func (t *task) take() (Signal, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.arrived) == 0 {
		return 0, false
	}
	signal := t.arrived[0]
	t.arrived = t.arrived[1:]
	if len(t.arrived) == 0 {
		select {
		case <-t.arrival:
		default:
		}
	}
	return signal, true
}

// spend pays for steps and yields when the turn is over. It fails when the
// process has been killed or a limit was passed.
func (t *task) spend(ctx context.Context, steps int) error {
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
		u.limit = limitError(text)
	}
	limit := u.limit
	u.mu.Unlock()
	u.cancel(limit)
	return limit
}

// ending is the exit status of a process whose context has ended.
func ending(ctx context.Context) int {
	var killed killedError
	if errors.As(context.Cause(ctx), &killed) {
		return killed.code()
	}
	var limit limitError
	if errors.As(context.Cause(ctx), &limit) {
		return 1
	}
	return killedError{SIGKILL}.code()
}
