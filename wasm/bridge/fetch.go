//go:build js && wasm

package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall/js"

	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/inprocess"
)

const (
	// maxFetches bounds the requests in flight, open watches included. One more
	// fails at once.
	maxFetches = 1000
	// maxBuffered bounds how much of an unread body is buffered, in bytes. Beyond
	// it the handler waits in its Write; the store then drops a watch that stays
	// too slow.
	maxBuffered = 256 << 10
	// readSize is how much of a body is read at once, in bytes.
	readSize = 32 << 10
)

// fetchRequest is a request from the page.
type fetchRequest struct {
	method, path, body string
	header             http.Header
}

// fetches are the page's requests in flight.
type fetches struct {
	ctx       context.Context // of the cluster; ends every request
	host      *Host
	transport http.RoundTripper

	mu       sync.Mutex
	inFlight map[int]*fetch // guarded by mu
}

func newFetches(ctx context.Context, host *Host, transport http.RoundTripper) *fetches {
	return &fetches{ctx: ctx, host: host, transport: transport, inFlight: map[int]*fetch{}}
}

// begin starts a request in a goroutine of its own.
func (f *fetches) begin(id int, request fetchRequest) {
	f.start(&fetch{id: id}, func(ctx context.Context, one *fetch) error { return f.exchange(ctx, one, request) })
}

// start runs an exchange in a goroutine of its own, if there is room for it.
func (f *fetches) start(one *fetch, exchange func(context.Context, *fetch) error) {
	ctx, cancel := context.WithCancel(f.ctx)
	id := one.id
	one.host, one.cancel = f.host, cancel
	one.room.L = &one.mu
	context.AfterFunc(ctx, one.wake)
	f.mu.Lock()
	_, exists := f.inFlight[id]
	full := len(f.inFlight) >= maxFetches
	if !exists && !full {
		f.inFlight[id] = one
	}
	f.mu.Unlock()
	switch {
	case exists:
		one.refuse(fmt.Errorf("begin request %d: one of that number is in flight", id))
	case full:
		one.refuse(errTooManyRequests)
	default:
		go f.run(ctx, one, exchange)
	}
}

func (f *fetches) run(ctx context.Context, one *fetch, exchange func(context.Context, *fetch) error) {
	defer one.cancel()
	err := exchange(ctx, one)
	f.mu.Lock()
	delete(f.inFlight, one.id)
	f.mu.Unlock()
	one.finish(err)
}

// exchange makes the request and reads the body to its end.
func (f *fetches) exchange(ctx context.Context, one *fetch, request fetchRequest) error {
	address, err := url.Parse("http://cluster.local" + request.path)
	if err != nil {
		return fmt.Errorf("parse path %q: %w", request.path, err)
	}
	outgoing, err := http.NewRequestWithContext(ctx, request.method, address.String(), strings.NewReader(request.body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	outgoing.Header = request.header
	if outgoing.UserAgent() == "" {
		// What the page does by itself is a line of kubectl, which it shows.
		outgoing.Header.Set("User-Agent", inprocess.UserAgent("kubectl", apiserver.KubernetesVersion))
	}
	response, err := f.transport.RoundTrip(outgoing)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	one.head(response)
	return one.copyFrom(ctx, response.Body)
}

// copyFrom sends a whole body.
func (f *fetch) copyFrom(ctx context.Context, body io.Reader) error {
	buffer := make([]byte, readSize)
	for {
		n, err := body.Read(buffer)
		limit := maxBuffered
		if err != nil {
			limit = 1 // nothing may be left over
		}
		if waitErr := f.write(ctx, buffer[:n], limit); waitErr != nil {
			return waitErr
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f *fetches) find(id int) *fetch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inFlight[id]
}

// pull gives a request credit for one chunk. A request that has ended ignores
// it.
func (f *fetches) pull(id int) {
	if one := f.find(id); one != nil {
		one.pull()
	}
}

// cancel ends a request; the host hears nothing more of it.
func (f *fetches) cancel(id int) {
	if one := f.find(id); one != nil {
		one.abandon()
	}
}

// fetch is one request in flight. Its body goes to the host in chunks, each for
// a credit; whatever is written between two credits is joined into one chunk.
type fetch struct {
	id     int
	host   *Host
	cancel context.CancelFunc
	conn   net.Conn // of a connection; nil for a request

	mu        sync.Mutex
	buffered  []byte    // guarded by mu, at most maxBuffered+readSize bytes
	credits   int       // guarded by mu
	abandoned bool      // guarded by mu
	room      sync.Cond // on mu: buffered has shrunk, or the context has ended
}

// head sends status and headers, these in the order of their names.
func (f *fetch) head(response *http.Response) {
	names := make([]string, 0, len(response.Header))
	for name := range response.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	headers := js.Global().Get("Array").New()
	for _, name := range names {
		for _, value := range response.Header[name] {
			headers.Call("push", js.ValueOf([]any{name, value}))
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.abandoned {
		f.host.response(f.id, response.StatusCode, headers)
	}
}

// write takes a part of the body and waits while limit bytes or more are
// buffered.
func (f *fetch) write(ctx context.Context, data []byte, limit int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buffered = append(f.buffered, data...)
	f.send()
	for len(f.buffered) >= limit && ctx.Err() == nil {
		f.room.Wait()
	}
	return ctx.Err()
}

func (f *fetch) pull() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.credits++
	f.send()
}

// send sends what is buffered, if there is a credit. The caller holds mu.
func (f *fetch) send() {
	if f.credits == 0 || len(f.buffered) == 0 || f.abandoned {
		return
	}
	f.credits--
	f.host.chunk(f.id, f.buffered)
	f.buffered = f.buffered[:0]
	f.room.Broadcast()
}

func (f *fetch) abandon() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.abandoned = true
	f.cancel()
}

// refuse ends a request that has not begun.
func (f *fetch) refuse(err error) {
	f.cancel()
	if f.conn != nil {
		_ = f.conn.Close()
	}
	f.host.failed(f.id, err)
}

// wake makes write check again, as the request's context has ended.
func (f *fetch) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room.Broadcast()
}

// finish ends the request towards the host.
func (f *fetch) finish(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.abandoned:
	case err != nil:
		f.host.failed(f.id, err)
	default:
		f.host.end(f.id)
	}
}
