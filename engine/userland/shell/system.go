package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"tabernetes/engine/userland/filesystem"
)

// Limits bound what processes may do. Zero values stand for the defaults.
type Limits struct {
	// Turn is how many steps (commands, turns of a loop, KiB of output) run
	// before Yield is called; 100.
	Turn int
	// Yield lets the rest of the program run. Where there is one thread without
	// preemption it must block. By default it sleeps 10 ms of package time, so a
	// loop without a sleep makes ten thousand steps a second and stands still
	// while the clock is paused.
	Yield func(context.Context) error
	// MaxSteps ends a Process, with an error text and exit code 1, after so many
	// steps; without it a loop may run for ever.
	MaxSteps int
	// MaxOutput ends a Process likewise when it has written so many bytes to its
	// standard output and error; without it there is no limit.
	MaxOutput int
	// MaxDepth is how deep functions, eval, sourced files and nested shells may
	// be in each other; 100.
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
	// Hostname is what hostname prints.
	Hostname string
	// Commands are the programs by name. Commands() gives the usual ones; a
	// container without a shell has none.
	Commands map[string]Command
	// Network carries the requests of wget, curl, nc and nslookup; without it
	// they have no network.
	Network Network
	// Processors is what nproc prints; 1 when zero.
	Processors int
	// Random is the source of $RANDOM and shuf. Without it numbers are drawn
	// from a source that always starts the same.
	Random *rand.Rand
	// FirstProcess is the number of the first process, 1 when zero. Number 1
	// has no default action for signals other than SIGKILL, as in a container.
	FirstProcess int
	// Hint gives a sentence to print after "not found", or nothing.
	Hint func(command string) string
	// Limits bound the processes.
	Limits Limits
	// Elapsed is how long ago the processes are taken to have been started. Their
	// waits are cut short until they have caught up with the present, and until
	// then Now is in the past: a program that is run again after a restart of its
	// host gets to where it was. No more than maxSkippedWaits are cut short.
	Elapsed time.Duration

	mu       sync.Mutex
	tasks    map[int]*task // guarded by mu
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
	defaultMaxDepth     = 100
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

// errProcesses is EAGAIN of fork(2).
var errProcesses = errors.New("Resource temporarily unavailable") //nolint:staticcheck // strerror's text

func (s *System) random(below int) int {
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
	return s.sleep(ctx, defaultYield)
}

// sleep waits for package time to pass or the context to end.
func (s *System) sleep(ctx context.Context, duration time.Duration) error {
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
	t.signal(signal)
	return true
}

// Interrupt does what Ctrl-C does at a terminal: SIGINT for every process that is
// not in the background.
func (s *System) Interrupt() {
	for _, t := range s.list() {
		if !t.background {
			t.signal(SIGINT)
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

func (s *System) killAll(but *task) {
	for _, t := range s.list() {
		if t != but {
			t.signal(SIGKILL)
		}
	}
}

// list gives the processes by their number.
func (s *System) list() []*task {
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := make([]*task, 0, len(s.tasks))
	for _, t := range s.tasks {
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b *task) int { return cmp.Compare(a.pid, b.pid) })
	return tasks
}

// binDirectories are where the programs of Commands are found, although no file
// stands for them.
var binDirectories = []string{"/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"}

// DefaultPath is the PATH of a process whose environment has none.
const DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// program is what a name leads to: one of Commands, or a script.
type program struct {
	path    string
	command Command
	script  bool
}

// LookPath finds the program that would run for name, and gives its path. Its
// errors read as a container runtime's:
//
//	exec: "foo": executable file not found in $PATH
//	exec: "/foo": stat /foo: no such file or directory
//	exec: "/foo": permission denied
func (s *System) LookPath(name, dir string, env []string) (string, error) {
	list := DefaultPath
	for _, pair := range env {
		if value, ok := strings.CutPrefix(pair, "PATH="); ok {
			list = value
		}
	}
	found, err := s.look(name, dir, list)
	switch {
	case err == nil:
		return found.path, nil
	case !strings.Contains(name, "/"):
		return "", fmt.Errorf("exec: %q: executable file not found in $PATH", name)
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("exec: %q: stat %s: no such file or directory", name, name)
	default:
		return "", fmt.Errorf("exec: %q: %w", name, err)
	}
}

func (s *System) look(name, dir, list string) (program, error) {
	if name == "" {
		return program{}, filesystem.ErrNotExist
	}
	if strings.Contains(name, "/") {
		return s.lookFile(absolute(dir, name))
	}
	failure := error(filesystem.ErrNotExist)
	home := "" // where a program without a file is said to be
	for _, directory := range strings.Split(list, ":") {
		directory = path.Clean(absolute(dir, directory))
		file := path.Join(directory, name)
		if _, err := s.FileSystem.Stat(file); err != nil {
			if slices.Contains(binDirectories, directory) && (home == "" || directory == "/bin") {
				home = directory
			}
			continue
		}
		found, err := s.lookFile(file)
		if err == nil {
			return found, nil
		}
		failure = err
	}
	if command := s.Commands[name]; command != nil && home != "" {
		return program{path: path.Join(home, name), command: command}, nil
	}
	return program{}, failure
}

func (s *System) lookFile(name string) (program, error) {
	info, err := s.FileSystem.Stat(name)
	if err != nil {
		if command := s.Commands[path.Base(name)]; command != nil && slices.Contains(binDirectories, path.Dir(name)) {
			return program{path: name, command: command}, nil
		}
		if errors.Is(err, filesystem.ErrNotDirectory) {
			return program{}, filesystem.ErrNotDirectory
		}
		return program{}, filesystem.ErrNotExist
	}
	if info.IsDir() || info.Mode().Perm()&0o111 == 0 {
		return program{}, filesystem.ErrPermission
	}
	return program{path: name, script: true}, nil
}

// absolute joins a path to the working directory.
func absolute(dir, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	if dir == "" {
		dir = "/"
	}
	if name == "" {
		return dir
	}
	return strings.TrimSuffix(dir, "/") + "/" + name
}
