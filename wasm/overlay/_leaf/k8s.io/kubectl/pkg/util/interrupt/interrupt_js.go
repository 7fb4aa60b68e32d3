//go:build js && wasm

package interrupt

import (
	"os"
	"runtime"
	"sync"
)

// Interrupted answers what closes when the command of the calling goroutine is
// interrupted: it stands for the signals of a process, of which a browser tab
// has none. wasm/kubectl sets it before the first command. A nil channel is a
// command that nobody can interrupt.
var Interrupted = func() <-chan struct{} { return nil }

// Handler runs the notify functions once, after a critical section or when the
// command is interrupted, whichever comes first.
type Handler struct {
	notify []func()
	final  func(os.Signal)
	once   sync.Once
}

// Chain creates a handler that runs the notify functions and then those of
// another handler.
func Chain(handler *Handler, notify ...func()) *Handler {
	if handler == nil {
		return New(nil, notify...)
	}
	return New(handler.Signal, append(notify, handler.Close)...)
}

// New creates a handler. Without a final function an interrupt ends the
// goroutine that heard it, where a process would exit.
func New(final func(os.Signal), notify ...func()) *Handler {
	return &Handler{final: final, notify: notify}
}

// Close runs the notify functions if they have not run yet.
func (h *Handler) Close() {
	h.once.Do(h.notifyAll)
}

// Signal runs the notify functions and then the final one, if they have not run
// yet.
func (h *Handler) Signal(s os.Signal) {
	h.once.Do(func() {
		h.notifyAll()
		if h.final == nil {
			runtime.Goexit()
		}
		h.final(s)
	})
}

// Run runs fn, and the notify functions after it or when the command is
// interrupted.
func (h *Handler) Run(fn func() error) error {
	interrupted := Interrupted()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-interrupted:
			h.Signal(os.Interrupt)
		case <-ended:
		}
	}()
	defer h.Close()
	return fn()
}

func (h *Handler) notifyAll() {
	for _, notify := range h.notify {
		notify()
	}
}
