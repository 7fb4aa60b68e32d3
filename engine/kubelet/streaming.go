package kubelet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"

	"tabernetes/engine/userland/process"
)

// Timeouts of the kubelet's streaming server: a connection that nobody uses, and
// a client that does not open the streams it has announced.
const (
	streamIdleTimeout     = 4 * time.Hour
	streamCreationTimeout = 30 * time.Second
)

// serveStreams adds the streaming part of the kubelet's API, with upstream's
// server: SPDY, and the older WebSocket protocols. The API server turns version 5
// of the WebSocket protocol into SPDY before it gets here, because these nodes do
// not say that they could.
func (n *node) serveStreams(mux *http.ServeMux) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		mux.HandleFunc(method+" /exec/{namespace}/{pod}/{container}", n.serveExec)
		mux.HandleFunc(method+" /attach/{namespace}/{pod}/{container}", n.serveAttach)
	}
}

func (n *node) serveExec(response http.ResponseWriter, request *http.Request) {
	n.serveStream(response, request, func(c *container, options *remotecommand.Options) {
		command := request.URL.Query()["command"]
		remotecommand.ServeExec(response, request, executor{c}, c.worker.pod.Name, string(c.worker.uid()), c.spec.Name, command,
			options, streamIdleTimeout, streamCreationTimeout, remotecommand.SupportedStreamingProtocols)
	})
}

func (n *node) serveAttach(response http.ResponseWriter, request *http.Request) {
	n.serveStream(response, request, func(c *container, options *remotecommand.Options) {
		remotecommand.ServeAttach(response, request, executor{c}, c.worker.pod.Name, string(c.worker.uid()), c.spec.Name,
			options, streamIdleTimeout, streamCreationTimeout, remotecommand.SupportedStreamingProtocols)
	})
}

// serveStream finds the container that a request is about. The errors are those
// of the kubelet.
func (n *node) serveStream(response http.ResponseWriter, request *http.Request, serve func(*container, *remotecommand.Options)) {
	options, err := remotecommand.NewOptions(request)
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	name := request.PathValue("container")
	n.mu.Lock()
	w := n.findPod(request.PathValue("namespace"), request.PathValue("pod"))
	var found *container
	if w != nil && !w.gone {
		for _, c := range w.running() {
			if c.spec.Name == name {
				found = c
			}
		}
	}
	n.mu.Unlock()
	switch {
	case w == nil:
		http.Error(response, "pod does not exist", http.StatusNotFound)
	case found == nil:
		// kubectl shows it as the API server's words in front of it.
		http.Error(response, fmt.Sprintf("container not found (%q)", name), http.StatusInternalServerError)
	default:
		serve(found, options)
	}
}

// executor runs commands in a container and attaches to it, for upstream's
// streaming server.
type executor struct{ of *container }

var (
	_ remotecommand.Executor = executor{}
	_ remotecommand.Attacher = executor{}
)

// ExecInContainer implements remotecommand.Executor. The process ends with the
// connection.
func (e executor) ExecInContainer(ctx context.Context, _, _, _ string, command []string, in io.Reader, out, errs io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize, _ time.Duration) error {
	c, n := e.of, e.of.worker.node
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	with := streams{stdin: in, terminal: tty}
	if out != nil {
		with.stdout = out
	}
	if errs != nil {
		with.stderr = errs
	}
	var system *process.System
	if tty {
		terminal := newTerminal(in, out, func() { system.Interrupt() })
		defer terminal.close()
		with.stdin, with.stdout, with.stderr = terminal, terminal, terminal
	}
	n.mu.Lock()
	if !c.isRunning() || c.worker.gone {
		n.mu.Unlock()
		return errors.New("container is in CONTAINER_EXITED state")
	}
	system = c.system()
	process, err := c.newExecution(command, with)
	if err == nil {
		process.Enter(ctx)
		n.processes.Add(1)
		defer n.processes.Done()
	}
	n.mu.Unlock()
	if err != nil {
		return err
	}
	go drain(ctx, resize)
	if code := process.Run(ctx); code != 0 {
		return utilexec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", code), Code: code}
	}
	return nil
}

// AttachContainer implements remotecommand.Attacher: it gives what process 1
// writes from now on, until it ends or the client goes away.
func (e executor) AttachContainer(ctx context.Context, _, _, _ string, in io.Reader, out, errs io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	c := e.of
	output := c.output.attach()
	defer c.output.detach(output)
	stop := context.AfterFunc(ctx, output.close)
	defer stop()
	go drain(ctx, resize)
	var screen, problems io.Writer
	if out != nil {
		screen = out
	}
	if errs != nil {
		problems = errs
	}
	if in != nil && c.stdin != nil {
		source := in
		if tty {
			terminal := newTerminal(in, out, func() { c.system().Interrupt() })
			defer terminal.close()
			source, screen = terminal, terminal
		}
		go c.stdin.copyFrom(source)
	}
	for {
		piece, ok := output.next()
		if !ok {
			return nil
		}
		to := screen
		if piece.stream == streamStderr && !tty {
			to = problems
		}
		if to == nil {
			continue
		}
		if _, err := io.WriteString(to, piece.text); err != nil {
			return nil //nolint:nilerr // the client has gone away, which ends an attachment
		}
	}
}

// drain takes in the sizes of a client's terminal: no program here asks for one.
func drain(ctx context.Context, resize <-chan remotecommand.TerminalSize) {
	for {
		select {
		case _, ok := <-resize:
			if !ok {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
