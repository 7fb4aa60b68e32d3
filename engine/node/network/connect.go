package network

import "net/netip"

// Place is where a connection begins. The zero value is a machine outside the
// cluster but on the nodes' network, such as the one that runs a kind cluster: it
// reaches the nodes' addresses, but neither pods nor cluster IPs.
type Place struct {
	// Node is the node that the connection begins on; empty outside.
	Node string
	// Address is the connection's source address: a pod's or the node's own.
	Address netip.Addr
	// Namespace is the pod's namespace, for its DNS search path.
	Namespace string
	// Hosts, if set, finds a name in the place's /etc/hosts.
	Hosts func(name string) (netip.Addr, bool)
	// ClusterDNS says that names are resolved by the cluster's DNS, as in a pod
	// with the dnsPolicy ClusterFirst that is not in the host's network.
	ClusterDNS bool
}

// Connect opens a connection now. The error is ErrRefused, ErrNoEndpoints, or
// ErrUnanswered, with which the caller may wait as long as it wants to. It never
// blocks.
func (n *Network) Connect(from Place, to netip.AddrPort) (*Conn, error) {
	conn, err := n.connect(from, to)
	if err == nil && from.Address.IsValid() {
		conn.From = netip.AddrPortFrom(from.Address, conn.sockets.clientPort())
	}
	return conn, err
}

func (n *Network) connect(from Place, to netip.AddrPort) (*Conn, error) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	source := n.machine(from.Node)
	switch {
	case from.Node != "" && source == nil:
		return nil, ErrUnanswered
	case to.Addr().IsLoopback() && source == nil:
		return nil, ErrRefused
	case to.Addr().IsLoopback() && from.Address != source.Address():
		return source.Accept(netip.AddrPortFrom(from.Address, to.Port()))
	case to.Addr().IsLoopback():
		to = netip.AddrPortFrom(source.Address(), to.Port())
	}

	// 1. The kube-proxy of the node that the connection begins on.
	if source != nil {
		endpoint, found, err := n.proxier(from.Node).service(to, from.Address)
		if err != nil {
			return nil, err
		}
		if found {
			return n.deliver(source, endpoint)
		}
	}

	// 2. A node port, handled by the kube-proxy of the node that is addressed.
	target, own := n.machineAt(to.Addr())
	if own && reaches(source, target) {
		local := source != nil && source.Name() == target.Name()
		endpoint, found, err := n.proxier(target.Name()).nodePort(to.Port(), from.Address, local)
		if err != nil {
			return nil, err
		}
		if found {
			return n.deliver(target, endpoint)
		}
	}

	// 3. The target's own address.
	if source == nil && !own {
		return nil, ErrUnanswered
	}
	return n.deliver(source, to)
}

// deliver opens a connection to an address that kube-proxy does not rewrite any
// more.
func (n *Network) deliver(source Machine, to netip.AddrPort) (*Conn, error) {
	target, _ := n.machineAt(to.Addr())
	if target == nil || !reaches(source, target) {
		return nil, ErrUnanswered
	}
	return target.Accept(to)
}

// reaches reports whether packets get from one machine to another. Within a
// machine they always do.
func reaches(source, target Machine) bool {
	if source != nil && source.Name() == target.Name() {
		return true
	}
	return (source == nil || source.Up()) && target.Up()
}
