package dial

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"tabernetes/engine/node/network"
)

// Errors of connections that a node makes to its pods.
var (
	ErrNoAnswer       = errors.New("i/o timeout")
	ErrNoGRPC         = errors.New("not a gRPC server")
	ErrNoHealth       = errors.New("unknown service grpc.health.v1.Health")
	ErrUnknownService = errors.New("unknown service")
)

// nodeNameServer is the name server of the nodes; it knows no names.
const nodeNameServer = "172.18.0.1:53"

// Refused is the error of a connection to a port on which nothing listens.
func Refused(host, port string) error {
	return fmt.Errorf("dial tcp %s: connect: connection refused", net.JoinHostPort(host, port))
}

// Listeners finds the containers that accept connections on a node.
type Listeners interface {
	// ListenerAt returns the container that accepts connections to an address of
	// the node. The error is that of the connection.
	ListenerAt(host, port string) (Server, error)
}

// Server is a container that accepts connections.
type Server interface {
	// Answer answers a request. If the container does not speak HTTP, it closes
	// the connection without an answer, and ok is false.
	Answer(request *http.Request) (reply network.Answer, ok bool)
	// SpeaksTLS reports whether it expects HTTPS.
	SpeaksTLS() bool
	// Health is the answer to a health check of a gRPC service.
	Health(service string) (status string, err error)
	// IsRunning reports whether the container still runs.
	IsRunning() bool
}

// never is the time until an answer that does not arrive.
const never = time.Duration(1<<63 - 1)

// instantTransport makes HTTP requests from a node to its pods. It answers at
// once and adds up how long the answers would have taken. It is for the sync
// loop alone.
type instantTransport struct {
	on    Listeners
	takes time.Duration
	by    Server // the server that answered last
}

// RoundTrip implements http.RoundTripper.
func (t *instantTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	host, port := request.URL.Hostname(), request.URL.Port()
	secure := request.URL.Scheme == "https"
	switch {
	case port != "":
	case secure:
		port = "443"
	default:
		port = "80"
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "localhost" {
		return nil, fmt.Errorf("dial tcp: lookup %s on %s: no such host", host, nodeNameServer)
	}
	server, err := t.on.ListenerAt(host, port)
	if errors.Is(err, ErrNoAnswer) {
		t.takes = never
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	t.by = server
	reply, ok := server.Answer(request)
	speaksTLS := ok && server.SpeaksTLS()
	switch {
	case !ok && secure:
		return nil, errors.New("tls: first record does not look like a TLS handshake")
	case !ok:
		return nil, io.EOF
	case secure && !speaksTLS:
		return nil, errors.New("http: server gave HTTP response to HTTPS client")
	case !secure && speaksTLS:
		reply = network.Answer{Status: http.StatusBadRequest, Header: http.Header{}, Body: "Client sent an HTTP request to an HTTPS server.\n"}
	}
	if reply.Later != nil { // nobody waits here
		t.takes = never
	}
	if t.takes += reply.Takes; t.takes < 0 {
		t.takes = never
	}
	return &http.Response{
		StatusCode: reply.Status, Header: reply.Header, Request: request, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(strings.NewReader(reply.Body)), ContentLength: int64(len(reply.Body)),
	}, nil
}
