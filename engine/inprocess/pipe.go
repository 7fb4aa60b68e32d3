package inprocess

import (
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
	listener := &pipeListener{conn: make(chan net.Conn, 1), closed: make(chan struct{})}
	listener.conn <- &pipeConn{Conn: server, listener: listener}
	go func() {
		// The only possible error is the end of the one connection.
		_ = (&http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}).Serve(listener)
	}()
	return client
}

// headerTimeout bounds the wait for the header of a request.
const headerTimeout = time.Minute

// pipeListener accepts one connection, and ends when that does.
type pipeListener struct {
	conn   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return pipeAddress{} }

type pipeAddress struct{}

func (pipeAddress) Network() string { return "pipe" }
func (pipeAddress) String() string  { return "pipe" }

// pipeConn ends its listener when it is closed, by the client or by the server.
type pipeConn struct {
	net.Conn
	listener *pipeListener
}

// Close implements net.Conn.
func (c *pipeConn) Close() error {
	err := c.Conn.Close()
	_ = c.listener.Close()
	return err
}

// RemoteAddr implements net.Conn with an address that has a port, as upstream's
// request filters expect one.
func (c *pipeConn) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
}
