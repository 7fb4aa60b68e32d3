// Package inprocess connects a client to an HTTP handler of the same process:
// request by request, or over a connection that can be upgraded.
package inprocess

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

// Transport is an http.RoundTripper that calls a handler in the same process.
// Response bodies stream, so that watches work; closing a body or cancelling
// the request's context ends the handler.
type Transport struct {
	// Handler answers the requests.
	Handler http.Handler
}

// RoundTrip implements http.RoundTripper. It returns once the handler has
// written its status or has returned, or when the request's own context ends: the
// handler's ends with the handler, so it says nothing about the answer.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(request.Context())
	served := request.Clone(ctx)
	served.RequestURI = request.URL.RequestURI()
	served.RemoteAddr = "127.0.0.1:0"
	served.Proto, served.ProtoMajor, served.ProtoMinor = "HTTP/1.1", 1, 1
	if served.Host == "" {
		served.Host = request.URL.Host
	}
	if served.Body == nil {
		served.Body = http.NoBody
	}

	reader, writer := io.Pipe()
	response := &responseWriter{header: http.Header{}, body: writer, started: make(chan struct{})}
	go func() {
		defer cancel()
		defer func() {
			// A handler that gives up on a stream panics with http.ErrAbortHandler
			// (net/http documents it); any other panic is a crash and stays one.
			if reason := recover(); reason != nil {
				if err, ok := reason.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
					panic(reason)
				}
				response.WriteHeader(http.StatusInternalServerError)
				_ = writer.CloseWithError(io.ErrUnexpectedEOF)
			}
		}()
		t.Handler.ServeHTTP(response, served)
		response.WriteHeader(http.StatusOK)
		_ = writer.Close()
	}()

	select {
	case <-response.started:
	case <-request.Context().Done():
		cancel()
		_ = reader.CloseWithError(request.Context().Err())
		return nil, request.Context().Err()
	}
	return &http.Response{
		Status:        http.StatusText(response.status),
		StatusCode:    response.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        response.sent,
		Body:          &responseBody{PipeReader: reader, cancel: cancel},
		ContentLength: -1,
		Request:       request,
	}, nil
}

// responseWriter hands a handler's answer to the waiting RoundTrip.
type responseWriter struct {
	header  http.Header
	body    *io.PipeWriter
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
	return w.body.Write(data)
}

func (w *responseWriter) Flush() { w.WriteHeader(http.StatusOK) }

// CloseNotify implements http.CloseNotifier, without which upstream's decorators
// (apiserver/pkg/endpoints/responsewriter) hide that the writer can flush. A
// client that goes away cancels the request's context instead.
func (w *responseWriter) CloseNotify() <-chan bool { return nil }

// responseBody ends the handler when the client has had enough.
type responseBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (b *responseBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
