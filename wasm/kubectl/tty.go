//go:build js && wasm

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	mobyterm "github.com/moby/term"

	"tabernetes/engine/client/kubectl"
)

// ttyDirectory is where the terminals of commands are, for package os only.
const ttyDirectory = "/dev/pts/"

// tty is the terminal of one interactive command: to kubectl it is a file that
// moby/term recognises as a terminal.
type tty struct {
	in  io.Reader
	out io.Writer
	run *run
}

// SetRaw implements mobyterm.Terminal.
func (t *tty) SetRaw(raw bool) { t.run.host.raw(t.run.id, raw) }

type runKey struct{}

// runOf is the run that a command belongs to.
func runOf(ctx context.Context) (*run, bool) {
	one, ok := ctx.Value(runKey{}).(*run)
	return one, ok
}

// openTerminal makes a file for a terminal. Closing the file ends the terminal.
func (o *osFiles) openTerminal(one *tty) (*os.File, error) {
	o.mu.Lock()
	o.lastTerminal++
	name := fmt.Sprintf("%s%d", ttyDirectory, o.lastTerminal)
	o.terminalNames[name] = one
	o.mu.Unlock()
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.terminalNames, name)
	return file, err
}

// openNamedTerminal is open(2) for the names that openTerminal has given. The
// caller holds mu.
func (o *osFiles) openNamedTerminal(name string, descriptor int) bool {
	if !strings.HasPrefix(name, ttyDirectory) || o.terminalNames[name] == nil {
		return false
	}
	o.terminals[descriptor] = o.terminalNames[name]
	return true
}

func (o *osFiles) terminal(descriptor int) *tty {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.terminals[descriptor]
}

// installTerminals makes moby/term recognise the terminals of commands.
func installTerminals(files *osFiles, commands *kubectl.Kubectl) {
	mobyterm.TerminalOf = func(descriptor uintptr) mobyterm.Terminal {
		if one := files.terminal(int(descriptor)); one != nil {
			return one
		}
		return nil
	}
	mobyterm.Streams = func() (io.ReadCloser, io.Writer, io.Writer) {
		in, out, errOut := commands.StandardStreams()
		if file, ok := in.(*os.File); ok {
			return file, out, errOut
		}
		return io.NopCloser(in), out, errOut
	}
}
