//go:build js && wasm

package bridge

import (
	"context"
	"errors"
	"io"
	"net"
)

// dial opens a connection to the API server, over which the other side speaks
// HTTP/1.1: its output is sent in chunks for credits, like the body of a
// response.
func (f *fetches) dial(id int, conn net.Conn) {
	f.start(&fetch{id: id, conn: conn}, func(ctx context.Context, one *fetch) error {
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		defer stop()
		err := one.copyFrom(ctx, conn)
		if closed := conn.Close(); err == nil {
			err = closed
		}
		if errors.Is(err, io.ErrClosedPipe) {
			return nil
		}
		return err
	})
}

// send writes to a connection and reports when that is done; the other side
// sends nothing meanwhile. A connection that has ended takes no more; its end
// is reported separately.
func (f *fetches) send(id int, data []byte) {
	one := f.find(id)
	if one == nil || one.conn == nil {
		return
	}
	go func() {
		if _, err := one.conn.Write(data); err != nil {
			one.cancel()
			return
		}
		one.sent()
	}()
}

func (f *fetch) sent() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.abandoned {
		f.host.sent(f.id)
	}
}
