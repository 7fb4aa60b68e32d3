package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"sync"
)

// Process is one run of a program in a System. Its exported fields must not
// change after Run.
type Process struct {
	System *System
	// Args are the program and its arguments, such as {"sh", "-c", "echo hi"}.
	Args []string
	// Env are the variables as NAME=value; of duplicates the last one wins.
	Env []string
	// Dir is the working directory, / when empty.
	Dir string
	// Stdin is read when the program reads; nil is empty. A Read in progress when
	// the process ends is not waited for: close the reader then.
	Stdin io.Reader
	// Stdout and Stderr take the output; nil discards it. There are never two
	// Writes at a time. A Write that blocks must return when the context of Run
	// ends.
	Stdout, Stderr io.Writer
	// Missing, if set, stands for every program that is not there, in the process
	// and in those that it makes.
	Missing Command
	// Terminal says that the three are a terminal, for test -t.
	Terminal bool

	entered func() (context.Context, *Task, error) // set by Enter

	mu      sync.Mutex
	task    *Task    // while it runs; guarded by mu
	pending []Signal // came before it ran; guarded by mu
}

// Run runs the program to its end and returns its exit status: 127 if there is
// no such program, 126 if it cannot be executed, 128+n if signal n ended it. The
// end of ctx is SIGKILL (137), unless its cause says which signal; see Killed.
// When it returns, nothing of the process is left running; its background
// processes run on until process 1 or the System ends. A Process runs only once.
func (p *Process) Run(ctx context.Context) int {
	if p.entered == nil {
		p.Enter(ctx)
	}
	runCtx, t, err := p.entered()
	if err != nil {
		fmt.Fprintf(orDiscard(p.Stderr), "can't fork: %v\n", err)
		return 1
	}
	t.missing = p.Missing
	t.Account(t.cancel)
	p.mu.Lock()
	p.task = t
	pending := p.pending
	p.pending = nil
	p.mu.Unlock()
	for _, signal := range pending {
		t.Signal(signal)
	}

	files := t.Attach(Streams{p.Stdin, p.Stdout, p.Stderr, p.Terminal})
	code := t.execute(runCtx, Execution{Args: p.Args, Env: p.Env, Dir: p.Dir, Files: files})
	if runCtx.Err() != nil {
		code = ExitStatus(runCtx)
		var limit LimitError
		if errors.As(context.Cause(runCtx), &limit) {
			fmt.Fprintf(orDiscard(p.Stderr), "%s: %s\n", path.Base(p.Args[0]), limit)
		}
	}
	files.Close()
	t.End(code)
	if t.pid == 1 {
		p.System.running.Wait()
	}
	return code
}

// Enter gives the process its number before Run, which must follow with the same
// context. Callers that run processes in goroutines enter them in order.
func (p *Process) Enter(ctx context.Context) {
	runCtx, t, err := p.System.Fork(ctx, nil, p.Args)
	p.entered = func() (context.Context, *Task, error) { return runCtx, t, err }
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
		t.Signal(signal)
	}
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

// Streams are the standard streams that a caller gives a process.
type Streams struct {
	Stdin          io.Reader // nil is empty
	Stdout, Stderr io.Writer // nil discards
	Terminal       bool      // whether the three are a terminal
}

// Attach makes the caller's streams the standard streams of the process. Output
// to them counts towards Limits.MaxOutput.
func (t *Task) Attach(given Streams) Descriptors {
	var mu sync.Mutex
	files := Descriptors{}
	stdin := Reading(given.Stdin)
	stdout := t.counted(writing(given.Stdout, &mu))
	stderr := stdout
	if given.Stderr != given.Stdout {
		stderr = t.counted(writing(given.Stderr, &mu))
	}
	stdin.Terminal, stdout.Terminal, stderr.Terminal = given.Terminal, given.Terminal, given.Terminal
	files.Set(0, stdin)
	files.Set(1, stdout)
	files.Set(2, stderr)
	t.system.mu.Lock()
	t.standard = [3]*Stream{stdin, stdout, stderr}
	t.system.mu.Unlock()
	return files
}
