package inprocess

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"sync"
)

// maxUnread bounds how far the handler of a streamed answer may be ahead of its
// client, in bytes: beyond it the handler blocks in Write.
const maxUnread = 64 << 10

// body is the body of an answer on its way from the handler to the client. Most
// bodies are complete before the client begins to read.
type body struct {
	// cancel ends the handler's context.
	cancel context.CancelFunc

	// limit bounds the unread bytes.
	limit int

	mu sync.Mutex
	// moved, on mu, signals a change of any field below.
	moved  sync.Cond
	unread bytes.Buffer // guarded by mu
	// ended is the error that a reader gets after the last byte, nil as long as
	// the handler may write. guarded by mu
	ended error
}

func newBody(cancel context.CancelFunc) *body {
	b := &body{cancel: cancel, limit: math.MaxInt}
	b.moved.L = &b.mu
	return b
}

// write appends what a handler writes, unless the client has gone.
func (b *body) write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	written := 0
	for {
		for b.ended == nil && b.unread.Len() >= b.limit {
			b.moved.Wait()
		}
		if b.ended != nil {
			return written, io.ErrClosedPipe
		}
		part := data[written:min(len(data), written+min(b.limit-b.unread.Len(), len(data)))]
		b.unread.Write(part)
		b.moved.Broadcast()
		if written += len(part); written == len(data) {
			return written, nil
		}
	}
}

// end ends the body with an error, which the client gets after the unread bytes.
// Only the first call counts.
func (b *body) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended == nil {
		b.ended = err
		b.moved.Broadcast()
	}
}

// Read implements io.Reader.
func (b *body) Read(into []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.unread.Len() == 0 {
		if b.ended != nil {
			return 0, b.ended
		}
		b.moved.Wait()
	}
	n, err := b.unread.Read(into)
	b.moved.Broadcast()
	return n, err
}

// Close implements io.Closer: the client stops reading.
func (b *body) Close() error {
	b.cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unread = bytes.Buffer{}
	if b.ended == nil || errors.Is(b.ended, io.EOF) {
		b.ended = io.ErrClosedPipe
	}
	b.moved.Broadcast()
	return nil
}
