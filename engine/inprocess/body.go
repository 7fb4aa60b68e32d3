package inprocess

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"sync"
)

// maxUnread bounds what the handler of an answer that streams may be ahead of its
// client, in bytes: with so much unread it waits in its Write.
const maxUnread = 64 << 10

// body is the body of an answer on its way from the handler to the client. Most
// answers are in it as a whole before the client begins to read.
type body struct {
	// cancel ends the handler's context.
	cancel context.CancelFunc

	// limit bounds what is unread.
	limit int

	mu sync.Mutex
	// moved, on mu, tells of everything below.
	moved  sync.Cond
	unread bytes.Buffer // guarded by mu
	// ended is what a reader gets behind the last byte, nil as long as the handler
	// may write. guarded by mu
	ended error
}

func newBody(cancel context.CancelFunc) *body {
	b := &body{cancel: cancel, limit: math.MaxInt}
	b.moved.L = &b.mu
	return b
}

// write takes what a handler writes, all of it unless the client has gone.
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

// end ends the body with an error: what is unread the client still gets. Only the
// first end counts.
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

// Close implements io.Closer: the client has had enough.
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
