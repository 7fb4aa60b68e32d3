package kubectl

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	_ "english.tabernetes.dev" // before anything of kubectl
	"k8s.io/client-go/discovery"
	"k8s.io/klog/v2"
	"k8s.io/kubectl/pkg/cmd/util"
)

// Exit statuses that do not come from the command itself.
const (
	// StatusPanic is the status of a command that panicked, as of a Go program.
	StatusPanic = 2
	// StatusInterrupted is the status of a command ended by Ctrl-C, as in a shell.
	StatusInterrupted = 130
)

// Options say how kubectl reaches the API server.
type Options struct {
	// Transport carries every request to the API server. A request's context ends
	// when its command is interrupted.
	Transport http.RoundTripper
	// Dial opens a connection to the API server that speaks HTTP/1.1, for exec and
	// attach. It is closed when its command ends or is interrupted.
	Dial func(ctx context.Context) (net.Conn, error)
}

// Streams are the standard streams of one command.
type Streams struct {
	In     io.Reader
	Out    io.Writer
	ErrOut io.Writer
}

// Kubectl runs commands. There is one per process, because upstream's code has
// process-wide hooks: the handler of fatal errors, klog, os.Stdin.
type Kubectl struct {
	transport http.RoundTripper
	dial      func(ctx context.Context) (net.Conn, error)
	stdin     stdin
	documents *documents
	discovery discovery.CachedDiscoveryInterface

	mu sync.Mutex
	// running are the commands by the number of their goroutine; guarded by mu.
	running map[uint64]*command
	// latest is the most recently started of the running commands, which links to
	// the one before; guarded by mu.
	latest *command
}

// New creates the Kubectl of this process and takes over upstream's hooks.
func New(options Options) (*Kubectl, error) {
	if options.Transport == nil || options.Dial == nil {
		return nil, errors.New("create kubectl: no way to the API server")
	}
	// Upstream applies preferences while it builds its commands, and exits when a
	// file of them is wrong. With that turned off, package kuberc is called here
	// (tree.go), and its error is the command's.
	if err := os.Setenv(string(util.KubeRC), "false"); err != nil {
		return nil, fmt.Errorf("create kubectl: %w", err)
	}
	shared, err := newDiscovery(options.Transport)
	if err != nil {
		return nil, fmt.Errorf("create kubectl: %w", err)
	}
	k := &Kubectl{
		transport: options.Transport,
		dial:      options.Dial,
		documents: newDocuments(),
		discovery: shared,
		running:   map[uint64]*command{},
	}
	util.BehaviorOnFatal(k.fatal)
	klog.OsExit = func(status int) { k.fatal("", status) }
	if err := sendLog(writerFunc(k.writeStderr)); err != nil {
		return nil, fmt.Errorf("create kubectl: %w", err)
	}
	return k, nil
}

// sendLog makes klog write each line once, to a writer, whatever its severity.
func sendLog(to io.Writer) error {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	err := errors.Join(
		flags.Set("logtostderr", "false"),
		flags.Set("stderrthreshold", "FATAL"),
		flags.Set("one_output", "true"),
	)
	klog.SetOutput(to)
	return err
}

// Run runs one command, its arguments without the name of the program, and
// returns its exit status. It returns at once when ctx ends, whatever the
// command is doing; nothing that it prints after that is seen.
func (k *Kubectl) Run(ctx context.Context, arguments []string, streams Streams) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	one := newCommand(ctx, k, arguments, streams)
	ended := make(chan int, 1)
	go one.run(ended)
	select {
	case status := <-ended:
		return status
	case <-ctx.Done():
		one.silence()
		return StatusInterrupted
	}
}

// Interrupted returns the channel that closes when the command that runs in the
// calling goroutine is interrupted, or nil when none does.
func (k *Kubectl) Interrupted() <-chan struct{} {
	if one := k.ofGoroutine(); one != nil {
		return one.ctx.Done()
	}
	return nil
}

// Context returns the context of the command that runs in the calling
// goroutine: it is derived from the one that Run was given.
func (k *Kubectl) Context() context.Context {
	if one := k.ofGoroutine(); one != nil {
		return one.ctx
	}
	return context.Background()
}

// StandardStreams are those of the command that runs in the calling goroutine.
func (k *Kubectl) StandardStreams() (in io.Reader, out, errOut io.Writer) {
	if one := k.ofGoroutine(); one != nil {
		return one.in, one.out, one.errOut
	}
	return strings.NewReader(""), io.Discard, io.Discard
}

// WriteStderr takes output to the standard error of the process, which a few
// places in upstream's code write to. It goes to the most recently started
// command.
func (k *Kubectl) WriteStderr(text []byte) (int, error) { return k.writeStderr(text) }

// ReadStdin reads from the standard input of the command that currently holds
// the process's; io.EOF if there is none.
func (k *Kubectl) ReadStdin(buffer []byte) (int, error) { return k.stdin.read(buffer) }

func (k *Kubectl) writeStderr(text []byte) (int, error) {
	k.mu.Lock()
	latest := k.latest
	k.mu.Unlock()
	if latest == nil {
		return len(text), nil
	}
	return latest.errOut.Write(text)
}

// fatal ends the command of the calling goroutine; it does not return. A goroutine
// that a command has started, as cp does, fails the command and ends alone; one
// that belongs to no command only ends.
func (k *Kubectl) fatal(message string, status int) {
	if one := k.ofGoroutine(); one != nil {
		one.exit(message, status)
	}
	k.mu.Lock()
	one := k.running[creatorID()]
	k.mu.Unlock()
	if one != nil {
		one.fail(message, status)
	}
	exitGoroutine()
}

func (k *Kubectl) ofGoroutine() *command {
	id := goroutineID()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.running[id]
}

func (k *Kubectl) add(one *command) {
	id := goroutineID()
	k.mu.Lock()
	defer k.mu.Unlock()
	one.goroutine, one.before = id, k.latest
	k.running[id], k.latest = one, one
}

func (k *Kubectl) remove(one *command) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.running, one.goroutine)
	for place := &k.latest; *place != nil; place = &(*place).before {
		if *place == one {
			*place = one.before
			return
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

// line returns a message as upstream prints it: with a newline at its end.
func line(message string) []byte {
	text := []byte(message)
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	return text
}
