package network

import (
	"bufio"
	"context"
	"net"
	"net/http"
)

// Stream makes of the connection what a program that knows no HTTP sees: a
// stream of bytes, for a tunnel such as kubectl port-forward and for nc. A
// request that is written to it is answered, then the server closes it; so it
// does with what is no request, and when its process ends. The stream has to be
// closed; that gives the connection up.
func (c *Conn) Stream() net.Conn {
	here, there := net.Pipe()
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
		request, err := http.ReadRequest(bufio.NewReader(there))
		if err != nil {
			return
		}
		answer, err := c.Exchange(ctx, request)
		if err != nil {
			return
		}
		response := answer.response(request)
		response.Close = true
		_ = response.Write(there) // the reader has gone: nobody is left to tell
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
