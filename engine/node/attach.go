package node

import (
	"net/netip"

	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/network"
)

// attachment is a machine's connection to the network: it has the node's
// addresses, whatever runs on it.
type attachment struct {
	fleet   *Fleet
	name    string
	address netip.Addr
	podCIDR netip.Prefix
}

var _ network.Machine = attachment{}

// attach connects a node's machine, if there is a network. The node's kube-proxy
// starts anew, like everything that runs on the node.
func (f *Fleet) attach(spec hardware.Options) {
	address, err := netip.ParseAddr(spec.InternalIP)
	if err != nil || f.options.Network == nil {
		return
	}
	podCIDR, err := netip.ParsePrefix(spec.PodCIDR)
	if err != nil {
		return
	}
	f.options.Network.Attach(attachment{fleet: f, name: spec.Name, address: address, podCIDR: podCIDR.Masked()})
}

// detach disconnects the machine of a deleted node.
func (f *Fleet) detach(name string) {
	if f.options.Network != nil {
		f.options.Network.Detach(name)
	}
}

// Name implements network.Machine.
func (a attachment) Name() string { return a.name }

// Address implements network.Machine.
func (a attachment) Address() netip.Addr { return a.address }

// PodCIDR implements network.Machine.
func (a attachment) PodCIDR() netip.Prefix { return a.podCIDR }

// Up implements network.Machine.
func (a attachment) Up() bool { return a.fleet.Connected("", a.name) }

// Accept implements network.Machine.
func (a attachment) Accept(to netip.AddrPort) (*network.Conn, error) {
	n := a.fleet.node(a.name)
	if n == nil {
		return nil, network.ErrUnanswered
	}
	return n.Accept(to, a.own(to))
}

// Datagram delivers data over UDP.
func (a attachment) Datagram(from, to netip.AddrPort, data string) (string, error) {
	n := a.fleet.node(a.name)
	if n == nil {
		return "", network.ErrUnanswered
	}
	return n.Datagram(from, to, a.own(to), data)
}

// own reports whether an address is the node's, and not one of its pods'.
func (a attachment) own(to netip.AddrPort) bool {
	return to.Addr() == a.address || to.Addr().IsLoopback()
}
