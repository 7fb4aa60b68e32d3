package container

import (
	"bytes"
	"io"
	"sync"
)

// The control characters of a terminal in its usual (cooked) mode.
const (
	controlC  = 0x03
	controlD  = 0x04
	backspace = 0x08
	controlU  = 0x15
	deletion  = 0x7f
)

// maxTypedLine bounds a line that is being typed, as the kernel does (N_TTY).
const maxTypedLine = 4096

// terminal is the line discipline of a pseudo-terminal: it echoes what is typed,
// allows a line to be edited until Enter, turns Ctrl-C into a signal and Ctrl-D
// into the end of the input, and ends output lines with CR LF. kubectl's own
// terminal is in raw mode meanwhile.
type terminal struct {
	screen    io.Writer
	interrupt func()
	source    *io.PipeReader
	sink      *io.PipeWriter

	mu sync.Mutex // one write to the screen at a time
}

// newTerminal starts to read the keys, until they end or the terminal is closed.
func newTerminal(keys io.Reader, screen io.Writer, interrupt func()) *terminal {
	t := &terminal{screen: screen, interrupt: interrupt}
	t.source, t.sink = io.Pipe()
	if keys == nil {
		_ = t.sink.Close()
		return t
	}
	go t.typed(keys)
	return t
}

// Read returns typed lines.
func (t *terminal) Read(data []byte) (int, error) { return t.source.Read(data) }

// Write shows output.
func (t *terminal) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := t.screen.Write(bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(data), nil
}

func (t *terminal) echo(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.screen, text)
}

func (t *terminal) close() {
	_ = t.sink.Close()
	_ = t.source.Close()
}

// typed processes the keys.
func (t *terminal) typed(keys io.Reader) {
	defer func() { _ = t.sink.Close() }()
	var line []byte
	buffer := make([]byte, 1024)
	for {
		count, err := keys.Read(buffer)
		for _, key := range buffer[:count] {
			switch {
			case key == '\r' || key == '\n':
				t.echo("\r\n")
				if _, err := t.sink.Write(append(line, '\n')); err != nil {
					return
				}
				line = nil
			case key == controlC:
				t.echo("^C\r\n")
				line = nil
				t.interrupt()
			case key == controlD && len(line) == 0:
				return
			case key == controlD:
				if _, err := t.sink.Write(line); err != nil {
					return
				}
				line = nil
			case key == controlU:
				for range line {
					t.echo("\b \b")
				}
				line = nil
			case key == backspace || key == deletion:
				if len(line) > 0 {
					line = line[:len(line)-1]
					t.echo("\b \b")
				}
			case len(line) < maxTypedLine:
				line = append(line, key)
				t.echo(string([]byte{key}))
			}
		}
		if err != nil {
			return
		}
	}
}
