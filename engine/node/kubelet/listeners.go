package kubelet

import (
	"fmt"
	"net/netip"
	"strconv"

	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/node/dial"
	"tabernetes/engine/node/network"
)

// ListenerAt implements dial.Listeners: it is the container that accepts connections to an address of this
// node. The error is that of the connection; a node knows only itself, so an
// address elsewhere does not answer.
func (n *node) ListenerAt(host, port string) (dial.Server, error) {
	number, err := strconv.ParseInt(port, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("dial tcp: lookup tcp/%s: unknown port", port)
	}
	if host == n.spec.InternalIP || host == "localhost" || host == "127.0.0.1" || host == "::1" {
		for _, w := range n.podsInOrder() {
			if !w.HasSandbox() || w.HasAddress() {
				continue
			}
			if c := w.Listener(int32(number)); c != nil {
				return c, nil
			}
		}
		return nil, dial.Refused(host, port)
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return nil, dial.ErrNoAnswer
	}
	w := n.pods[types.UID(n.addresses.Owner(address))]
	if w == nil || !w.HasSandbox() {
		return nil, dial.ErrNoAnswer
	}
	if c := w.Listener(int32(number)); c != nil {
		return c, nil
	}
	return nil, dial.Refused(host, port)
}

// accept opens a connection to a port of a pod, or of the node itself: of a pod
// in the host's network, or of one that has a port of the host.
func (n *node) accept(to netip.AddrPort, own bool) (*network.Conn, error) {
	n.loop.Lock()
	defer n.loop.Unlock()
	n.loop.Advance()
	if !own {
		w := n.pods[types.UID(n.addresses.Owner(to.Addr()))]
		if w == nil || !w.HasSandbox() {
			return nil, network.ErrUnanswered
		}
		return w.Accept(int32(to.Port()), to)
	}
	for _, w := range n.podsInOrder() {
		if conn, err := w.AcceptForHost(to); err == nil {
			return conn, nil
		}
	}
	return nil, network.ErrRefused
}
