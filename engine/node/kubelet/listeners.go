package kubelet

import (
	"fmt"
	"net/netip"
	"strconv"

	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/node/dial"
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
			if w.sandbox == nil || !w.sandbox.ready || w.sandbox.address.IsValid() {
				continue
			}
			if c := w.listener(int32(number)); c != nil {
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
	if w == nil || w.sandbox == nil || !w.sandbox.ready {
		return nil, dial.ErrNoAnswer
	}
	if c := w.listener(int32(number)); c != nil {
		return c, nil
	}
	return nil, dial.Refused(host, port)
}
