package shell

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"tabernetes/engine/userland/filesystem"
)

// pipeSize is how much a pipe holds, as on Linux; a writer waits while it is
// full.
const pipeSize = 64 << 10

// pipe is a bounded pipe. Unlike os.Pipe it waits in a way that a virtual clock
// sees, and a wait ends with its context.
type pipe struct {
	mu      sync.Mutex
	changed *sync.Cond
	buffer  []byte
	writers bool
	readers bool
}

func newPipe() *pipe {
	p := &pipe{writers: true, readers: true}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// wait waits for a change; called with mu held. It reports whether the context
// still stands.
func (p *pipe) wait(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.changed.Broadcast()
	})
	p.changed.Wait()
	stop()
	return ctx.Err() == nil
}

func (p *pipe) readContext(ctx context.Context, data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.buffer) == 0 {
		if !p.writers {
			return 0, io.EOF
		}
		if !p.wait(ctx) {
			return 0, context.Cause(ctx)
		}
	}
	n := copy(data, p.buffer)
	p.buffer = p.buffer[n:]
	p.changed.Broadcast()
	return n, nil
}

func (p *pipe) writeContext(ctx context.Context, data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	written := 0
	for {
		if !p.readers {
			return written, filesystem.ErrBrokenPipe
		}
		if len(data) == 0 {
			return written, nil
		}
		if room := min(pipeSize-len(p.buffer), len(data)); room > 0 {
			p.buffer = append(p.buffer, data[:room]...)
			data = data[room:]
			written += room
			p.changed.Broadcast()
			continue
		}
		if !p.wait(ctx) {
			return written, context.Cause(ctx)
		}
	}
}

func (p *pipe) closeReader() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.readers = false
	p.buffer = nil
	p.changed.Broadcast()
}

func (p *pipe) closeWriter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writers = false
	p.changed.Broadcast()
}

// stream is an open file description: descriptors of several processes can
// lead to it, and it is closed with the last of them.
type stream struct {
	read     func(context.Context, []byte) (int, error) // nil when not open for reading
	write    func(context.Context, []byte) (int, error) // nil when not open for writing
	close    func()                                     // may be nil
	file     *filesystem.File                           // when it is one
	terminal bool
	users    atomic.Int32
}

func (s *stream) retain() *stream {
	s.users.Add(1)
	return s
}

func (s *stream) release() {
	if s.users.Add(-1) == 0 && s.close != nil {
		s.close()
	}
}

func fileStream(file *filesystem.File) *stream {
	return &stream{
		read:  func(_ context.Context, p []byte) (int, error) { return file.Read(p) },
		write: func(_ context.Context, p []byte) (int, error) { return file.Write(p) },
		close: func() { _ = file.Close() },
		file:  file,
	}
}

// pipeStreams makes a pipe.
func pipeStreams() (reader, writer *stream) {
	p := newPipe()
	return &stream{read: p.readContext, close: p.closeReader}, &stream{write: p.writeContext, close: p.closeWriter}
}

// emptyStream is what is read where nothing is given: /dev/null.
func emptyStream() *stream {
	return &stream{read: func(context.Context, []byte) (int, error) { return 0, io.EOF }}
}

// callerReader reads what the caller gives. A reader that can block is read by a
// goroutine of its own from the first read on, so that a process that is killed
// does not wait for it; the goroutine ends when the caller's reader does.
func callerReader(source io.Reader) *stream {
	switch source.(type) {
	case nil:
		return emptyStream()
	case *filesystem.File, interface{ Len() int }: // bytes.Reader, bytes.Buffer, strings.Reader never block
		var mu sync.Mutex
		return &stream{read: func(_ context.Context, p []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			return source.Read(p)
		}}
	}
	var once sync.Once
	p := newPipe()
	return &stream{
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

// callerWriter writes to what the caller gives, one write at a time.
func callerWriter(target io.Writer, mu *sync.Mutex) *stream {
	if target == nil {
		target = io.Discard
	}
	return &stream{write: func(_ context.Context, p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return target.Write(p)
	}}
}

// descriptors are the open files of a process by their number.
type descriptors map[int]*stream

func (d descriptors) copy() descriptors {
	copied := make(descriptors, len(d))
	for number, stream := range d {
		copied[number] = stream.retain()
	}
	return copied
}

// set puts a stream, which the table then owns one use of, at a number.
func (d descriptors) set(number int, s *stream) {
	if old := d[number]; old != nil {
		old.release()
	}
	if s == nil {
		delete(d, number)
		return
	}
	d[number] = s.retain()
}

func (d descriptors) closeAll() {
	for number, stream := range d {
		stream.release()
		delete(d, number)
	}
}

// bound is a descriptor as a command uses it: operations end with the process
// and are paid for.
type bound struct {
	ctx    context.Context
	task   *task
	stream *stream
}

func (b bound) Read(p []byte) (int, error) {
	if b.stream == nil || b.stream.read == nil {
		return 0, filesystem.ErrBadFile
	}
	if err := b.task.spend(b.ctx, 0); err != nil {
		return 0, err
	}
	n, err := b.stream.read(b.ctx, p)
	if broke := b.task.spend(b.ctx, n/bytesPerStep); broke != nil {
		return n, broke
	}
	return n, err
}

// bytesPerStep is how many bytes of input or output cost as much as one command.
const bytesPerStep = 1024

func (b bound) Write(p []byte) (int, error) {
	if b.stream == nil || b.stream.write == nil {
		return 0, filesystem.ErrBadFile
	}
	if err := b.task.spend(b.ctx, len(p)/bytesPerStep); err != nil {
		return 0, err
	}
	n, err := b.stream.write(b.ctx, p)
	if errors.Is(err, filesystem.ErrBrokenPipe) {
		b.task.signal(SIGPIPE)
	}
	return n, err
}
