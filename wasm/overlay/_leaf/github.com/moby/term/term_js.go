//go:build js && wasm

package term

import (
	"errors"
	"io"
	"os"
)

// Terminal is a terminal of the page that a file leads to.
type Terminal interface {
	// SetRaw makes it pass every key on and echo none, or ends that.
	SetRaw(raw bool)
}

// TerminalOf finds the terminal of a file descriptor, or nil. Streams are the
// standard streams of the command that asks. wasm/kubectl sets both.
var (
	TerminalOf = func(uintptr) Terminal { return nil }
	Streams    = func() (io.ReadCloser, io.Writer, io.Writer) { return os.Stdin, os.Stdout, os.Stderr }
)

// errNoTerminal answers every operation on what is no terminal, and those that a
// terminal of the page does not have.
var errNoTerminal = errors.New("no terminal in a browser")

type terminalState struct{}

func stdStreams() (stdIn io.ReadCloser, stdOut, stdErr io.Writer) { return Streams() }

func getFdInfo(in interface{}) (uintptr, bool) {
	if file, ok := in.(*os.File); ok {
		return file.Fd(), isTerminal(file.Fd())
	}
	return 0, false
}

func isTerminal(fd uintptr) bool { return TerminalOf(fd) != nil }

func makeRaw(fd uintptr) (*State, error) {
	terminal := TerminalOf(fd)
	if terminal == nil {
		return nil, errNoTerminal
	}
	terminal.SetRaw(true)
	return &State{}, nil
}

func restoreTerminal(fd uintptr, _ *State) error {
	terminal := TerminalOf(fd)
	if terminal == nil {
		return errNoTerminal
	}
	terminal.SetRaw(false)
	return nil
}

func saveState(fd uintptr) (*State, error) {
	if !isTerminal(fd) {
		return nil, errNoTerminal
	}
	return &State{}, nil
}

func getWinsize(uintptr) (*Winsize, error)         { return nil, errNoTerminal }
func setWinsize(uintptr, *Winsize) error           { return errNoTerminal }
func disableEcho(uintptr, *State) error            { return errNoTerminal }
func setRawTerminal(fd uintptr) (*State, error)    { return makeRaw(fd) }
func setRawTerminalOutput(uintptr) (*State, error) { return nil, nil }
