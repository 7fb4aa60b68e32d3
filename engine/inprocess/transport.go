// Package inprocess connects a client to an HTTP handler in the same process,
// where there is no network: by single requests (Transport), or over a connection
// that can be upgraded (Pipe), as exec and attach need it, and that may speak TLS
// (Serve).
//
// Clients of the API server use it (engine/controlplane/apiserver,
// engine/cluster), and so does the API server as a client of the kubelets
// (engine/node). The package knows neither; all it needs is a handler.
package inprocess

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"runtime"
	"sync"
)

// Transport is an http.RoundTripper that calls a handler in the same process.
// Response bodies stream, so that watches work; closing a body or cancelling
// the request's context ends the handler.
type Transport struct {
	// Handler answers the requests.
	Handler http.Handler
	// Streams reports whether the answer to a request may come in pieces, or wait
	// for something that the client does meanwhile. All other requests are
	// answered on the client's own goroutine, whose stack has already grown. If
	// Streams is nil, all answers are streamed.
	Streams func(*http.Request) bool
}

// RoundTrip implements http.RoundTripper. For a streamed answer it returns once
// the handler has written its status or has returned, or when the request's own
// context ends; the handler's context is no use here, since it ends with the
// handler and says nothing about the answer. For any other request it calls the
// handler, which must itself return when that context ends.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(request.Context())
	served := request.WithContext(ctx)
	// A handler may remove headers and pass on a different URL.
	served.Header = maps.Clone(request.Header)
	if served.Header == nil {
		served.Header = http.Header{}
	}
	address := *request.URL
	served.URL = &address
	served.RequestURI = request.URL.RequestURI()
	served.RemoteAddr = "127.0.0.1:0"
	served.Proto, served.ProtoMajor, served.ProtoMinor = "HTTP/1.1", 1, 1
	if served.Host == "" {
		served.Host = request.URL.Host
	}
	if served.Body == nil {
		served.Body = http.NoBody
	}

	response := &responseWriter{header: http.Header{}, body: newBody(cancel), started: make(chan struct{})}
	if t.Streams == nil || t.Streams(request) {
		response.body.limit = maxUnread
		go serve(t.Handler, response, served)
		select {
		case <-response.started:
		case <-request.Context().Done():
			cancel()
			response.body.end(request.Context().Err())
			return nil, request.Context().Err()
		}
	} else {
		serve(t.Handler, response, served)
		// A read changes nothing, so nobody has to learn of it. A client that
		// reads, and then writes what follows from it, would more often conflict
		// with the writes of others.
		if request.Method != http.MethodGet {
			letOthersRun()
		}
		if err := request.Context().Err(); err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status:        http.StatusText(response.status),
		StatusCode:    response.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        response.sent,
		Body:          response.body,
		ContentLength: -1,
		Request:       request,
	}, nil
}

// turns exceeds the number of goroutines that a change passes through on its way
// to a watcher.
const turns = 16

// letOthersRun stands in for the time that an answer spends on a network: the
// change reaches the watchers before the answer arrives, as nearly always in a
// real cluster. Otherwise a controller on the only thread would find its cache
// behind its own writes.
func letOthersRun() {
	for range turns {
		runtime.Gosched()
	}
}

// serve calls the handler and ends its answer.
func serve(handler http.Handler, response *responseWriter, request *http.Request) {
	defer response.body.cancel()
	defer func() {
		// A handler that gives up on a stream panics with http.ErrAbortHandler
		// (net/http documents it); any other panic is a crash and stays one.
		if reason := recover(); reason != nil {
			if err, ok := reason.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(reason)
			}
			response.WriteHeader(http.StatusInternalServerError)
			response.body.end(io.ErrUnexpectedEOF)
		}
	}()
	handler.ServeHTTP(response, request)
	response.WriteHeader(http.StatusOK)
	response.body.end(io.EOF)
}

// responseWriter hands a handler's answer to the waiting RoundTrip.
type responseWriter struct {
	header  http.Header
	body    *body
	once    sync.Once
	started chan struct{}
	status  int
	// sent is the header at the moment of WriteHeader: the handler may go on
	// changing its own.
	sent http.Header
}

var _ http.Flusher = &responseWriter{}

func (w *responseWriter) Header() http.Header { return w.header }

func (w *responseWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status = status
		w.sent = w.header.Clone()
		close(w.started)
	})
}

func (w *responseWriter) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.write(data)
}

func (w *responseWriter) Flush() { w.WriteHeader(http.StatusOK) }

// CloseNotify implements http.CloseNotifier, without which upstream's decorators
// (apiserver/pkg/endpoints/responsewriter) hide that the writer can flush. A
// client that goes away cancels the request's context instead.
func (w *responseWriter) CloseNotify() <-chan bool { return nil }
