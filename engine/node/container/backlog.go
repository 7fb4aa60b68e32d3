package container

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"tabernetes/engine/node/network"
)

// maxUnaccepted bounds the connections to a port that its program has not accepted yet;
// when it is full another one is closed. It is Linux's net.core.somaxconn of old.
const maxUnaccepted = 128

// backlog is a port of a program that takes connections. It implements net.Listener.
type backlog struct {
	ctx     context.Context //nolint:containedctx // the life of the listener
	cancel  context.CancelFunc
	port    int
	tls     *tls.Config // nil for a program that gets the bytes as they come
	waiting chan net.Conn
}

func newBacklog(ctx context.Context, cancel context.CancelFunc, port int, configuration *tls.Config) *backlog {
	return &backlog{ctx: ctx, cancel: cancel, port: port, tls: configuration, waiting: make(chan net.Conn, maxUnaccepted)}
}

// add reports whether there was room for a connection.
func (b *backlog) add(conn net.Conn) bool {
	select {
	case b.waiting <- conn:
		return true
	default:
		return false
	}
}

// Accept implements net.Listener.
func (b *backlog) Accept() (net.Conn, error) {
	select {
	case conn := <-b.waiting:
		if b.tls != nil {
			return tls.Server(conn, b.tls), nil
		}
		return conn, nil
	case <-b.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (b *backlog) Close() error {
	b.cancel()
	return nil
}

// Addr implements net.Listener.
func (b *backlog) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: b.port} }

// maxProbed bounds what is read of the answer to a probe, as upstream's prober does
// (k8s.io/kubernetes/pkg/probe/http).
const maxProbed = 10 << 10

// longestProbe bounds the wait for an answer that nobody waits for any more.
const longestProbe = time.Minute

// ask makes a request of the node, such as a probe's, to a program that takes
// connections. Like the kubelet's it does not look at the certificate.
func (p Port) ask(of listener, request *http.Request) network.Answer {
	later := make(chan network.Answer, 1)
	at := netip.AddrPortFrom(p.place().Address, uint16(p.number))
	conn := p.Accept(p.number, at)
	ctx, cancel := context.WithTimeout(of.ctx, longestProbe)
	request = request.Clone(ctx)
	request.URL.Host = at.String()
	if request.URL.Scheme = "http"; of.tls != nil {
		request.URL.Scheme = "https"
	}
	p.scope.Processes.Go(func() {
		defer cancel()
		transport := &http.Transport{
			DialContext:       func(context.Context, string, string) (net.Conn, error) { return conn.Stream(), nil },
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // as the kubelet's probes
			DisableKeepAlives: true,
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			close(later)
			return
		}
		defer response.Body.Close()                                     //nolint:errcheck // it has been read
		body, _ := io.ReadAll(io.LimitReader(response.Body, maxProbed)) // what was cut off is no matter to a probe
		later <- network.Answer{Status: response.StatusCode, Header: response.Header, Body: string(body)}
	})
	return network.Answer{Later: later}
}
