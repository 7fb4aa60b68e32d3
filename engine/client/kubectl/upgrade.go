package kubectl

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	gorilla "github.com/gorilla/websocket"
	"k8s.io/client-go/transport/websocket"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/wsstream"
)

// upgrade makes the connections of exec and attach begin at Options.Dial. Their
// round trippers are upstream's own, each of which opens a network connection
// and offers no alternative; everything after that, including the protocols, is
// theirs. Any other round tripper is left unchanged.
func (c *command) upgrade(upstream http.RoundTripper) http.RoundTripper {
	switch upstream := upstream.(type) {
	case *websocket.RoundTripper:
		return &webSocketTransport{command: c, upstream: upstream}
	case *transport:
		return upstream
	default:
		return &refusedUpgrade{command: c}
	}
}

// webSocketTransport is websocket.RoundTripper with another connection.
type webSocketTransport struct {
	command  *command
	upstream *websocket.RoundTripper
}

// RoundTrip implements http.RoundTripper. It is what upstream's does
// (client-go/transport/websocket/roundtripper.go): a handshake that fails makes
// kubectl try again by SPDY, see refusedUpgrade.
func (t *webSocketTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	protocols := request.Header[wsstream.WebSocketProtocolHeader]
	delete(request.Header, wsstream.WebSocketProtocolHeader)
	size := t.upstream.DataBufferSize() + 1024 // the protocol byte of a message
	dialer := gorilla.Dialer{
		NetDialContext: t.command.dial, NetDialTLSContext: t.command.dial,
		Subprotocols: protocols, ReadBufferSize: size, WriteBufferSize: size,
	}
	address := *request.URL
	address.Scheme = "wss"
	conn, response, err := dialer.DialContext(request.Context(), address.String(), request.Header)
	if errors.Is(err, gorilla.ErrBadHandshake) {
		return nil, &httpstream.UpgradeFailureError{Cause: err}
	}
	if err != nil {
		return nil, err
	}
	t.upstream.Conn = conn
	return response, nil
}

// refusedUpgrade stands in for SpdyRoundTripper when the API server has refused
// the same request as a WebSocket: it fetches the refusal, which upstream
// words.
type refusedUpgrade struct{ command *command }

// RoundTrip implements http.RoundTripper.
func (t *refusedUpgrade) RoundTrip(request *http.Request) (*http.Response, error) {
	once := &http.Transport{DialContext: t.command.dial, DialTLSContext: t.command.dial, DisableKeepAlives: true}
	outgoing := request.Clone(request.Context())
	outgoing.Header.Set("Connection", "Upgrade")
	outgoing.Header.Set("Upgrade", "SPDY/3.1")
	response, err := once.RoundTrip(outgoing)
	if err == nil && response.StatusCode == http.StatusSwitchingProtocols {
		err = errors.Join(errors.New("the API server speaks SPDY and no WebSocket"), response.Body.Close())
	}
	return response, err
}

// dial opens a connection to the API server that ends with the command.
func (c *command) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if err := errors.Join(ctx.Err(), c.ctx.Err()); err != nil {
		return nil, err
	}
	conn, err := c.kubectl.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("dial the API server: %w", err)
	}
	bound := &boundConn{Conn: conn}
	bound.stop = context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	return bound, nil
}

// boundConn is closed by the end of its command at the latest.
type boundConn struct {
	net.Conn
	once sync.Once
	stop func() bool
}

// Close implements net.Conn.
func (b *boundConn) Close() error {
	b.once.Do(func() { b.stop() })
	return b.Conn.Close()
}
