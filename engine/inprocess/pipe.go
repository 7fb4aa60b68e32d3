package inprocess

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Pipe returns a connection to an HTTP server of a handler in the same process.
// Clients that speak HTTP/1.1 over it can upgrade it, so it carries SPDY and
// WebSocket where there is no network. The server ends with the connection.
func Pipe(handler http.Handler) net.Conn {
	client, server := net.Pipe()
	go Serve(handler, pipeConn{server}, nil)
	return client
}

// Serve serves the clients of one connection by HTTP/1.1, over TLS if there is a
// configuration for it, and returns when the connection has ended.
func Serve(handler http.Handler, conn net.Conn, configuration *tls.Config) {
	listener := &singleListener{conn: make(chan net.Conn, 1), closed: make(chan struct{})}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}
	var accepted net.Conn = &singleConn{Conn: conn, listener: listener}
	if configuration != nil {
		accepted = tls.Server(accepted, configuration)
		server.ErrorLog = log.New(io.Discard, "", 0) // clients that do not trust the certificate are no matter to the server
	}
	listener.conn <- accepted
	_ = server.Serve(listener) // the only possible error is the end of the one connection
}

// headerTimeout bounds the wait for the header of a request.
const headerTimeout = time.Minute

// singleListener accepts one connection, and ends when that does.
type singleListener struct {
	conn   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (l *singleListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *singleListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *singleListener) Addr() net.Addr { return pipeAddress{} }

type pipeAddress struct{}

func (pipeAddress) Network() string { return "pipe" }
func (pipeAddress) String() string  { return "pipe" }

// singleConn ends its listener when it is closed, by the client or by the server.
type singleConn struct {
	net.Conn
	listener *singleListener
}

// Close implements net.Conn.
func (c *singleConn) Close() error {
	err := c.Conn.Close()
	_ = c.listener.Close()
	return err
}

// pipeConn is the server's end of a pipe.
type pipeConn struct{ net.Conn }

// RemoteAddr implements net.Conn with an address that has a port, as upstream's
// request filters expect one.
func (pipeConn) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
}
