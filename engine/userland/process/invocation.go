package process

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// Command is a program: it runs until it is done or ctx ends, and returns
// its exit status. A loop in it must read or write its streams, or call
// Step, so that it yields.
type Command func(ctx context.Context, invocation *Invocation) int

// Invocation is one call of a Command.
type Invocation struct {
	// Args are the name of the program and its arguments.
	Args []string
	// Env are the exported variables as NAME=value.
	Env []string
	// Dir is the working directory.
	Dir string
	// Reads and writes of the streams end with ctx. Writing to a pipe without a
	// reader ends the process with SIGPIPE.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	System         *System

	task    *Task
	files   Descriptors
	depth   int
	builtin string // the name of the shell when it runs as a builtin
}

// Name is the base name by which the program was called.
func (i *Invocation) Name() string { return path.Base(i.Args[0]) }

// Getenv is the value of a variable, empty if it is not set.
func (i *Invocation) Getenv(name string) string {
	value := ""
	for _, pair := range i.Env {
		if found, ok := strings.CutPrefix(pair, name+"="); ok {
			value = found
		}
	}
	return value
}

// Path makes a path absolute.
func (i *Invocation) Path(name string) string { return Absolute(i.Dir, name) }

// Step pays for one turn of a loop; it fails when the process has to end.
func (i *Invocation) Step(ctx context.Context) error { return i.task.Spend(ctx, 1) }

// Task is the process that the command runs in.
func (i *Invocation) Task() *Task { return i.task }

// Files are the open files of the process.
func (i *Invocation) Files() Descriptors { return i.files }

// Depth is the nesting depth of shells and functions where the command was
// called.
func (i *Invocation) Depth() int { return i.depth }

// Notify calls handler when a signal arrives, instead of its default action;
// handler must not block.
func (i *Invocation) Notify(signal Signal, handler func()) { i.task.Catch(signal, handler) }

// Terminal says whether a standard stream, 0 to 2, is a terminal.
func (i *Invocation) Terminal(descriptor int) bool {
	s := i.files[descriptor]
	return s != nil && s.Terminal
}

// LookPath finds the path of a program by the PATH of the environment, or by
// the default one if that is empty.
func (i *Invocation) LookPath(name string) (string, error) {
	found, err := i.System.Find(name, i.Dir, cmp.Or(i.Getenv("PATH"), DefaultPath))
	return found.Path, err
}

// Execute runs another program as a child process with the same streams and
// waits until it ends.
func (i *Invocation) Execute(ctx context.Context, args, env []string, stdin io.Reader) int {
	return i.child(ctx, args, env, func(files Descriptors) {
		if stdin != nil {
			files.Set(0, Reading(stdin))
		}
	})
}

// Capture is Execute with this process's environment, without input, and with
// standard output and error in output.
func (i *Invocation) Capture(ctx context.Context, args []string, output io.Writer) int {
	return i.child(ctx, args, i.Env, func(files Descriptors) {
		captured := Writing(output)
		files.Set(0, Empty())
		files.Set(1, captured)
		files.Set(2, captured)
	})
}

// child runs a program as a child process with streams modified by prepare.
func (i *Invocation) child(ctx context.Context, args, env []string, prepare func(Descriptors)) int {
	childCtx, child, err := i.System.Fork(ctx, i.task, args)
	if err != nil {
		i.Errorf("can't fork: %v", err)
		return 2
	}
	files := i.files.Copy()
	prepare(files)
	code := child.execute(childCtx, Execution{Args: args, Env: env, Dir: i.Dir, Files: files, Depth: i.depth + 1})
	if childCtx.Err() != nil {
		code = ExitStatus(childCtx)
	}
	files.Close()
	child.End(code)
	return code
}

// Errorf prints an error as programs do: the name, a colon, the text.
func (i *Invocation) Errorf(format string, values ...any) {
	name := i.Name()
	if i.builtin != "" {
		name = i.builtin + ": " + name
	}
	fmt.Fprintf(i.Stderr, "%s: %s\n", name, fmt.Sprintf(format, values...))
}

// Fail prints what went wrong with a file: "cat: x: No such file or directory".
func (i *Invocation) Fail(name string, err error) {
	i.Errorf("%s: %s", name, filesystem.Text(err))
}

// CannotOpen is another way to print what went wrong with a file:
// "head: can't open 'x': No such file or directory".
func (i *Invocation) CannotOpen(name string, err error) {
	i.Errorf("can't open '%s': %s", name, filesystem.Text(err))
}

// CannotRead prints why reading a file failed.
func (i *Invocation) CannotRead(err error) { i.Errorf("read error: %s", filesystem.Text(err)) }
