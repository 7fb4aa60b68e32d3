package network

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/process"
)

// synPatience is how long Linux tries to open a connection: it retries the first
// packet six times, after 1, 2, 4, ... s (net.ipv4.tcp_syn_retries).
const synPatience = 127 * time.Second

// Dial opens a connection from a place to an address of the form host:port; a host
// name is resolved as at that place. It waits for an answer until ctx ends, but no
// longer than Linux does. Errors are those of package net: *net.OpError, and
// *net.DNSError for a name.
func (n *Network) Dial(ctx context.Context, from Place, address string) (*Conn, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.AddrError{Err: "invalid port", Addr: service}}
	}
	found, err := n.LookupHost(from, host)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	// Several addresses are tried in order until one answers, as by net.Dialer.
	var first error
	for _, address := range found.Addresses {
		conn, err := n.dial(ctx, from, netip.AddrPortFrom(address, uint16(port)))
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, first
}

func (n *Network) dial(ctx context.Context, from Place, to netip.AddrPort) (*Conn, error) {
	conn, err := n.Connect(from, to)
	if err == nil {
		return conn, nil
	}
	if errors.Is(err, ErrUnanswered) {
		err = unanswered(ctx)
	} else {
		err = os.NewSyscallError("connect", err)
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(to), Err: err}
}

// unanswered waits in vain for an answer, until ctx or Linux gives up.
func unanswered(ctx context.Context) error {
	timer := time.NewTimer(synPatience)
	defer timer.Stop()
	select {
	case <-timer.C:
		return os.NewSyscallError("connect", ErrTimedOut)
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return errPatience
		}
		return ctx.Err()
	}
}

// Transport makes HTTP requests from a place, each over a connection of its own.
// It implements http.RoundTripper; its errors are those of Go's own transport.
// With Lookup and Dial it is the network of a shell (engine/userland/process.Network).
type Transport struct {
	Network *Network
	From    Place
	// DialTimeout is how long it waits for a connection; zero means no limit other
	// than that of Linux and of the request's context.
	DialTimeout time.Duration
	// TLS is the client's side of a handshake. Nil means that servers must have a
	// certificate of an authority that the system knows.
	TLS *tls.Config
}

// NewTransport returns a transport with the timeout of http.DefaultTransport.
func (n *Network) NewTransport(from Place) *Transport {
	return &Transport{Network: n, From: from, DialTimeout: 30 * time.Second}
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		defer request.Body.Close() //nolint:errcheck // a request's body that was not read
	}
	secure := request.URL.Scheme == "https"
	if !secure && request.URL.Scheme != "http" {
		return nil, fmt.Errorf("unsupported protocol scheme %q", request.URL.Scheme)
	}
	address := request.URL.Host
	if request.URL.Port() == "" {
		address = net.JoinHostPort(request.URL.Hostname(), map[bool]string{false: "80", true: "443"}[secure])
	}
	ctx := request.Context()
	dialing, cancel := ctx, context.CancelFunc(func() {})
	if t.DialTimeout > 0 {
		dialing, cancel = context.WithTimeout(ctx, t.DialTimeout)
	}
	conn, err := t.Network.Dial(dialing, t.From, address)
	cancel()
	if err != nil {
		return nil, err
	}
	speaksTLS := conn.tls() != nil
	if secure == speaksTLS && (secure || conn.streams()) {
		return t.exchangeByStream(conn, request)
	}
	defer conn.Close()
	if secure {
		return nil, process.ErrNotTLS
	}
	if speaksTLS {
		return plainToSecure.response(request), nil
	}
	answer, err := conn.Exchange(ctx, request)
	if err != nil {
		return nil, err
	}
	return answer.response(request), nil
}

// plainToSecure is the answer of Go's HTTPS server to a plain request.
var plainToSecure = Answer{
	Status: http.StatusBadRequest,
	Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
	Body:   "Client sent an HTTP request to an HTTPS server.\n",
}

// exchangeByStream makes a request over TLS, or to a server that speaks for itself. The
// connection ends with the answer's body.
func (t *Transport) exchangeByStream(conn *Conn, request *http.Request) (*http.Response, error) {
	stream := conn.Stream()
	transport := &http.Transport{
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return stream, nil },
		TLSClientConfig:   t.trusted(request.Context()),
		DisableKeepAlives: true,
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		_ = stream.Close()
	}
	return response, certificateError(err)
}

// Lookup asks the name server for a host name, without a look at /etc/hosts.
func (t *Transport) Lookup(_ context.Context, host string) ([]string, error) {
	from := t.From
	from.Hosts = nil
	found, err := t.Network.LookupHost(from, host)
	if err != nil {
		return nil, err
	}
	addresses := make([]string, len(found.Addresses))
	for i, address := range found.Addresses {
		addresses[i] = address.String()
	}
	return addresses, nil
}

// Dial opens a connection as a stream of bytes, see Conn.Stream.
func (t *Transport) Dial(ctx context.Context, address string) (net.Conn, error) {
	conn, err := t.Network.Dial(ctx, t.From, address)
	if err != nil {
		return nil, err
	}
	return conn.Stream(), nil
}

// Exchange sends a request and waits for its answer. The error is that of ctx,
// io.EOF when the server closed the connection, or a *net.OpError around
// ErrReset.
func (c *Conn) Exchange(ctx context.Context, request *http.Request) (Answer, error) {
	timer := time.NewTimer(c.Send(request))
	defer timer.Stop()
	if later := c.answer.Later; later != nil {
		select {
		case c.answer, c.ok = <-later:
		case <-c.Gone():
		case <-ctx.Done():
			c.Close()
			return Answer{}, ctx.Err()
		}
	}
	select {
	case <-timer.C:
	case <-c.Gone():
	case <-ctx.Done():
		c.Close()
		return Answer{}, ctx.Err()
	}
	answer, ok, err := c.Receive()
	switch {
	case err != nil:
		return Answer{}, &net.OpError{Op: "read", Net: "tcp", Addr: net.TCPAddrFromAddrPort(c.Peer.Address), Err: os.NewSyscallError("read", err)}
	case !ok:
		return Answer{}, io.EOF
	}
	return answer, nil
}

// response returns the answer as it came over the wire.
func (a Answer) response(request *http.Request) *http.Response {
	header := a.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", http.DetectContentType([]byte(a.Body)))
	}
	header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	body := a.Body
	if request.Method == http.MethodHead {
		body = ""
	}
	return &http.Response{
		Status: strconv.Itoa(a.Status) + " " + http.StatusText(a.Status), StatusCode: a.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, ContentLength: int64(len(a.Body)), Request: request,
		Body: io.NopCloser(strings.NewReader(body)),
	}
}
