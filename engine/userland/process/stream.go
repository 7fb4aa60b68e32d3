package process

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"tabernetes/engine/userland/filesystem"
)

// Stream is an open file description: descriptors of several processes can
// refer to it, and it is closed with the last of them.
type Stream struct {
	// Terminal says that the stream is a terminal.
	Terminal bool

	read  func(context.Context, []byte) (int, error) // nil when not open for reading
	write func(context.Context, []byte) (int, error) // nil when not open for writing
	close func()                                     // may be nil
	file  *filesystem.File                           // when it is one
	users atomic.Int32
}

// Retain counts one more use.
func (s *Stream) Retain() *Stream {
	s.users.Add(1)
	return s
}

// Release ends a use; with the last one the stream is closed.
func (s *Stream) Release() {
	if s.users.Add(-1) == 0 && s.close != nil {
		s.close()
	}
}

func fileStream(file *filesystem.File) *Stream {
	return &Stream{
		read:  func(_ context.Context, p []byte) (int, error) { return file.Read(p) },
		write: func(_ context.Context, p []byte) (int, error) { return file.Write(p) },
		close: func() { _ = file.Close() },
		file:  file,
	}
}

// Pipe makes a pipe of 64 KiB.
func Pipe() (reader, writer *Stream) {
	p := newPipe()
	return &Stream{read: p.readContext, close: p.closeReader}, &Stream{write: p.writeContext, close: p.closeWriter}
}

// Empty is the input if none is given: /dev/null.
func Empty() *Stream {
	return &Stream{read: func(context.Context, []byte) (int, error) { return 0, io.EOF }}
}

func nullStream() *Stream {
	null := Empty()
	null.write = func(_ context.Context, p []byte) (int, error) { return len(p), nil }
	return null
}

// Reading reads from the caller's reader. A reader that can block is read by a
// goroutine of its own from the first read on, so that a killed process does
// not wait for it; the goroutine ends when the caller's reader does.
func Reading(source io.Reader) *Stream {
	switch source.(type) {
	case nil:
		return Empty()
	case *filesystem.File, interface{ Len() int }: // bytes.Reader, bytes.Buffer, strings.Reader never block
		var mu sync.Mutex
		return &Stream{read: func(_ context.Context, p []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			return source.Read(p)
		}}
	}
	var once sync.Once
	p := newPipe()
	return &Stream{
		read: func(ctx context.Context, data []byte) (int, error) {
			once.Do(func() {
				go func() {
					buffer := make([]byte, 4096)
					for {
						n, err := source.Read(buffer)
						if _, broken := p.writeContext(context.Background(), buffer[:n]); err != nil || broken != nil {
							p.closeWriter()
							return
						}
					}
				}()
			})
			return p.readContext(ctx, data)
		},
		close: p.closeReader,
	}
}

// Writing writes to the caller's writer, one write at a time.
func Writing(target io.Writer) *Stream { return writing(target, &sync.Mutex{}) }

func writing(target io.Writer, mu *sync.Mutex) *Stream {
	if target == nil {
		target = io.Discard
	}
	return &Stream{write: func(_ context.Context, p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return target.Write(p)
	}}
}
