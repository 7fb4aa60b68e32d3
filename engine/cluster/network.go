package cluster

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"k8s.io/client-go/informers"

	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/inprocess"
	"tabernetes/engine/node/network"
)

// newNetwork makes the network and attaches the API server to it.
func newNetwork(shared informers.SharedInformerFactory, server *apiserver.Server) (*network.Network, error) {
	made, err := network.New(network.Options{
		Informers:    shared,
		ControlPlane: &controlPlane{handler: server.Handler(), tls: server.ServingTLS()},
	})
	if err != nil {
		return nil, fmt.Errorf("create network: %w", err)
	}
	return made, nil
}

// atFirstNode returns the network as the terminal sees it: from the first node
// that is up, with the names of the cluster's DNS in the namespace default.
func atFirstNode(from *network.Network) *network.Transport {
	place, up := from.Node(0)
	if up {
		place.ClusterDNS, place.Namespace = true, "default"
	}
	return from.NewTransport(place)
}

// controlPlane is the machine of the API server. It has no Node object, and only
// the API server listens on it, over TLS.
type controlPlane struct {
	sockets network.Sockets
	handler http.Handler
	tls     *tls.Config
}

var (
	_ network.SecureServer = (*controlPlane)(nil)
	_ network.StreamServer = (*controlPlane)(nil)
)

// Name implements network.Machine.
func (*controlPlane) Name() string { return "control-plane" }

// Address implements network.Machine.
func (*controlPlane) Address() netip.Addr { return apiserver.Address().Addr() }

// PodCIDR implements network.Machine: there are no pods.
func (*controlPlane) PodCIDR() netip.Prefix { return netip.Prefix{} }

// Up implements network.Machine.
func (*controlPlane) Up() bool { return true }

// Accept implements network.Machine.
func (c *controlPlane) Accept(to netip.AddrPort) (*network.Conn, error) {
	if own := apiserver.Address(); to.Port() != own.Port() || to.Addr() != own.Addr() && !to.Addr().IsLoopback() {
		return nil, network.ErrRefused
	}
	return c.sockets.Open(c, network.Peer{Address: to, Node: c.Name()}), nil
}

// TLS implements network.SecureServer.
func (c *controlPlane) TLS() *tls.Config { return c.tls }

// TakesStreams implements network.StreamServer.
func (*controlPlane) TakesStreams() bool { return true }

// Take implements network.StreamServer. The API server's goroutines for a connection end
// with it.
func (c *controlPlane) Take(conn net.Conn) bool {
	go inprocess.Serve(c.handler, conn, c.tls)
	return true
}

// Answer implements network.Server, for a client that does not speak TLS.
func (*controlPlane) Answer(*http.Request) (network.Answer, bool) {
	return network.Answer{
		Status: http.StatusBadRequest,
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		Body:   "Client sent an HTTP request to an HTTPS server.\n",
	}, true
}

// lateNetwork is the API server's network. It is made after the API server, whose
// informers it needs, and before the first request.
type lateNetwork struct{ transport *network.Transport }

// RoundTrip implements http.RoundTripper.
func (l *lateNetwork) RoundTrip(request *http.Request) (*http.Response, error) {
	return l.transport.RoundTrip(request)
}

// Dial opens a connection as net.Dialer.DialContext does.
func (l *lateNetwork) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	return l.transport.Dial(ctx, address)
}
