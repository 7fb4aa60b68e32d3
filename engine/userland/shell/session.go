package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"tabernetes/engine/userland/process"
)

// Session is an interactive shell: variables, functions, aliases, directory and
// jobs persist from line to line, and an error ends only its line. It runs one
// line at a time.
type Session struct {
	system *process.System

	mu     sync.Mutex // held while a line runs
	shell  *interpreter
	exited bool
	status int
}

// Line is one input of a Session and where its commands read and write.
type Line struct {
	// Text may be several lines, such as a here-document or a loop.
	Text string
	// Stdin, Stdout and Stderr are as in process.Process.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Terminal says that Stdin is a terminal.
	Terminal bool
}

// NewSession starts an interactive bash in a System. dir is its initial directory.
func NewSession(system *process.System, env []string, dir string) (*Session, error) {
	_, t, err := system.Fork(context.Background(), nil, []string{"bash"})
	if err != nil {
		return nil, fmt.Errorf("start a shell: %w", err)
	}
	for _, signal := range []process.Signal{process.SIGINT, process.SIGQUIT, process.SIGTERM} {
		t.Catch(signal, func() {}) // an interactive shell outlives them, its children do not
	}
	shell := newInterpreter(t, "bash", dir, process.Descriptors{}, env)
	shell.bash, shell.interactive = true, true
	return &Session{system: system, shell: shell}, nil
}

// Run runs a line and returns its exit status: 130 if ctx ends first, which is
// Ctrl-C.
func (s *Session) Run(ctx context.Context, line Line) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exited {
		return s.status
	}
	in := s.shell
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { cancel(process.Killed(process.SIGINT)) })
	defer stop()
	in.task.Account(cancel)
	s.open(line)
	in.exiting, in.aborted, in.returning, in.keep = false, false, false, false
	in.conditions, in.loops, in.depth = 0, 0, 0

	in.run(ctx, line.Text)

	var limit process.LimitError
	switch {
	case ctx.Err() == nil:
		s.exited = in.exiting && !in.aborted
	case errors.As(context.Cause(ctx), &limit):
		if line.Stderr != nil {
			fmt.Fprintf(line.Stderr, "bash: %s\n", limit)
		}
		in.status = 1
	default:
		in.status = process.SIGINT.Status()
	}
	in.files.Close()
	s.status = in.status & 0xff
	if s.exited {
		s.end()
	}
	return s.status
}

// open connects the shell to the streams of a line.
func (s *Session) open(line Line) {
	s.shell.files.Close()
	s.shell.files = s.shell.task.Attach(process.Streams{Stdin: line.Stdin, Stdout: line.Stdout, Stderr: line.Stderr})
	s.shell.files[0].Terminal = line.Terminal
}

func (s *Session) end() {
	s.exited = true
	for _, j := range s.shell.jobs {
		j.task.Signal(process.SIGHUP)
	}
	s.shell.task.End(s.status)
}

// Close ends the shell as if its terminal had been closed: its jobs get SIGHUP. A
// running line must have been ended before.
func (s *Session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.exited {
		s.end()
	}
}

// Exited says whether the shell has ended, by exit.
func (s *Session) Exited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exited
}

// SetAlias defines an alias, as the builtin alias does.
func (s *Session) SetAlias(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shell.aliases[name] = text
}

// State is what a completion needs to know of a Session.
type State struct {
	// Dir is the working directory.
	Dir string
	// Names are the aliases, functions, builtins and programs that can be called,
	// sorted, and Variables the names of the variables.
	Names, Variables []string
	// Aliases maps the aliases to their texts.
	Aliases map[string]string
}

// State describes the Session. While a line runs, no state is available.
func (s *Session) State() (State, bool) {
	if !s.mu.TryLock() {
		return State{}, false
	}
	defer s.mu.Unlock()
	names := map[string]bool{}
	for name := range s.shell.aliases {
		names[name] = true
	}
	for name := range s.shell.functions {
		names[name] = true
	}
	for name := range s.system.Commands {
		names[name] = true
	}
	for _, name := range builtinNames {
		names[name] = true
	}
	return State{
		Dir: s.shell.dir, Names: slices.Sorted(maps.Keys(names)),
		Variables: slices.Sorted(maps.Keys(s.shell.variables)), Aliases: maps.Clone(s.shell.aliases),
	}, true
}

// builtinNames are the builtins that a completion offers.
var builtinNames = []string{
	"alias", "break", "cd", "command", "continue", "eval", "exec", "exit", "export", "fg", "for", "if", "jobs", "kill", "let", "local",
	"read", "readonly", "return", "set", "shift", "source", "test", "trap", "type", "unalias", "unset", "until", "wait", "while",
}

// Complete says whether a text is complete: without an open quote, loop or
// here-document, and without a backslash at its end.
func Complete(text string) bool {
	if strings.HasSuffix(strings.TrimSuffix(text, "\n"), "\\") {
		return false
	}
	return complete(strings.TrimSuffix(text, "\n") + "\n")
}

// PathOf makes a path absolute as a shell does, with ~ for the home directory.
func PathOf(dir, home, name string) string {
	if name == "~" {
		return home
	}
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		return home + "/" + rest
	}
	return process.Absolute(dir, name)
}
