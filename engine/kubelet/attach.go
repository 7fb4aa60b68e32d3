package kubelet

import (
	"net/http"
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/kubelet/network"
	"tabernetes/engine/userland/process"
)

// attachment is where a node is plugged into the network: it has the node's
// addresses, whatever runs on it.
type attachment struct {
	kubelet *Kubelet
	name    string
	address netip.Addr
	podCIDR netip.Prefix
}

var _ network.Machine = attachment{}

// attach plugs a node in, if there is a network. The node's kube-proxy begins
// anew, as what runs on the node does.
func (k *Kubelet) attach(spec NodeOptions) {
	address, err := netip.ParseAddr(spec.InternalIP)
	if err != nil || k.options.Network == nil {
		return
	}
	podCIDR, err := netip.ParsePrefix(spec.PodCIDR)
	if err != nil {
		return
	}
	k.options.Network.Attach(attachment{kubelet: k, name: spec.Name, address: address, podCIDR: podCIDR.Masked()})
}

// detach unplugs a node that is no more.
func (k *Kubelet) detach(name string) {
	if k.options.Network != nil {
		k.options.Network.Detach(name)
	}
}

// Name implements network.Machine.
func (a attachment) Name() string { return a.name }

// Address implements network.Machine.
func (a attachment) Address() netip.Addr { return a.address }

// PodCIDR implements network.Machine.
func (a attachment) PodCIDR() netip.Prefix { return a.podCIDR }

// Up implements network.Machine.
func (a attachment) Up() bool { return a.kubelet.Connected("", a.name) }

// Accept implements network.Machine.
func (a attachment) Accept(to netip.AddrPort) (*network.Conn, error) {
	n := a.kubelet.node(a.name)
	if n == nil {
		return nil, network.ErrUnanswered
	}
	return n.accept(to, to.Addr() == a.address)
}

// accept opens a connection to a port of a pod, or of the node itself: of a pod
// in the host's network, or of one that has a port of the host.
func (n *node) accept(to netip.AddrPort, own bool) (*network.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = time.Now()
	if !own {
		w := n.pods[types.UID(n.addresses.Owner(to.Addr()))]
		if w == nil || w.sandbox == nil || !w.sandbox.ready {
			return nil, network.ErrUnanswered
		}
		return w.accept(int32(to.Port()), to)
	}
	for _, w := range n.podsInOrder() {
		if w.sandbox == nil || !w.sandbox.ready {
			continue
		}
		port := int32(to.Port())
		if w.sandbox.address.IsValid() {
			port = w.behindHostPort(to)
		}
		if conn, err := w.accept(port, to); err == nil {
			return conn, nil
		}
	}
	return nil, network.ErrRefused
}

// behindHostPort is the pod's port that a port of the host leads to, or 0.
func (w *podWorker) behindHostPort(to netip.AddrPort) int32 {
	for _, spec := range w.pod.Spec.Containers {
		for _, port := range spec.Ports {
			if port.HostPort != int32(to.Port()) || port.Protocol != corev1.ProtocolTCP {
				continue
			}
			if ip, err := netip.ParseAddr(port.HostIP); err != nil || ip.IsUnspecified() || ip == to.Addr() {
				return port.ContainerPort
			}
		}
	}
	return 0
}

// accept opens a connection to the container of the pod that listens on a port.
func (w *podWorker) accept(port int32, at netip.AddrPort) (*network.Conn, error) {
	c := w.listener(port)
	if c == nil {
		return nil, network.ErrRefused
	}
	return c.sockets.Open(containerServer{c}, network.Peer{
		Address: at, Node: w.node.name, Namespace: w.pod.Namespace, Pod: w.pod.Name,
		Container: c.spec.Name, Image: c.image.Name,
	}), nil
}

// containerServer answers what is sent over a connection to a container.
type containerServer struct{ of *container }

// Answer implements network.Server.
func (s containerServer) Answer(request *http.Request) (network.Answer, bool) {
	n := s.of.worker.node
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = time.Now()
	next, _ := n.timers.next()
	given, ok := s.of.answer(request)
	if changed, _ := n.timers.next(); !changed.Equal(next) {
		// The request has brought the end of the container's memory nearer.
		signal(n.woken)
	}
	return given, ok
}

// reach is the network as the pod's processes see it, nil when there is none.
func (w *podWorker) reach() process.Network {
	if w.node.cluster.Network == nil {
		return nil
	}
	from := network.Place{Node: w.node.name, Namespace: w.pod.Namespace, ClusterDNS: usesClusterDNS(w.pod)}
	if w.sandbox != nil && w.sandbox.address.IsValid() {
		from.Address = w.sandbox.address
	} else if own, err := netip.ParseAddr(w.node.spec.InternalIP); err == nil {
		from.Address = own
	}
	return &network.Transport{Network: w.node.cluster.Network, From: from}
}
