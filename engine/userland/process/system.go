package process

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"tabernetes/engine/userland/filesystem"
)

// Limits are the limits of processes. Zero values stand for the defaults.
type Limits struct {
	// Turn is how many steps (commands, turns of a loop, KiB of output) run
	// before Yield is called; 100.
	Turn int
	// Yield lets the rest of the program run. On a single thread without
	// preemption it must block. By default it sleeps 10 ms of package time, so a
	// loop without a sleep makes ten thousand steps per second and stops while
	// the clock is paused.
	Yield func(context.Context) error
	// MaxSteps ends a Process, with an error message and exit code 1, after so
	// many steps; without it a loop may run for ever.
	MaxSteps int
	// MaxOutput ends a Process likewise when it has written so many bytes to its
	// standard output and error; without it there is no limit.
	MaxOutput int
	// MaxDepth is how deep functions, eval, sourced files and shells may be
	// nested; 100. The shells enforce it.
	MaxDepth int
	// MaxProcesses is how many processes there may be at a time; 64. A fork
	// beyond it fails with "Resource temporarily unavailable".
	MaxProcesses int
}

// System is what the processes of one container, or of the terminal, share:
// files, names, programs, process numbers. Its exported fields must not change
// once a process has been started.
type System struct {
	// FileSystem is required.
	FileSystem *filesystem.FileSystem
	// User is whom the processes run as; the FileSystem has to have become the
	// same user.
	User filesystem.Credentials
	// Privileged says that the processes may do to the machine what its root may.
	Privileged bool
	// Hostname is the host name.
	Hostname string
	// Commands are the programs by name. Package commands provides the usual
	// ones; a container without a shell has none.
	Commands map[string]Command
	// Network carries the requests of wget, curl, nc and nslookup; without it
	// they have no network.
	Network Network
	// Listener takes what servers listen for; without it nothing can listen.
	Listener Listener
	// Processors is the number of processors, which nproc prints; 1 if zero.
	Processors int
	// Random is the source of random numbers for $RANDOM and shuf. Without it a
	// source with a fixed seed is used.
	Random *rand.Rand
	// FirstProcess is the number of the first process, 1 when zero. Number 1
	// has no default action for signals other than SIGKILL, as in a container.
	FirstProcess int
	// Hint returns a sentence to print after "not found", or nothing.
	Hint func(command string) string
	// Limits bound the processes.
	Limits Limits
	// Elapsed is how long ago the processes are taken to have been started. Their
	// waits are cut short until they have caught up with the present, and until
	// then Now is in the past: so a program that is run again after a restart of
	// its host gets back to where it was. No more than maxSkippedWaits are cut
	// short.
	Elapsed time.Duration

	mu       sync.Mutex
	tasks    map[int]*Task // guarded by mu
	last     int           // the last process number given; guarded by mu
	steps    int           // of the turn; guarded by mu
	ended    bool          // guarded by mu
	behind   time.Duration // what is left of Elapsed; guarded by mu
	skipped  int           // waits that were cut short; guarded by mu
	running  sync.WaitGroup
	randomMu sync.Mutex
}

const (
	defaultTurn         = 100
	defaultYield        = 10 * time.Millisecond
	defaultMaxProcesses = 64
)

// maxSkippedWaits bounds the work of catching up with Elapsed; a program with more
// waits than that goes on from where it has got to.
const maxSkippedWaits = 10_000

// Now is the time for the processes.
func (s *System) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(-s.behind)
}

// remaining cuts a wait short while the processes catch up.
func (s *System) remaining(wait time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behind == 0 {
		return wait
	}
	cut := min(wait, s.behind)
	s.behind -= cut
	if s.skipped++; s.skipped >= maxSkippedWaits {
		s.behind = 0
	}
	return wait - cut
}

// Draw returns a random number of at least 0 and less than below.
func (s *System) Draw(below int) int {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	if s.Random == nil {
		s.Random = rand.New(rand.NewPCG(1, 2))
	}
	return s.Random.IntN(below)
}

func (s *System) yield(ctx context.Context) error {
	if s.Limits.Yield != nil {
		return s.Limits.Yield(ctx)
	}
	return s.Sleep(ctx, defaultYield)
}

// Sleep waits for package time to pass or the context to end.
func (s *System) Sleep(ctx context.Context, duration time.Duration) error {
	if duration = s.remaining(duration); duration == 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Kill sends a signal to a process by its number, and reports whether it exists.
func (s *System) Kill(pid int, signal Signal) bool {
	s.mu.Lock()
	t := s.tasks[pid]
	s.mu.Unlock()
	if t == nil {
		return false
	}
	t.Signal(signal)
	return true
}

// Interrupt does what Ctrl-C does at a terminal: SIGINT for every process that is
// not in the background.
func (s *System) Interrupt() {
	for _, t := range s.Tasks() {
		if !t.background {
			t.Signal(SIGINT)
		}
	}
}

// Close kills every process and returns when all have ended. No process can be
// started after it.
func (s *System) Close() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.killAll(nil)
	s.running.Wait()
}

func (s *System) killAll(but *Task) {
	for _, t := range s.Tasks() {
		if t != but {
			t.Signal(SIGKILL)
		}
	}
}

// Tasks returns the processes by their number.
func (s *System) Tasks() []*Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := make([]*Task, 0, len(s.tasks))
	for _, t := range s.tasks {
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b *Task) int { return cmp.Compare(a.pid, b.pid) })
	return tasks
}
