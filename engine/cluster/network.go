package cluster

import (
	"fmt"
	"net/http"

	"k8s.io/client-go/informers"

	"tabernetes/engine/apiserver"
	"tabernetes/engine/kubelet/network"
)

// newNetwork makes the network, with the API server on it.
func newNetwork(shared informers.SharedInformerFactory, seed uint64) (*network.Network, error) {
	made, err := network.New(network.Options{Informers: shared, Seed: seed})
	if err != nil {
		return nil, fmt.Errorf("create network: %w", err)
	}
	made.Listen(apiserver.Address(), secureServer{})
	return made, nil
}

// secureServer is the API server's port as a pod sees it. Nothing in the cluster
// speaks TLS, so what arrives there is plain HTTP, and the answer is that of
// Go's HTTPS server.
type secureServer struct{}

// Answer implements network.Server.
func (secureServer) Answer(*http.Request) (network.Answer, bool) {
	return network.Answer{
		Status: http.StatusBadRequest,
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		Body:   "Client sent an HTTP request to an HTTPS server.\n",
	}, true
}

// lateTransport is the API server's way to the pods. The network is made after
// the API server, whose informers it needs, and before anything is asked.
type lateTransport struct{ transport http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (l *lateTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	return l.transport.RoundTrip(request)
}
