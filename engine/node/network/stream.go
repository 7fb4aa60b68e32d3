package network

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
)

// Stream returns the connection as a stream of bytes, for a program that knows no
// HTTP: nc, or a tunnel such as kubectl port-forward; and for whoever speaks TLS with
// the server. The server answers a request that is written to it and then closes it;
// it also closes it after anything that is not a request, and when its process ends.
// The caller must close the stream, which abandons the connection.
func (c *Conn) Stream() net.Conn {
	here, there := net.Pipe()
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

// stream is a pipe with the address of the peer.
type stream struct {
	net.Conn
	peer *net.TCPAddr
}

// RemoteAddr implements net.Conn.
func (s stream) RemoteAddr() net.Addr { return s.peer }
