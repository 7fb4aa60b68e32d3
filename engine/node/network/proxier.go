package network

import (
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/kubernetes/pkg/proxy"
)

// The time until a node's kube-proxy has programmed a change. The first two are
// the delays until the node learns of the change and for iptables-restore to write
// the changed rules (KEP-3453). minSyncPeriod is the time between the end of one
// sync and the beginning of the next, with the default of the mode iptables, which
// is the default mode (pkg/proxy/apis/config/v1alpha1/defaults.go,
// pkg/proxy/runner). So a change is in force after 0.03 to 1.3 s.
const (
	watchShortest, watchLongest     = 5 * time.Millisecond, 50 * time.Millisecond
	restoreShortest, restoreLongest = 25 * time.Millisecond, 125 * time.Millisecond
	minSyncPeriod                   = time.Second
)

// proxier is the kube-proxy of one node in the mode iptables. Its bookkeeping and
// the choice of candidate endpoints are upstream's: the change trackers and
// CategorizeEndpoints of pkg/proxy. Ours is what iptables and the kernel do with
// the result (pkg/proxy/iptables/proxier.go): a rule is matched, an endpoint is
// drawn.
//
// It has no goroutine and no timer. A change is put into upstream's trackers,
// which hold the newest state of each object, together with the time at which the
// sync that applies it will be over; the first call after that time completes the
// sync. So a node that sends nothing costs little.
type proxier struct {
	node string

	mu        sync.Mutex
	random    *rand.Rand
	services  *proxy.ServiceChangeTracker
	endpoints *proxy.EndpointsChangeTracker
	pending   map[string]string // labels of the node that are not in force yet, or nil
	inForce   time.Time         // when the pending changes are; zero without any. guarded by mu
	synced    time.Time         // end of the last sync. guarded by mu

	// The rules in force.
	ports       proxy.ServicePortMap
	endpointsOf proxy.EndpointsMap
	topology    map[string]string
	rules       map[destination]*rule // of cluster IPs, external IPs; nil until needed
	nodePorts   map[destination]*rule
	affinity    map[affinityKey]affinityEntry
}

func newProxier(node string, seed uint64, services corelisters.ServiceLister, slices discoverylisters.EndpointSliceLister, nodes corelisters.NodeLister) *proxier {
	p := &proxier{
		node:        node,
		random:      newProxierRandom(seed, node),
		services:    proxy.NewServiceChangeTracker(corev1.IPv4Protocol, nil, nil),
		endpoints:   proxy.NewEndpointsChangeTracker(corev1.IPv4Protocol, node, nil, nil),
		ports:       proxy.ServicePortMap{},
		endpointsOf: proxy.EndpointsMap{},
		affinity:    map[affinityKey]affinityEntry{},
	}
	// The lister of an informer cannot fail.
	known, _ := services.List(labels.Everything())
	for _, service := range known {
		p.services.Update(nil, service)
	}
	knownSlices, _ := slices.List(labels.Everything())
	for _, slice := range knownSlices {
		p.endpoints.EndpointSliceUpdate(slice, false)
	}
	if self, err := nodes.Get(node); err == nil {
		p.pending = self.Labels
	}
	p.apply()
	return p
}

func newProxierRandom(seed uint64, node string) *rand.Rand {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte("kube-proxy " + node))
	return rand.New(rand.NewPCG(seed, hash.Sum64()))
}

// serviceChanged tracks a Service that changed, was added (previous is nil) or
// deleted (current is nil).
func (p *proxier) serviceChanged(previous, current *corev1.Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	if p.services.Update(previous, current) {
		p.schedule()
	}
}

func (p *proxier) sliceChanged(slice *discoveryv1.EndpointSlice, deleted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	if p.endpoints.EndpointSliceUpdate(slice, deleted) {
		p.schedule()
	}
}

// labelsChanged tracks the labels of the node. Only the zone matters.
func (p *proxier) labelsChanged(labels map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	if p.topology[corev1.LabelTopologyZone] != labels[corev1.LabelTopologyZone] {
		p.pending = labels
		p.schedule()
	}
}

// schedule sets the time at which the sync that applies the pending changes will
// be over. A sync that is already scheduled applies this change too.
func (p *proxier) schedule() {
	if !p.inForce.IsZero() {
		return
	}
	begin := time.Now().Add(p.between(watchShortest, watchLongest))
	if earliest := p.synced.Add(minSyncPeriod); begin.Before(earliest) {
		begin = earliest
	}
	p.inForce = begin.Add(p.between(restoreShortest, restoreLongest))
}

func (p *proxier) between(shortest, longest time.Duration) time.Duration {
	return shortest + time.Duration(p.random.Int64N(int64(longest-shortest)))
}

// catchUp completes the sync whose time has passed. The caller holds mu.
func (p *proxier) catchUp() {
	if !p.inForce.IsZero() && !time.Now().Before(p.inForce) {
		p.synced, p.inForce = p.inForce, time.Time{}
		p.apply()
	}
}

// apply puts the pending changes in force.
func (p *proxier) apply() {
	p.ports.Update(p.services)
	p.endpointsOf.Update(p.endpoints)
	if p.pending != nil {
		p.topology, p.pending = p.pending, nil
	}
	p.rules, p.nodePorts = nil, nil
}

// service maps the address of a Service to that of one of its endpoints; found is
// false when the address is not a Service's. The error is ErrNoEndpoints for a
// Service without any, ErrUnanswered when its traffic policy has none for this
// node.
func (p *proxier) service(protocol corev1.Protocol, to netip.AddrPort, source netip.Addr) (endpoint netip.AddrPort, found bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	p.index()
	rule := p.rules[destination{protocol, to}]
	if rule == nil {
		return netip.AddrPort{}, false, nil
	}
	external := rule.port.ClusterIP().String() != to.Addr().String()
	endpoint, err = p.choose(rule, external, true, source)
	return endpoint, true, err
}

// nodePort does for a port of the node what service does for the address of a
// Service. local says that the connection begins on this node.
func (p *proxier) nodePort(protocol corev1.Protocol, port uint16, source netip.Addr, local bool) (endpoint netip.AddrPort, found bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	p.index()
	rule := p.nodePorts[onNode(protocol, port)]
	if rule == nil {
		return netip.AddrPort{}, false, nil
	}
	endpoint, err = p.choose(rule, true, local, source)
	return endpoint, true, err
}
