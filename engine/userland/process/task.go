package process

import (
	"context"
	"errors"
	"sync"
)

// Task is an entry of the process table, which a shell forks, runs programs in
// and waits for. Callers of a single program use Process instead.
type Task struct {
	system     *System
	pid        int
	parent     int
	background bool
	missing    Command
	usage      *usage
	cancel     context.CancelCauseFunc
	ended      chan struct{} // closed when it has ended; code is set then
	code       int
	standard   [3]*Stream // of a Process

	mu       sync.Mutex
	args     []string          // guarded by mu
	ignored  map[Signal]bool   // guarded by mu
	caught   map[Signal]func() // guarded by mu; called with mu not held
	arrived  []Signal          // caught and not yet handled; guarded by mu
	arrival  chan struct{}     // holds one while arrived is not empty
	stopping bool              // its context has been ended; guarded by mu
}

// ErrProcesses is EAGAIN of fork(2): there are too many processes.
var ErrProcesses = errors.New("Resource temporarily unavailable") //nolint:staticcheck // strerror's text

// Fork adds a process to the table, as a child of parent if there is one. The
// returned context ends when the process is killed. Its error is ErrProcesses. End
// must be called for it.
func (s *System) Fork(ctx context.Context, parent *Task, args []string) (context.Context, *Task, error) {
	limit := s.Limits.MaxProcesses
	if limit == 0 {
		limit = defaultMaxProcesses
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.tasks) >= limit {
		return ctx, nil, ErrProcesses
	}
	if s.last == 0 {
		s.last, s.behind = max(0, s.FirstProcess-1), s.Elapsed
	}
	s.last++
	t := &Task{
		system: s, pid: s.last, args: args,
		ended: make(chan struct{}), arrival: make(chan struct{}, 1),
		ignored: map[Signal]bool{}, caught: map[Signal]func(){},
	}
	if parent != nil {
		t.parent, t.background, t.missing, t.usage = parent.pid, parent.background, parent.missing, parent.usage
		parent.mu.Lock()
		for signal := range parent.ignored {
			t.ignored[signal] = true
		}
		parent.mu.Unlock()
	}
	ctx, t.cancel = context.WithCancelCause(ctx)
	if s.tasks == nil {
		s.tasks = map[int]*Task{}
	}
	s.tasks[t.pid] = t
	s.running.Add(1)
	return ctx, t, nil
}

// PID is the process ID.
func (t *Task) PID() int { return t.pid }

// Parent is the number of the process that made this one, or 0.
func (t *Task) Parent() int { return t.parent }

// System is the system that the process belongs to.
func (t *Task) System() *System { return t.system }

// Args are the program that runs in the process and its arguments.
func (t *Task) Args() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.args
}

// Background takes the process, and those that it creates from now on, out of
// the reach of Ctrl-C.
func (t *Task) Background() { t.background = true }

// End removes a process from the table. With process 1 all others end.
func (t *Task) End(code int) {
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

// Ended is closed when the process has ended.
func (t *Task) Ended() <-chan struct{} { return t.ended }

// HasEnded says whether the process has ended.
func (t *Task) HasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

// Status is the exit status of a process that has ended.
func (t *Task) Status() int { return t.code }

// Replace gives the process another program, as execve(2) does: caught signals
// get their default action again.
func (t *Task) Replace(args []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.args = args
	clear(t.caught)
	t.arrived = nil
}
