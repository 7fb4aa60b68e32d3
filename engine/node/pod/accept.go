package pod

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/network"
)

// Listener returns the container that accepts connections to a port of the pod, or
// nil. The containers of a pod share its address.
func (w *Worker) Listener(port int32) *container.Container {
	for _, c := range w.containers {
		if c.Listens(port) {
			return c
		}
	}
	return nil
}

// HasSandbox reports whether the pod has a network.
func (w *Worker) HasSandbox() bool { return w.sandbox != nil && w.sandbox.ready }

// HasAddress reports whether the pod's sandbox has an address of its own.
func (w *Worker) HasAddress() bool { return w.sandbox != nil && w.sandbox.address.IsValid() }

// AcceptForHost opens a connection to a port of the node, if the pod serves that
// port.
func (w *Worker) AcceptForHost(to netip.AddrPort) (*network.Conn, error) {
	if !w.HasSandbox() {
		return nil, network.ErrRefused
	}
	port := int32(to.Port())
	if w.HasAddress() {
		port = w.behindHostPort(to)
	}
	return w.Accept(port, to)
}

// behindHostPort returns the pod's port that a host port leads to, or 0.
func (w *Worker) behindHostPort(to netip.AddrPort) int32 {
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

// Accept opens a connection to the container of the pod that listens on a port.
func (w *Worker) Accept(port int32, at netip.AddrPort) (*network.Conn, error) {
	c := w.Listener(port)
	if c == nil {
		return nil, network.ErrRefused
	}
	return c.Accept(port, at), nil
}
