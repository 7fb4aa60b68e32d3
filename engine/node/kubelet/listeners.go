package kubelet

import (
	"fmt"
	"net/netip"
	"strconv"

	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/node/dial"
	"tabernetes/engine/node/network"
)

// ListenerAt implements dial.Listeners: it returns the container that accepts
// connections to an address of this node. The error is that of the connection; a
// node knows only its own pods, so an address elsewhere does not answer.
func (k *Kubelet) ListenerAt(host, port string) (dial.Server, error) {
	number, err := strconv.ParseInt(port, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("dial tcp: lookup tcp/%s: unknown port", port)
	}
	if host == k.machine.InternalIP || host == "localhost" || host == "127.0.0.1" || host == "::1" {
		for _, w := range k.Pods() {
			if !w.HasSandbox() || w.HasAddress() {
				continue
			}
			if c := w.Listener(int32(number)); c != nil {
				return c.Port(int32(number)), nil
			}
		}
		return nil, dial.Refused(host, port)
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return nil, dial.ErrNoAnswer
	}
	w := k.pods[types.UID(k.addresses.Owner(address))]
	if w == nil || !w.HasSandbox() {
		return nil, dial.ErrNoAnswer
	}
	if c := w.Listener(int32(number)); c != nil {
		return c.Port(int32(number)), nil
	}
	return nil, dial.Refused(host, port)
}

// Accept opens a connection to a port of a pod, or of the node itself: there a pod
// in the host's network or one with a host port accepts it.
func (k *Kubelet) Accept(to netip.AddrPort, own bool) (*network.Conn, error) {
	k.loop.Lock()
	defer k.loop.Unlock()
	k.loop.Advance()
	if !own {
		w := k.pods[types.UID(k.addresses.Owner(to.Addr()))]
		if w == nil || !w.HasSandbox() {
			return nil, network.ErrUnanswered
		}
		return w.Accept(int32(to.Port()), to)
	}
	for _, w := range k.Pods() {
		if conn, err := w.AcceptForHost(to); err == nil {
			return conn, nil
		}
	}
	return nil, network.ErrRefused
}
