package network

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy"
)

// rule is kube-proxy's rule for one port of a Service.
type rule struct {
	name proxy.ServicePortName
	port proxy.ServicePort
	// cluster and local are the endpoints for the two traffic policies; any says
	// that some node has an endpoint.
	cluster, local []netip.AddrPort
	any            bool
	ready          bool // cluster, local and any are filled in
}

// destination is where packets go to.
type destination struct {
	protocol corev1.Protocol
	at       netip.AddrPort
}

// onNode is a port of a node, at any of its addresses.
func onNode(protocol corev1.Protocol, port uint16) destination {
	return destination{protocol, netip.AddrPortFrom(netip.Addr{}, port)}
}

// index makes the rules from the state in force; their endpoints are filled in on
// first use.
func (p *proxier) index() {
	if p.rules != nil {
		return
	}
	p.rules, p.nodePorts = map[destination]*rule{}, map[destination]*rule{}
	for name, port := range p.ports {
		made := &rule{name: name, port: port}
		addresses := append([]net.IP{port.ClusterIP()}, port.ExternalIPs()...)
		for _, address := range append(addresses, port.LoadBalancerVIPs()...) {
			if parsed, ok := netip.AddrFromSlice(address); ok {
				p.rules[destination{name.Protocol, netip.AddrPortFrom(parsed.Unmap(), uint16(port.Port()))}] = made
			}
		}
		if port.NodePort() != 0 {
			p.nodePorts[onNode(name.Protocol, uint16(port.NodePort()))] = made
		}
	}
}

// categorize fills in the endpoints of a rule, as upstream chooses them: the ready
// ones, or if there are none, those that terminate and still serve (KEP-1669).
func (p *proxier) categorize(r *rule) {
	if r.ready {
		return
	}
	cluster, local, _, any := proxy.CategorizeEndpoints(p.endpointsOf[r.name], r.port, p.node, p.topology)
	r.cluster, r.local, r.any, r.ready = addresses(cluster), addresses(local), any, true
}

func addresses(endpoints []proxy.Endpoint) []netip.AddrPort {
	list := make([]netip.AddrPort, 0, len(endpoints))
	for _, endpoint := range endpoints {
		if address, err := netip.ParseAddrPort(endpoint.String()); err == nil {
			list = append(list, address)
		}
	}
	return list
}

// choose draws an endpoint. Connections from the node itself and from its pods to
// an external address follow the policy Cluster, whatever the Service's policy is.
func (p *proxier) choose(r *rule, external, local bool, source netip.Addr) (netip.AddrPort, error) {
	p.categorize(r)
	onlyLocal := r.port.InternalPolicyLocal()
	if external {
		onlyLocal = r.port.ExternalPolicyLocal() && !local
	}
	candidates := r.cluster
	if onlyLocal {
		candidates = r.local
	}
	switch {
	case !r.any:
		return netip.AddrPort{}, ErrNoEndpoints
	case len(candidates) == 0:
		return netip.AddrPort{}, ErrUnanswered
	}
	if r.port.SessionAffinityType() != corev1.ServiceAffinityClientIP {
		return candidates[p.random.IntN(len(candidates))], nil
	}
	return p.stick(affinityKey{r.name, onlyLocal, source}, candidates, time.Duration(r.port.StickyMaxAgeSeconds())*time.Second), nil
}

// affinityKey is the client and the Service port that one session affinity is for.
type affinityKey struct {
	service proxy.ServicePortName
	local   bool
	source  netip.Addr
}

// less orders keys, so that two runs forget the same one.
func (k affinityKey) less(other affinityKey) bool {
	order := strings.Compare(k.service.String(), other.service.String())
	return order < 0 || (order == 0 && k.source.Less(other.source))
}

type affinityEntry struct {
	endpoint netip.AddrPort
	used     time.Time
}

// maxAffinities bounds the clients that a node remembers, as the kernel's module
// xt_recent does. When it is full, the least recently used one is forgotten.
const maxAffinities = 1000

// stick draws an endpoint for a client, or returns its previous one as long as
// that is a candidate and was used less than limit ago.
func (p *proxier) stick(key affinityKey, candidates []netip.AddrPort, limit time.Duration) netip.AddrPort {
	now := time.Now()
	entry, known := p.affinity[key]
	if !known || now.Sub(entry.used) > limit || !slices.Contains(candidates, entry.endpoint) {
		entry.endpoint = candidates[p.random.IntN(len(candidates))]
	}
	entry.used = now
	if !known && len(p.affinity) >= maxAffinities {
		p.forgetOldest()
	}
	p.affinity[key] = entry
	return entry.endpoint
}

func (p *proxier) forgetOldest() {
	var oldest affinityKey
	var used time.Time
	for key, entry := range p.affinity {
		sooner := entry.used.Compare(used)
		if used.IsZero() || sooner < 0 || (sooner == 0 && key.less(oldest)) {
			oldest, used = key, entry.used
		}
	}
	delete(p.affinity, oldest)
}
