package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// Execution holds the arguments of execve(2).
type Execution struct {
	Args []string
	Env  []string
	Dir  string
	// Files must be closed by the caller.
	Files Descriptors
	// Depth is the nesting depth of shells and functions.
	Depth int
	// Builtin is the name of the shell if the program runs as its builtin;
	// messages begin with it.
	Builtin string
}

// maxInterpreters is how many #! interpreters may follow each other.
const maxInterpreters = 4

// execute runs a program in the process and returns its exit status.
func (t *Task) execute(ctx context.Context, e Execution) int {
	stderr := t.Bind(ctx, e.Files[2])
	if len(e.Args) == 0 {
		fmt.Fprintln(stderr, "no command specified")
		return 127
	}
	list := DefaultPath
	for _, pair := range e.Env {
		if value, ok := strings.CutPrefix(pair, "PATH="); ok {
			list = value
		}
	}
	found, err := t.Find(e.Args[0], e.Dir, list)
	if err != nil {
		_, err := t.system.LookPath(e.Args[0], e.Dir, e.Env)
		fmt.Fprintln(stderr, err)
		if errors.Is(err, fs.ErrPermission) {
			return 126
		}
		return 127
	}
	return t.Run(ctx, found, e)
}

// Run runs the found program in the process and returns its exit status.
func (t *Task) Run(ctx context.Context, found Program, e Execution) int {
	return t.run(ctx, found, e, 0)
}

func (t *Task) run(ctx context.Context, found Program, e Execution, interpreters int) int {
	if err := t.Spend(ctx, stepsOfProgram); err != nil {
		return ExitStatus(ctx)
	}
	if found.command != nil {
		return found.command(ctx, t.Invocation(ctx, e))
	}
	text, err := t.system.FileSystem.ReadFile(found.Path)
	if err != nil {
		fmt.Fprintf(t.Bind(ctx, e.Files[2]), "%s: %s\n", e.Args[0], filesystem.Text(err))
		return 126
	}
	shell, argument := "/bin/sh", ""
	if line, ok := strings.CutPrefix(string(text), "#!"); ok {
		line, _, _ = strings.Cut(line, "\n")
		shell, argument, _ = strings.Cut(strings.TrimSpace(line), " ")
	} else if strings.HasPrefix(string(text), "\x7fELF") {
		fmt.Fprintf(t.Bind(ctx, e.Files[2]), "%s: %s\n", e.Args[0], filesystem.Text(filesystem.ErrExecuteFormat))
		return 126
	}
	args := []string{shell}
	if argument = strings.TrimSpace(argument); argument != "" {
		args = append(args, argument)
	}
	next := e
	next.Args = append(append(args, found.Path), e.Args[1:]...)
	interpreter, err := t.system.lookFile(shell)
	if err != nil || interpreters >= maxInterpreters {
		fmt.Fprintf(t.Bind(ctx, e.Files[2]), "%s: not found\n", e.Args[0])
		return 127
	}
	return t.run(ctx, interpreter, next, interpreters+1)
}

// Invocation is the call of a Command in the process.
func (t *Task) Invocation(ctx context.Context, e Execution) *Invocation {
	return &Invocation{
		Args: e.Args, Env: e.Env, Dir: e.Dir,
		Stdin: t.Bind(ctx, e.Files[0]), Stdout: t.Bind(ctx, e.Files[1]), Stderr: t.Bind(ctx, e.Files[2]),
		System: t.system, task: t, files: e.Files, depth: e.Depth, builtin: e.Builtin,
	}
}

// stepsOfProgram is the cost of starting a program, in steps.
const stepsOfProgram = 5
