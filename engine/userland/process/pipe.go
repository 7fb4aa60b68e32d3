package process

import (
	"context"
	"io"
	"sync"

	"tabernetes/engine/userland/filesystem"
)

// pipeSize is the capacity of a pipe, as on Linux; a writer waits while it is
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
// has not ended.
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
