package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"

	"tabernetes/engine/userland/commands"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/jq"
	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/shell"
)

// Streams are where a line and its commands read and write. In may be nil.
type Streams struct {
	In          io.Reader
	Out, ErrOut io.Writer
	// Terminal says that In is a terminal rather than a pipe or file.
	Terminal bool
}

// Options are the options of a terminal.
type Options struct {
	// Files are the terminal's files, which are the editor's too. Required.
	Files *filesystem.FileSystem
	// Home is the directory of the editor's files, where a session begins; /root
	// if empty. It is created if it is missing.
	Home string
	// Hostname is what the prompt shows; k8s-master when empty.
	Hostname string
	// Kubectl runs kubectl with arguments that do not include its name, and
	// returns its exit status. dir is the working directory. Required.
	Kubectl func(ctx context.Context, dir string, arguments []string, streams Streams) int
	// CompleteKubectl returns what kubectl's own completion offers for the last
	// of the arguments. May be nil.
	CompleteKubectl func(ctx context.Context, arguments []string) []Candidate
	// Network carries curl's and wget's requests; may be nil.
	Network process.Network
	// Edit lets the user edit a text in the page's editor and returns what was
	// saved; saved is false if it was left unchanged. May be nil.
	Edit func(ctx context.Context, name, text string) (edited string, saved bool, err error)
	// Images is the registry that docker pulls from; without it there is no docker.
	Images func(name string) (Image, error)
	// Random makes container IDs. Without it they are always the same.
	Random *rand.Rand
	// Yield lets the worker do other work during a loop; see process.Limits.
	Yield func(context.Context) error
	// MaxSteps and MaxOutput bound a line; see process.Limits. 0 stands for
	// DefaultMaxSteps and DefaultMaxOutput.
	MaxSteps, MaxOutput int
}

// Default bounds of a line.
const (
	DefaultMaxSteps  = 1_000_000
	DefaultMaxOutput = 64 << 20
)

// maxSessions is the largest number of sessions; more are refused.
const maxSessions = 32

// errTooManySessions says that there are already maxSessions.
var errTooManySessions = errors.New("too many terminals are open")

// Terminal is the page's host with its shells.
type Terminal struct {
	options Options
	system  *process.System
	docker  *docker

	mu       sync.Mutex
	sessions map[string]*Session // guarded by mu
}

// New makes a terminal's host.
func New(options Options) (*Terminal, error) {
	if options.Files == nil || options.Kubectl == nil {
		return nil, errors.New("a terminal needs files and kubectl")
	}
	if options.Home == "" {
		options.Home = "/root"
	}
	if options.Hostname == "" {
		options.Hostname = "k8s-master"
	}
	if options.MaxSteps == 0 {
		options.MaxSteps = DefaultMaxSteps
	}
	if options.MaxOutput == 0 {
		options.MaxOutput = DefaultMaxOutput
	}
	if options.Random == nil {
		options.Random = rand.New(rand.NewPCG(1, 1))
	}
	if err := errors.Join(process.Devices(options.Files), options.Files.MkdirAll(options.Home, 0o700)); err != nil {
		return nil, fmt.Errorf("prepare the terminal's files: %w", err)
	}
	t := &Terminal{options: options, sessions: map[string]*Session{}}
	t.docker = newDocker(options.Images, options.Random)
	t.system = &process.System{
		FileSystem: options.Files, Hostname: options.Hostname, Commands: commands.Table(),
		Network: publishedPorts{docker: t.docker, network: options.Network}, Random: options.Random,
		FirstProcess: firstProcess, Hint: hint,
		Limits: process.Limits{Yield: options.Yield, MaxSteps: options.MaxSteps, MaxOutput: options.MaxOutput},
	}
	t.addPrograms()
	return t, nil
}

// firstProcess is the number of the first shell: not 1, which signals do not end.
const firstProcess = 4021

// addPrograms adds what the host of a terminal has beyond the usual programs.
func (t *Terminal) addPrograms() {
	programs := t.system.Commands
	programs["kubectl"] = t.kubectl
	programs["watch"] = t.watch
	programs["help"] = commandHelp
	programs["jq"] = jq.Run
	programs["history"] = t.history
	for _, name := range []string{"more", "less"} {
		programs[name] = commands.Table()["cat"]
	}
	for _, name := range []string{"vi", "vim", "nano", "edit"} {
		programs[name] = t.edit
	}
	if t.options.Images != nil {
		programs["docker"] = t.docker.command
	}
}

// Session returns the shell with a name, which is created when it is first
// requested, and again after exit.
func (t *Terminal) Session(name string) (*Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if found := t.sessions[name]; found != nil && !found.shell.Exited() {
		return found, nil
	}
	if len(t.sessions) >= maxSessions && t.sessions[name] == nil {
		return nil, errTooManySessions
	}
	env := []string{
		"HOME=" + t.options.Home, "USER=root", "LOGNAME=root", "SHELL=/bin/bash", "TERM=dumb", "LANG=C.UTF-8",
		"HOSTNAME=" + t.options.Hostname, "PATH=" + process.DefaultPath, sessionVariable + "=" + name,
	}
	started, err := shell.NewSession(t.system, env, t.options.Home)
	if err != nil {
		return nil, err
	}
	started.SetAlias("k", "kubectl")
	started.SetAlias("ll", "ls -l")
	session := &Session{terminal: t, name: name, shell: started}
	if old := t.sessions[name]; old != nil {
		session.past = old.past
	}
	t.sessions[name] = session
	return session, nil
}

// sessionVariable tells a program in which session it runs.
const sessionVariable = "TABERNETES_SESSION"

// Close ends a session. A running line must have been interrupted before.
func (t *Terminal) Close(name string) {
	t.mu.Lock()
	session := t.sessions[name]
	delete(t.sessions, name)
	t.mu.Unlock()
	if session != nil {
		session.shell.Close()
	}
}

// Session is one shell of the terminal.
type Session struct {
	terminal *Terminal
	name     string
	shell    *shell.Session

	mu   sync.Mutex
	past []string // the lines that were run, oldest first; guarded by mu
}

// maxHistory is how many lines a session remembers; the oldest is forgotten.
const maxHistory = 500

// Run runs what was typed or pasted and gives its exit status; 130 when ctx ends
// first, which is Ctrl-C. The next line waits until this one has ended.
func (s *Session) Run(ctx context.Context, text string, streams Streams) int {
	text = Commands(text)
	s.remember(text)
	return s.shell.Run(ctx, shell.Line{Text: text, Stdin: streams.In, Stdout: streams.Out, Stderr: streams.ErrOut, Terminal: streams.Terminal})
}

func (s *Session) remember(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == "" || len(s.past) > 0 && s.past[len(s.past)-1] == text {
		return
	}
	s.past = append(s.past, text)
	if len(s.past) > maxHistory {
		s.past = slices.Delete(s.past, 0, len(s.past)-maxHistory)
	}
}

// Prompt is the prompt for the next line, such as "root@k8s-master:~#".
func (s *Session) Prompt() string {
	dir := s.terminal.options.Home
	if state, ok := s.shell.State(); ok {
		dir = state.Dir
	}
	if dir == s.terminal.options.Home {
		dir = "~"
	}
	return "root@" + s.terminal.options.Hostname + ":" + dir + "#"
}
