package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"tabernetes/engine/userland/filesystem"
)

// Process is one run of a program in a System. Its exported fields must not
// change after Run.
type Process struct {
	System *System
	// Args are the program and its arguments, such as {"sh", "-c", "echo hi"}.
	Args []string
	// Env are the variables as NAME=value; the last of two wins.
	Env []string
	// Dir is the working directory, / when empty.
	Dir string
	// User is the name of the user, root when empty.
	User string
	// Stdin is read when the program reads; nil is empty. A Read that is under
	// way when the process ends is not waited for: close the reader then.
	Stdin io.Reader
	// Stdout and Stderr take the output; nil discards it. Never two Writes at a
	// time. A Write that blocks must return when the context of Run ends.
	Stdout, Stderr io.Writer
	// Terminal says that the three are a terminal, for test -t.
	Terminal bool

	entered func() (context.Context, *task, error) // set by Enter

	mu      sync.Mutex
	task    *task    // while it runs; guarded by mu
	pending []Signal // came before it ran; guarded by mu
}

// Run runs the program to its end and gives its exit status: 127 when there is
// no such program, 126 when it cannot be executed, 128+n when signal n ended it.
// The end of ctx is SIGKILL (137), unless its cause says which signal; see
// Killed. When it returns, nothing of the process is left running; what it put
// into the background runs on until process 1 or the System ends. A Process runs
// once.
func (p *Process) Run(ctx context.Context) int {
	if p.entered == nil {
		p.Enter(ctx)
	}
	runCtx, t, err := p.entered()
	if err != nil {
		fmt.Fprintf(orDiscard(p.Stderr), "can't fork: %v\n", err)
		return 1
	}
	t.user = p.User
	if t.user == "" {
		t.user = "root"
	}
	t.usage = &usage{cancel: t.cancel}
	p.mu.Lock()
	p.task = t
	pending := p.pending
	p.pending = nil
	p.mu.Unlock()
	for _, signal := range pending {
		t.signal(signal)
	}

	files := p.descriptors(t)
	code := t.execute(runCtx, execution{args: p.Args, env: p.Env, dir: p.Dir, files: files})
	if runCtx.Err() != nil {
		code = ending(runCtx)
		var limit limitError
		if errors.As(context.Cause(runCtx), &limit) {
			fmt.Fprintf(orDiscard(p.Stderr), "%s: %s\n", path.Base(p.Args[0]), limit)
		}
	}
	files.closeAll()
	t.end(code)
	if t.pid == 1 {
		p.System.running.Wait()
	}
	return code
}

// Enter gives the process its number before Run, which it must be followed by with
// the same context. Who runs processes in goroutines enters them in their order.
func (p *Process) Enter(ctx context.Context) {
	runCtx, t, err := p.System.newTask(ctx, nil, p.Args)
	p.entered = func() (context.Context, *task, error) { return runCtx, t, err }
}

// Signal sends a signal. One that comes before Run is delivered when the process
// starts; one that comes after its end is lost.
func (p *Process) Signal(signal Signal) {
	p.mu.Lock()
	t := p.task
	if t == nil {
		p.pending = append(p.pending, signal)
	}
	p.mu.Unlock()
	if t != nil {
		t.signal(signal)
	}
}

// Killed is a cause for the end of the context of Run that makes the process
// end as if by a signal.
func Killed(signal Signal) error { return killedError{signal} }

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

// descriptors are the standard streams.
func (p *Process) descriptors(t *task) descriptors {
	var mu sync.Mutex
	files := descriptors{}
	stdin := callerReader(p.Stdin)
	stdout := t.counted(callerWriter(p.Stdout, &mu))
	stderr := stdout
	if p.Stderr != p.Stdout {
		stderr = t.counted(callerWriter(p.Stderr, &mu))
	}
	stdin.terminal, stdout.terminal, stderr.terminal = p.Terminal, p.Terminal, p.Terminal
	files.set(0, stdin)
	files.set(1, stdout)
	files.set(2, stderr)
	p.System.mu.Lock()
	t.standard = [3]*stream{stdin, stdout, stderr}
	p.System.mu.Unlock()
	return files
}

// counted holds a stream to Limits.MaxOutput.
func (t *task) counted(s *stream) *stream {
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

// execution is what execve(2) takes.
type execution struct {
	args  []string
	env   []string
	dir   string
	files descriptors
	depth int
}

// maxInterpreters is how many #! lines may lead to each other.
const maxInterpreters = 4

// execute runs a program in the process and gives its exit status.
func (t *task) execute(ctx context.Context, e execution) int {
	stderr := bound{ctx, t, e.files[2]}
	if len(e.args) == 0 {
		fmt.Fprintln(stderr, "no command specified")
		return 127
	}
	list := DefaultPath
	for _, pair := range e.env {
		if value, ok := strings.CutPrefix(pair, "PATH="); ok {
			list = value
		}
	}
	found, err := t.system.look(e.args[0], e.dir, list)
	if err != nil {
		_, err := t.system.LookPath(e.args[0], e.dir, e.env)
		fmt.Fprintln(stderr, err)
		if errors.Is(err, fs.ErrPermission) {
			return 126
		}
		return 127
	}
	return t.run(ctx, found, e, 0)
}

// run runs a program that was found.
func (t *task) run(ctx context.Context, found program, e execution, interpreters int) int {
	if err := t.spend(ctx, stepsOfProgram); err != nil {
		return ending(ctx)
	}
	if !found.script {
		return found.command(ctx, &Invocation{
			Args: e.args, Env: e.env, Dir: e.dir, User: t.user,
			Stdin:  bound{ctx, t, e.files[0]},
			Stdout: bound{ctx, t, e.files[1]},
			Stderr: bound{ctx, t, e.files[2]},
			System: t.system, task: t, files: e.files, depth: e.depth,
		})
	}
	text, err := t.system.FileSystem.ReadFile(found.path)
	if err != nil {
		fmt.Fprintf(bound{ctx, t, e.files[2]}, "%s: %s\n", e.args[0], filesystem.Text(err))
		return 126
	}
	shell, argument := "/bin/sh", ""
	if line, ok := strings.CutPrefix(string(text), "#!"); ok {
		line, _, _ = strings.Cut(line, "\n")
		shell, argument, _ = strings.Cut(strings.TrimSpace(line), " ")
	} else if strings.HasPrefix(string(text), "\x7fELF") {
		fmt.Fprintf(bound{ctx, t, e.files[2]}, "%s: %s\n", e.args[0], filesystem.Text(filesystem.ErrExecuteFormat))
		return 126
	}
	args := []string{shell}
	if argument = strings.TrimSpace(argument); argument != "" {
		args = append(args, argument)
	}
	next := e
	next.args = append(append(args, found.path), e.args[1:]...)
	interpreter, err := t.system.lookFile(shell)
	if err != nil || interpreters >= maxInterpreters {
		fmt.Fprintf(bound{ctx, t, e.files[2]}, "%s: not found\n", e.args[0])
		return 127
	}
	return t.run(ctx, interpreter, next, interpreters+1)
}

// stepsOfProgram is what the start of a program costs, in steps.
const stepsOfProgram = 5
