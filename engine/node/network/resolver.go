package network

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// DNSServer is the address of the cluster's DNS, which is in every pod's
// /etc/resolv.conf. It is kubeadm's: the tenth address of the Service range.
const DNSServer = "10.96.0.10"

const (
	clusterDomain = "cluster.local"
	// dotsAtLeast is the option ndots of a pod's /etc/resolv.conf: a name with
	// fewer dots is first tried in the search domains.
	dotsAtLeast = 5
	// maxAliases bounds the length of a chain of CNAMEs.
	maxAliases = 8
)

// Resolution is the result of a host look-up.
type Resolution struct {
	// Name is the full name that the addresses belong to, without the last dot.
	Name string
	// Aliases are the full names that led to Name, starting with the first.
	Aliases []string
	// Addresses has at least one address. They are in the order of the answer.
	Addresses []netip.Addr
}

// LookupHost resolves a host name, or an address itself, as a process at a place
// would. Names inside the cluster are those of the Kubernetes DNS specification
// (github.com/kubernetes/dns/blob/master/docs/specification.md) as CoreDNS answers
// them; outside it only the names of the nodes exist. CoreDNS's own delay, a
// watch, is left out. The error is a *net.DNSError.
func (n *Network) LookupHost(from Place, name string) (Resolution, error) {
	if address, err := netip.ParseAddr(name); err == nil {
		return Resolution{Name: name, Addresses: []netip.Addr{address}}, nil
	}
	if strings.TrimSuffix(name, ".") == "localhost" {
		return Resolution{Name: "localhost", Addresses: []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}}, nil
	}
	if from.Hosts != nil {
		if address, known := from.Hosts(name); known {
			return Resolution{Name: name, Addresses: []netip.Addr{address}}, nil
		}
	}
	for _, candidate := range from.candidates(name) {
		if found, ok := n.follow(from, candidate); ok {
			return found, nil
		}
	}
	return Resolution{}, from.notFound(name)
}

// candidates returns the full names that a resolver tries, in order.
func (p Place) candidates(name string) []string {
	if full, ok := strings.CutSuffix(name, "."); ok {
		return []string{full}
	}
	if !p.ClusterDNS {
		return []string{name}
	}
	var candidates []string
	for _, domain := range p.SearchDomains() {
		candidates = append(candidates, name+"."+domain)
	}
	if strings.Count(name, ".") >= dotsAtLeast {
		return append([]string{name}, candidates...)
	}
	return append(candidates, name)
}

// SearchDomains returns the search domains of the /etc/resolv.conf at a place.
func (p Place) SearchDomains() []string {
	if !p.ClusterDNS {
		return nil
	}
	return []string{p.Namespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain}
}

func (p Place) notFound(name string) *net.DNSError {
	failure := &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	if p.ClusterDNS {
		failure.Server = net.JoinHostPort(DNSServer, "53")
	}
	return failure
}

// follow looks up one full name, and follows its aliases.
func (n *Network) follow(from Place, name string) (Resolution, bool) {
	var found Resolution
	for range maxAliases {
		addresses, alias := n.query(from, strings.ToLower(name))
		if alias == "" {
			found.Name, found.Addresses = name, addresses
			return found, len(addresses) > 0
		}
		found.Aliases = append(found.Aliases, name)
		name = strings.TrimSuffix(alias, ".")
	}
	return Resolution{}, false
}

// query answers for one full name: with addresses, with the name that it is an
// alias of, or with neither.
func (n *Network) query(from Place, name string) (addresses []netip.Addr, alias string) {
	inside, ok := strings.CutSuffix(name, "."+clusterDomain)
	if !ok {
		if machine := n.machine(name); machine != nil {
			return []netip.Addr{machine.Address()}, ""
		}
		return nil, ""
	}
	if !from.ClusterDNS {
		return nil, ""
	}
	parts := strings.Split(inside, ".")
	switch kind := parts[len(parts)-1]; {
	case kind == "svc" && len(parts) == 3:
		return n.queryService(parts[1], parts[0])
	case kind == "svc" && len(parts) == 4:
		return n.queryEndpoint(parts[2], parts[1], parts[0]), ""
	case kind == "pod" && len(parts) == 3:
		// CoreDNS's option "pods insecure", which kubeadm sets, answers without
		// checking that such a pod exists.
		if address, err := netip.ParseAddr(strings.ReplaceAll(parts[0], "-", ".")); err == nil {
			return []netip.Addr{address}, ""
		}
	}
	return nil, ""
}

func (n *Network) queryService(namespace, name string) (addresses []netip.Addr, alias string) {
	service, err := n.services.Services(namespace).Get(name)
	if err != nil {
		return nil, ""
	}
	if service.Spec.Type == corev1.ServiceTypeExternalName {
		return nil, service.Spec.ExternalName
	}
	if service.Spec.ClusterIP != corev1.ClusterIPNone {
		if address, err := netip.ParseAddr(service.Spec.ClusterIP); err == nil {
			return []netip.Addr{address}, ""
		}
		return nil, ""
	}
	for _, endpoint := range n.endpoints(namespace, name) {
		addresses = append(addresses, endpoint.address)
	}
	return slices.Compact(addresses), ""
}

func (n *Network) queryEndpoint(namespace, service, hostname string) []netip.Addr {
	object, err := n.services.Services(namespace).Get(service)
	if err != nil || object.Spec.ClusterIP != corev1.ClusterIPNone {
		return nil
	}
	for _, endpoint := range n.endpoints(namespace, service) {
		if endpoint.hostname == hostname {
			return []netip.Addr{endpoint.address}
		}
	}
	return nil
}

type endpoint struct {
	address  netip.Addr
	hostname string // the pod's, or else its address with dashes
	ports    []discoveryv1.EndpointPort
}

// endpoints returns the endpoints of a Service that DNS publishes: the ready ones,
// or all if the Service publishes addresses that are not ready. They are in the
// order of their addresses.
func (n *Network) endpoints(namespace, service string) []endpoint {
	ofService := labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: service})
	found, _ := n.slices.EndpointSlices(namespace).List(ofService) // a lister of an informer cannot fail
	var list []endpoint
	for _, slice := range found {
		for i := range slice.Endpoints {
			each := &slice.Endpoints[i]
			if each.Conditions.Ready != nil && !*each.Conditions.Ready {
				continue
			}
			for _, text := range each.Addresses {
				address, err := netip.ParseAddr(text)
				if err != nil {
					continue
				}
				hostname := strings.ReplaceAll(text, ".", "-")
				if each.Hostname != nil && *each.Hostname != "" {
					hostname = *each.Hostname
				}
				list = append(list, endpoint{address, hostname, slice.Ports})
			}
		}
	}
	slices.SortFunc(list, func(a, b endpoint) int {
		return cmp.Or(a.address.Compare(b.address), strings.Compare(a.hostname, b.hostname))
	})
	return list
}
