package network

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// webServer is a Server that answers HTTP requests.
type webServer interface{ SpeaksHTTP() bool }

// badRequest is what net/http's server answers to anything that is not a request.
const badRequest = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"

// Stream returns the connection as a stream of bytes, for a program that knows no
// HTTP: nc, or a tunnel such as kubectl port-forward; and for whoever speaks TLS with
// the server. The server answers a request that is written to it and then closes it;
// it also closes it after anything that is not a request, and when its process ends.
// A server that speaks for itself gets the other end of it instead.
// The caller must close the stream, which abandons the connection.
func (c *Conn) Stream() net.Conn {
	here, there := net.Pipe()
	if c.streams() {
		return c.handOver(here, there)
	}
	wire := there
	if configuration := c.tls(); configuration != nil {
		wire = tls.Server(there, configuration)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-c.Gone():
		case <-ctx.Done():
		}
		_ = there.Close()
	}()
	go func() {
		defer cancel()
		defer c.Close()
		request, err := http.ReadRequest(bufio.NewReader(wire))
		if err != nil {
			if web, ok := c.server.(webServer); ok && web.SpeaksHTTP() && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				_, _ = io.WriteString(wire, badRequest)
			}
			return
		}
		answer, err := c.Exchange(ctx, request)
		if err != nil {
			return
		}
		response := answer.response(request)
		response.Close = true
		_ = response.Write(wire) // the reader has gone, so nobody is left to tell
	}()
	return stream{here, net.TCPAddrFromAddrPort(c.Peer.Address)}
}

// handOver gives there to the server. The connection ends when either side closes it,
// or when the server's process ends.
func (c *Conn) handOver(here, there net.Conn) net.Conn {
	closed := make(chan struct{})
	taken := accepted{
		Conn: there, here: net.TCPAddrFromAddrPort(c.Peer.Address), peer: net.TCPAddrFromAddrPort(c.From),
		close: sync.OnceFunc(func() { close(closed) }),
	}
	go func() {
		select {
		case <-c.Gone():
		case <-closed:
		}
		_ = there.Close()
		c.Close()
	}()
	if server, ok := c.server.(StreamServer); !ok || !server.Take(taken) {
		taken.close()
	}
	return stream{here, net.TCPAddrFromAddrPort(c.Peer.Address)}
}

// accepted is the server's end of a connection.
type accepted struct {
	net.Conn
	here, peer *net.TCPAddr
	close      func()
}

// Close implements net.Conn.
func (a accepted) Close() error {
	a.close()
	return a.Conn.Close()
}

// LocalAddr implements net.Conn.
func (a accepted) LocalAddr() net.Addr { return a.here }

// RemoteAddr implements net.Conn.
func (a accepted) RemoteAddr() net.Addr { return a.peer }

// stream is a pipe with the address of the peer.
type stream struct {
	net.Conn
	peer *net.TCPAddr
}

// RemoteAddr implements net.Conn.
func (s stream) RemoteAddr() net.Addr { return s.peer }
