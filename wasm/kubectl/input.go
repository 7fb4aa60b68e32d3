//go:build js && wasm

package main

import (
	"context"
	"io"
	"sync"
)

// input is the text typed while a line runs. It is bounded by what a person can
// type; nobody else writes to it.
type input struct {
	ctx context.Context // of the run: its end ends a Read

	mu    sync.Mutex
	text  []byte    // guarded by mu
	ended bool      // guarded by mu
	more  sync.Cond // on mu
}

func newInput(ctx context.Context) *input {
	i := &input{ctx: ctx}
	i.more.L = &i.mu
	context.AfterFunc(ctx, i.end)
	return i
}

func (i *input) add(text string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.text = append(i.text, text...)
	i.more.Broadcast()
}

func (i *input) end() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.ended = true
	i.more.Broadcast()
}

// unread returns what nobody has read by the end of the run: to a shell it is the next
// line. Ctrl-C discards it, as a terminal's driver does.
func (i *input) unread() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ctx.Err() != nil {
		return ""
	}
	return string(i.text)
}

// Read implements io.Reader. It waits for text or the end.
func (i *input) Read(buffer []byte) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.text) == 0 && !i.ended {
		i.more.Wait()
	}
	if len(i.text) == 0 {
		return 0, io.EOF
	}
	n := copy(buffer, i.text)
	i.text = i.text[n:]
	return n, nil
}
