//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall/js"
)

// transport carries requests to the API server by the worker's port. Bodies of
// answers stream: each chunk is asked for, one ahead of the reader, so at most
// two are here.
type transport struct {
	host host

	mu        sync.Mutex
	last      int               // number of the last request; guarded by mu
	exchanges map[int]*exchange // those in flight; guarded by mu
}

func newTransport(host host) *transport {
	return &transport{host: host, exchanges: map[int]*exchange{}}
}

// exchange is one request and what has arrived of its answer.
type exchange struct {
	id        int
	transport *transport
	ctx       context.Context // of the request; it ends the body too
	head      chan *http.Response
	chunks    chan []byte   // at most one: it comes for a credit
	taken     chan struct{} // at most one: it answers what a connection has sent
	once      sync.Once     // it ends once
	ended     chan struct{} // closed after the last chunk
	err       error         // why it ended early; set before ended closes
	rest      []byte        // of the chunk that is read
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		read, err := io.ReadAll(request.Body)
		if err := errors.Join(err, request.Body.Close()); err != nil {
			return nil, fmt.Errorf("read the body of a request: %w", err)
		}
		body = read
	}
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	one := t.begin(request.Context())
	t.host.fetch(one.id, request.Method, request.URL.RequestURI(), request.Header, body)
	select {
	case response := <-one.head:
		response.Request = request
		response.Body = one
		t.host.pull(one.id)
		return response, nil
	case <-one.ended:
		return nil, one.err
	case <-request.Context().Done():
		one.cancel()
		return nil, request.Context().Err()
	}
}

func (t *transport) begin(ctx context.Context) *exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	one := &exchange{
		id:        t.last,
		transport: t,
		ctx:       ctx,
		head:      make(chan *http.Response, 1),
		chunks:    make(chan []byte, 1),
		taken:     make(chan struct{}, 1),
		ended:     make(chan struct{}),
	}
	t.exchanges[one.id] = one
	return one
}

func (t *transport) find(id int) *exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.exchanges[id]
}

func (t *transport) forget(id int) *exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.exchanges[id]
	delete(t.exchanges, id)
	return one
}

// response, chunk, end and refused take the parts of the answers as they
// arrive. Those for an abandoned request are dropped.

func (t *transport) response(id, status int, headers js.Value) {
	one := t.find(id)
	if one == nil {
		return
	}
	header := http.Header{}
	for index := range headers.Length() {
		pair := headers.Index(index)
		header.Add(pair.Index(0).String(), pair.Index(1).String())
	}
	one.head <- &http.Response{
		Status:        fmt.Sprintf("%d %s", status, http.StatusText(status)),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		ContentLength: -1,
	}
}

func (t *transport) chunk(id int, data []byte) {
	if one := t.find(id); one != nil {
		one.chunks <- data
	}
}

func (t *transport) end(id int) {
	if one := t.forget(id); one != nil {
		one.finish(nil)
	}
}

func (t *transport) refused(id int, message string) {
	if one := t.forget(id); one != nil {
		one.finish(errors.New(message))
	}
}

// finish ends the answer; with an error, early.
func (e *exchange) finish(err error) {
	e.once.Do(func() {
		e.err = err
		close(e.ended)
	})
}

// Read implements io.Reader for the body of the answer.
func (e *exchange) Read(buffer []byte) (int, error) {
	if len(e.rest) == 0 {
		chunk, err := e.next()
		if err != nil {
			return 0, err
		}
		e.rest = chunk
		e.transport.host.pull(e.id)
	}
	n := copy(buffer, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func (e *exchange) next() ([]byte, error) {
	select {
	case chunk := <-e.chunks:
		return chunk, nil
	default:
	}
	select {
	case chunk := <-e.chunks:
		return chunk, nil
	case <-e.ended:
		if e.err != nil {
			return nil, e.err
		}
		return nil, io.EOF
	case <-e.ctx.Done():
		e.cancel()
		return nil, e.ctx.Err()
	}
}

// Close abandons the unread rest of the body.
func (e *exchange) Close() error {
	e.cancel()
	return nil
}

func (e *exchange) cancel() {
	if e.transport.forget(e.id) != nil {
		e.transport.host.cancel(e.id)
	}
}

// elsewhere refuses a request to any other server, such as for a manifest by its
// URL: this page contacts no other server.
type elsewhere struct{}

// RoundTrip implements http.RoundTripper.
func (elsewhere) RoundTrip(request *http.Request) (*http.Response, error) {
	name := request.URL.Path[strings.LastIndex(request.URL.Path, "/")+1:]
	return nil, fmt.Errorf("this page sends no request to other sites: open %s in a tab of its own, copy it into the editor and apply the file", name)
}
