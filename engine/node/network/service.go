package network

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// ServiceAddress is a port of a Service.
type ServiceAddress struct {
	Namespace, Name string
	// Port is a number or a name; empty means the first.
	Port string
}

// ParseService parses "name" or "namespace/name", each optionally followed by
// ":port".
func ParseService(text string) (ServiceAddress, error) {
	address := ServiceAddress{Namespace: corev1.NamespaceDefault}
	name, port, _ := strings.Cut(text, ":")
	if namespace, rest, ok := strings.Cut(name, "/"); ok {
		address.Namespace, name = namespace, rest
	}
	address.Name, address.Port = name, port
	if address.Name == "" || address.Namespace == "" || strings.Contains(address.Name, "/") {
		return ServiceAddress{}, fmt.Errorf("read service %q: want name or namespace/name", text)
	}
	return address, nil
}

func (s ServiceAddress) String() string {
	text := s.Namespace + "/" + s.Name
	if s.Port != "" {
		text += ":" + s.Port
	}
	return text
}

// Locate returns the address at which a client in the cluster connects to a
// Service: its cluster IP, or for a headless Service one of its n pods, which draw
// chooses. The error is ErrNoEndpoints for a headless Service without pods; any
// other error says that there is no such Service or port, or that its name leads
// out of the cluster.
func (n *Network) Locate(address ServiceAddress, draw func(n int) int) (netip.AddrPort, error) {
	service, err := n.services.Services(address.Namespace).Get(address.Name)
	if err != nil {
		return netip.AddrPort{}, err
	}
	port := findPort(service, address.Port)
	if port == nil {
		return netip.AddrPort{}, fmt.Errorf("service %q has no TCP port %q", address, address.Port)
	}
	if ip, err := netip.ParseAddr(service.Spec.ClusterIP); err == nil {
		return netip.AddrPortFrom(ip, uint16(port.Port)), nil
	}
	if service.Spec.ClusterIP != corev1.ClusterIPNone {
		return netip.AddrPort{}, fmt.Errorf("service %q has no cluster IP", address)
	}
	endpoints := n.endpoints(address.Namespace, address.Name)
	if len(endpoints) == 0 {
		return netip.AddrPort{}, ErrNoEndpoints
	}
	chosen := endpoints[draw(len(endpoints))]
	for _, each := range chosen.ports {
		if each.Name != nil && *each.Name == port.Name && each.Port != nil {
			return netip.AddrPortFrom(chosen.address, uint16(*each.Port)), nil
		}
	}
	return netip.AddrPort{}, ErrNoEndpoints
}

func findPort(service *corev1.Service, wanted string) *corev1.ServicePort {
	for i := range service.Spec.Ports {
		port := &service.Spec.Ports[i]
		if port.Protocol != corev1.ProtocolTCP {
			continue
		}
		if wanted == "" || wanted == port.Name || wanted == strconv.Itoa(int(port.Port)) {
			return port
		}
	}
	return nil
}
