package node

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/types"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"

	"tabernetes/engine/inprocess"
	"tabernetes/engine/node/kubelet"
)

// Connections leads an API server to the kubelets in the same process. It is
// separate from the kubelets because the API server is made first: New binds it.
// It implements upstream's ConnectionInfoGetter.
type Connections struct {
	fleet atomic.Pointer[Fleet]
}

var _ kubeletclient.ConnectionInfoGetter = (*Connections)(nil)

// NewConnections returns connections that lead nowhere yet.
func NewConnections() *Connections { return &Connections{} }

func (c *Connections) bind(f *Fleet) { c.fleet.Store(f) }

// GetConnectionInfo implements ConnectionInfoGetter. The address is the node's,
// but only the transport returned with it can reach it.
func (c *Connections) GetConnectionInfo(_ context.Context, name types.NodeName) (*kubeletclient.ConnectionInfo, error) {
	f := c.fleet.Load()
	if f == nil {
		return nil, fmt.Errorf("connect to node %q: the nodes have not started", name)
	}
	m := f.machine(string(name))
	if m == nil {
		return nil, fmt.Errorf("connect to node %q: no such node", name)
	}
	spec, _, _ := m.state()
	transport := machineTransport{machine: m, address: net.JoinHostPort(spec.InternalIP, strconv.Itoa(kubelet.Port))}
	return &kubeletclient.ConnectionInfo{
		Scheme:                         "http",
		Hostname:                       spec.InternalIP,
		Port:                           strconv.Itoa(kubelet.Port),
		Transport:                      transport,
		InsecureSkipTLSVerifyTransport: transport,
	}, nil
}

// How long it takes until a connection to a machine fails: one that is off does
// not answer ARP requests; packets to one that is cut off are lost.
const (
	noRouteAfter    = 3 * time.Second
	dialTimeout     = 30 * time.Second
	noRoute         = "connect: no route to host"
	dialTimedOut    = "i/o timeout"
	dialErrorFormat = "dial tcp %s: %s"
)

// machineTransport reaches the kubelet of a machine, if it can be reached.
type machineTransport struct {
	machine *machine
	address string
}

// RoundTrip implements http.RoundTripper.
func (t machineTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	n, err := t.reach(request.Context())
	if err != nil {
		return nil, err
	}
	return (&inprocess.Transport{Handler: n.Handler()}).RoundTrip(request)
}

// WrappedRoundTripper returns the transport with which upstream's upgrade-aware
// proxy opens connections that are to be upgraded (exec, attach).
func (t machineTransport) WrappedRoundTripper() http.RoundTripper {
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		n, err := t.reach(ctx)
		if err != nil {
			return nil, err
		}
		return inprocess.Pipe(n.Handler()), nil
	}}
}

// reach returns the node that runs on the machine. For a machine that is off or
// cut off it returns the error of the connection, after the time that this takes
// to fail.
func (t machineTransport) reach(ctx context.Context) (*kubelet.Kubelet, error) {
	f, name := t.machine.fleet, t.machine.name
	if n := f.node(name); n != nil && f.Connected("", name) {
		return n, nil
	}
	delay, cause := noRouteAfter, noRoute
	if f.node(name) != nil {
		delay, cause = dialTimeout, dialTimedOut
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil, fmt.Errorf(dialErrorFormat, t.address, cause)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
