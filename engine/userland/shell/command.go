package shell

import (
	"bufio"
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

// Command is a program: it runs until it has ended or ctx has, and gives its
// exit status. A loop in it must read or write its streams, or call Step, so
// that it yields.
type Command func(ctx context.Context, invocation *Invocation) int

// Invocation is one call of a Command.
type Invocation struct {
	// Args are the name of the program and its arguments.
	Args []string
	// Env are the exported variables as NAME=value.
	Env []string
	// Dir is the working directory.
	Dir string
	// User is the name of the user.
	User string
	// Reads and writes of the streams end with ctx. Writing to a pipe that
	// nobody reads ends the process with SIGPIPE.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	System         *System

	task    *task
	files   descriptors
	depth   int
	builtin string // the name of the shell when it runs as a builtin
}

// Name is the base name that the program was called by.
func (i *Invocation) Name() string { return path.Base(i.Args[0]) }

// Getenv is the value of a variable, empty when it is not set.
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
func (i *Invocation) Path(name string) string { return absolute(i.Dir, name) }

// Step pays for one turn of a loop; it fails when the process has to end.
func (i *Invocation) Step(ctx context.Context) error { return i.task.spend(ctx, 1) }

// PID is the number of the process.
func (i *Invocation) PID() int { return i.task.pid }

// Notify calls handler when a signal arrives, instead of its default action;
// handler must not block.
func (i *Invocation) Notify(signal Signal, handler func()) { i.task.catch(signal, handler) }

// Terminal says whether a standard stream, 0 to 2, is a terminal.
func (i *Invocation) Terminal(descriptor int) bool {
	s := i.files[descriptor]
	return s != nil && s.terminal
}

// Execute runs another program as a child process with the same streams and
// waits for its end.
func (i *Invocation) Execute(ctx context.Context, args, env []string, stdin io.Reader) int {
	return i.child(ctx, args, env, func(files descriptors) {
		if stdin != nil {
			files.set(0, callerReader(stdin))
		}
	})
}

// Capture is Execute with this process's environment, without input, and with
// standard output and error in output.
func (i *Invocation) Capture(ctx context.Context, args []string, output io.Writer) int {
	return i.child(ctx, args, i.Env, func(files descriptors) {
		var mu sync.Mutex
		captured := callerWriter(output, &mu)
		files.set(0, emptyStream())
		files.set(1, captured)
		files.set(2, captured)
	})
}

// child runs a program as a child process with streams that prepare has changed.
func (i *Invocation) child(ctx context.Context, args, env []string, prepare func(descriptors)) int {
	childCtx, child, err := i.System.newTask(ctx, i.task, args)
	if err != nil {
		i.Errorf("can't fork: %v", err)
		return 2
	}
	files := i.files.copy()
	prepare(files)
	code := child.execute(childCtx, execution{args: args, env: env, dir: i.Dir, files: files, depth: i.depth + 1})
	if childCtx.Err() != nil {
		code = ending(childCtx)
	}
	files.closeAll()
	child.end(code)
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

// open opens a file for reading; "-" is standard input.
func (i *Invocation) open(ctx context.Context, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(i.Stdin), nil
	}
	file, err := i.System.openStream(i.files, i.Path(name), 0, 0)
	if err != nil {
		return nil, err
	}
	if file.file != nil {
		if info, err := file.file.Stat(); err == nil && info.IsDir() {
			file.retain().release()
			return nil, filesystem.ErrIsDirectory
		}
	}
	file.retain()
	return closing{bound{ctx, i.task, file}, file.release}, nil
}

// maxLine is the longest line in bytes; a longer one is taken in parts.
const maxLine = 1 << 20

// lines calls visit for each line of a reader, without its newline, until visit
// says false or the process has to end. whole says whether there was a newline.
func (i *Invocation) lines(ctx context.Context, reader io.Reader, visit func(line string, whole bool) bool) error {
	buffered := bufio.NewReaderSize(reader, 4096)
	var line []byte
	for count := 0; ; count++ {
		part, err := buffered.ReadSlice('\n')
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) && len(line) < maxLine {
			continue
		}
		if len(line) > 0 {
			text, whole := strings.CutSuffix(string(line), "\n")
			line = line[:0]
			if !visit(text, whole) {
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if count%linesPerStep == linesPerStep-1 {
			if err := i.Step(ctx); err != nil {
				return err
			}
		}
	}
}

// linesPerStep is how many lines of text cost as much as one command.
const linesPerStep = 20

type closing struct {
	io.Reader
	close func()
}

func (c closing) Close() error {
	c.close()
	return nil
}

// stat gives what a path leads to.
func (i *Invocation) stat(name string) (fs.FileInfo, error) {
	return i.System.FileSystem.Stat(i.Path(name))
}
