//go:build js && wasm

package main

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// maxSent is how much is sent over a connection at once, in bytes.
const maxSent = 32 << 10

// connection is a connection to the API server: an exchange without a head, over
// which kubectl speaks HTTP/1.1 and the protocols it is upgraded to. Only one
// write is in flight at a time.
type connection struct {
	*exchange

	writing sync.Mutex // one Write at a time
}

// dial opens a connection, which can be used at once.
func (t *transport) dial(context.Context) (net.Conn, error) {
	one := &connection{exchange: t.begin(context.Background())}
	t.host.dial(one.id)
	t.host.pull(one.id)
	return one, nil
}

// sent reports that the last data sent have been taken.
func (t *transport) sent(id int) {
	if one := t.find(id); one != nil {
		one.taken <- struct{}{}
	}
}

// Write implements net.Conn. It waits until the API server has taken the bytes.
func (c *connection) Write(data []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	for begin := 0; begin < len(data); {
		part := data[begin:min(len(data), begin+maxSent)]
		select {
		case <-c.ended:
			return begin, io.ErrClosedPipe
		default:
		}
		c.transport.host.send(c.id, part)
		select {
		case <-c.taken:
		case <-c.ended:
			return begin, io.ErrClosedPipe
		}
		begin += len(part)
	}
	return len(data), nil
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.cancel()
	c.finish(net.ErrClosed)
	return nil
}

// Deadlines implement net.Conn and bound nothing: they are there for a network
// that loses what is sent, and cluster time may pass here between two messages.

func (c *connection) SetDeadline(time.Time) error      { return nil }
func (c *connection) SetReadDeadline(time.Time) error  { return nil }
func (c *connection) SetWriteDeadline(time.Time) error { return nil }

func (c *connection) LocalAddr() net.Addr  { return connectionAddress{} }
func (c *connection) RemoteAddr() net.Addr { return connectionAddress{} }

type connectionAddress struct{}

func (connectionAddress) Network() string { return "message port" }
func (connectionAddress) String() string  { return "control plane" }
