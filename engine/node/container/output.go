package container

import (
	"bytes"
	"sync"
	"time"
)

// The names of a container's two output streams in the log.
const (
	streamStdout = "stdout"
	streamStderr = "stderr"
)

// maxLogLine is how many bytes of a line the runtime collects before it writes
// them to the log, as with containerd's max_container_log_line_size.
const maxLogLine = 16 << 10

// maxAttachedBytes bounds the output that waits for an attached client that does
// not read; when it is full, the client is detached.
const maxAttachedBytes = 256 << 10

// output is the output of process 1 of a container: it goes to the log and to the
// attached clients. It is safe for concurrent use.
type output struct {
	log *Log
	now func() time.Time

	mu       sync.Mutex
	attached map[*attachedOutput]struct{} // guarded by mu
	streams  map[string]*outputStream     // guarded by mu
	closed   bool                         // guarded by mu
}

func newOutput(log *Log) *output {
	return &output{log: log, now: time.Now, attached: map[*attachedOutput]struct{}{}, streams: map[string]*outputStream{}}
}

// stream returns the writer of one of the streams.
func (o *output) stream(name string) *outputStream {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.streams[name] == nil {
		o.streams[name] = &outputStream{of: o, name: name}
	}
	return o.streams[name]
}

// close ends the output for the attached clients.
func (o *output) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for reader := range o.attached {
		reader.close()
		delete(o.attached, reader)
	}
}

// attach returns a copy of all output from now on.
func (o *output) attach() *attachedOutput {
	reader := &attachedOutput{}
	reader.changed = sync.NewCond(&reader.mu)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		reader.closed = true
		return reader
	}
	o.attached[reader] = struct{}{}
	return reader
}

func (o *output) detach(reader *attachedOutput) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.attached, reader)
	reader.close()
}

// outputStream takes the output of a process, and writes whole lines to the log.
type outputStream struct {
	of   *output
	name string

	mu   sync.Mutex
	line []byte // an incomplete line; guarded by mu
}

// Write implements io.Writer.
func (s *outputStream) Write(data []byte) (int, error) {
	s.writeAt(s.of.now(), string(data))
	return len(data), nil
}

func (s *outputStream) writeAt(at time.Time, text string) {
	s.mu.Lock()
	s.line = append(s.line, text...)
	for {
		end := bytes.IndexByte(s.line, '\n')
		switch {
		case end >= 0:
			s.of.log.write(Line{At: at, Stream: s.name, Text: string(s.line[:end])})
			s.line = s.line[end+1:]
			continue
		case len(s.line) > maxLogLine:
			s.of.log.write(Line{At: at, Stream: s.name, Text: string(s.line[:maxLogLine])})
			s.line = s.line[maxLogLine:]
			continue
		}
		break
	}
	s.mu.Unlock()
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	for reader := range s.of.attached {
		if !reader.add(s.name, text) {
			delete(s.of.attached, reader)
		}
	}
}

// end writes an incomplete last line.
func (s *outputStream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.line) > 0 {
		s.of.log.write(Line{At: s.of.now(), Stream: s.name, Text: string(s.line), Partial: true})
		s.line = nil
	}
}

// attachedOutput is a copy of a container's output on its way to a reader.
type attachedOutput struct {
	mu      sync.Mutex
	changed *sync.Cond
	pieces  []attachedPiece // guarded by mu
	bytes   int             // guarded by mu
	closed  bool            // guarded by mu
}

type attachedPiece struct{ stream, text string }

func (a *attachedOutput) add(stream, text string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.bytes+len(text) > maxAttachedBytes {
		a.closed = true
		a.changed.Broadcast()
		return false
	}
	a.pieces = append(a.pieces, attachedPiece{stream, text})
	a.bytes += len(text)
	a.changed.Broadcast()
	return true
}

func (a *attachedOutput) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	a.changed.Broadcast()
}

// next waits for the next piece; ok is false after the last.
func (a *attachedOutput) next() (piece attachedPiece, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.pieces) == 0 && !a.closed {
		a.changed.Wait()
	}
	if len(a.pieces) == 0 {
		return attachedPiece{}, false
	}
	piece = a.pieces[0]
	a.pieces = a.pieces[1:]
	a.bytes -= len(piece.text)
	return piece, true
}
