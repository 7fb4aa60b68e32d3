package process

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
)

// Reply is a server's answer to an HTTP request.
type Reply struct {
	Status int // 200 when zero
	Header http.Header
	Body   string
	// Later, if set, makes the answer in place of the other fields, in a goroutine of
	// its own: for what takes time, or reads the request's body.
	Later func(ctx context.Context) Reply
}

// Handler answers the HTTP requests that a program listens for. It must not wait;
// see Reply.Later. The request's RemoteAddr is the client's address.
type Handler func(request *http.Request) Reply

// Listener is the port side of a network: what a program listens at. The error of
// a port in use is syscall.EADDRINUSE.
type Listener interface {
	// Listen answers the HTTP requests to a port until ctx ends.
	Listen(ctx context.Context, port int, handler Handler) error
	// ListenTLS answers the HTTPS requests to a port until ctx ends. The configuration
	// has the server's certificate.
	ListenTLS(ctx context.Context, port int, configuration *tls.Config, handler Handler) error
	// ListenConnections takes the connections to a port until ctx ends, for a server that
	// speaks for itself. With a configuration those that it accepts are *tls.Conn.
	ListenConnections(ctx context.Context, port int, configuration *tls.Config) (net.Listener, error)
	// ListenDatagrams answers what is sent to a UDP port until ctx ends. The handler
	// must not wait; without an answer it returns false. from is the client's address.
	ListenDatagrams(ctx context.Context, port int, handler func(from, data string) (answer string, ok bool)) error
}
