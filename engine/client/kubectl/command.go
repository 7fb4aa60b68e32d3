package kubectl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	"k8s.io/klog/v2"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

// command is one run of kubectl. It runs in one goroutine from beginning to
// end, by whose number upstream's hooks find the command.
type command struct {
	kubectl   *Kubectl
	ctx       context.Context // of the run; upstream's code takes none
	arguments []string
	in        io.Reader
	out       *output
	errOut    *output
	warnings  warnings
	status    int

	goroutine uint64       // set when it begins
	failure   atomic.Int64 // the status that fail gave, or 0
	before    *command     // the one started before it; guarded by Kubectl.mu
}

// warnings is what rest.NewWarningWriter returns.
type warnings interface {
	rest.WarningHandler
	WarningCount() int
}

func newCommand(ctx context.Context, kubectl *Kubectl, arguments []string, streams Streams) *command {
	errOut := &output{to: streams.ErrOut}
	return &command{
		kubectl:   kubectl,
		ctx:       ctx,
		arguments: arguments,
		in:        streams.In,
		out:       &output{to: streams.Out},
		errOut:    errOut,
		warnings:  rest.NewWarningWriter(errOut, rest.WarningWriterOptions{Deduplicate: true}),
	}
}

// run runs the command and sends its exit status, however it ends: by its last
// statement, by a fatal error or by a panic.
func (c *command) run(ended chan<- int) {
	c.kubectl.add(c)
	defer func() {
		if problem := recover(); problem != nil {
			c.status = StatusPanic
			fmt.Fprintf(c.errOut, "panic: %v\n\n%s", problem, debug.Stack())
		}
		c.kubectl.stdin.release(c)
		c.kubectl.remove(c)
		ended <- cmp.Or(c.status, int(c.failure.Load()))
	}()
	c.execute()
}

// execute is what kubectl's main does.
func (c *command) execute() {
	program := append([]string{"kubectl"}, c.arguments...)
	if _, err := logs.GlogSetter(cmd.GetLogVerbosity(program)); err != nil {
		util.CheckErr(err)
	}
	if readsStdin(c.arguments) && !c.kubectl.stdin.acquire(c.ctx, c, c.in) {
		return
	}
	root, err := c.tree(program)
	util.CheckErr(err)
	util.CheckErr(cli.RunNoErrOutput(root))
	if asErrors, err := root.PersistentFlags().GetBool("warnings-as-errors"); err == nil && asErrors {
		util.CheckErr(c.warningsError())
	}
}

// warningsError is the error for --warnings-as-errors, in upstream's words.
// Upstream counts what its handler for the whole process has seen, and several
// commands at once must not share one.
func (c *command) warningsError() error {
	switch count := c.warnings.WarningCount(); count {
	case 0:
		return nil
	case 1:
		return errors.New("1 warning received")
	default:
		return fmt.Errorf("%d warnings received", count)
	}
}

// exit ends the command. It is called in the command's goroutine and does not
// return.
func (c *command) exit(message string, status int) {
	c.status = status
	c.report(message)
	exitGoroutine()
}

// fail gives the command a status with which it ends when it is done, from a
// goroutine that it has started.
func (c *command) fail(message string, status int) {
	c.failure.CompareAndSwap(0, int64(status))
	c.report(message)
}

func (c *command) report(message string) {
	if text := line(message); len(text) > 0 {
		// Nobody is left to report the error to.
		_, _ = c.errOut.Write(text)
	}
}

// silence closes the command's streams.
func (c *command) silence() {
	c.out.close()
	c.errOut.close()
}

func (c *command) streams() genericiooptions.IOStreams {
	return genericiooptions.IOStreams{In: c.in, Out: c.out, ErrOut: c.errOut}
}

// output is a stream that can be closed under its writer.
type output struct {
	mu sync.Mutex
	to io.Writer // nil once closed; guarded by mu
}

func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	to := o.to
	o.mu.Unlock()
	if to == nil {
		return 0, io.ErrClosedPipe
	}
	return to.Write(text)
}

func (o *output) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = nil
}

// goroutineID is the number of the calling goroutine, which its own stack trace
// begins with: "goroutine 7 [running]:". Upstream's hooks are functions of the
// whole process and get no context; the goroutine is all they share with the
// command that calls them.
func goroutineID() uint64 {
	var buffer [64]byte
	text := buffer[:runtime.Stack(buffer[:], false)]
	const prefix = len("goroutine ")
	end := prefix
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	id, err := strconv.ParseUint(string(text[prefix:end]), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("read the number of a goroutine from %q: %v", text, err))
	}
	return id
}

// creatorID is the number of the goroutine that started the calling one, with which
// its stack trace ends: "created by f in goroutine 7". 0 when it does not say.
func creatorID() uint64 {
	text := string(debug.Stack())
	_, number, found := strings.Cut(text[max(0, strings.LastIndex(text, "created by ")):], " in goroutine ")
	if !found {
		return 0
	}
	number, _, _ = strings.Cut(number, "\n")
	id, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// exitGoroutine ends the calling goroutine as os.Exit would end its process.
func exitGoroutine() {
	klog.Flush()
	runtime.Goexit()
}
