package network

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/client-go/informers"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/client-go/tools/cache"
)

// Machine is a node as the network sees it: what listens at its own address and at
// the addresses of its pods. Its methods may be called at any time and from any
// goroutine, but not while the machine's own lock is held.
type Machine interface {
	// Name is the node's name.
	Name() string
	// Address is the node's own address.
	Address() netip.Addr
	// PodCIDR is the range of the addresses of its pods.
	PodCIDR() netip.Prefix
	// Up reports whether packets can get to the machine and from it: it has power
	// and is not cut off.
	Up() bool
	// Accept opens a connection to a port of one of its addresses; the loopback address
	// is one. The error is
	// ErrRefused when nothing listens there, and ErrUnanswered when the address is
	// not in use.
	Accept(to netip.AddrPort) (*Conn, error)
}

// Options are what New needs.
type Options struct {
	// Informers are shared with the other components. The caller of New starts
	// them afterwards.
	Informers informers.SharedInformerFactory
	// ControlPlane, if set, is the machine of the API server. It has a kube-proxy
	// and no pods.
	ControlPlane Machine
	// Seed is the source of random choices and delays; runs with the same seed are
	// the same.
	Seed uint64
}

// Network is the network of a cluster. It is safe for concurrent use.
type Network struct {
	seed         uint64
	controlPlane Machine // may be nil
	informers    []cache.SharedIndexInformer
	services     corelisters.ServiceLister
	nodes        corelisters.NodeLister
	slices       discoverylisters.EndpointSliceLister

	mu       sync.RWMutex
	machines []Machine           // in the order of their names. guarded by mu
	proxiers map[string]*proxier // of the nodes that have sent something. guarded by mu
}

// New makes a network without machines. It requests the informers that it needs,
// so that the factory starts them.
func New(options Options) (*Network, error) {
	if options.Informers == nil {
		return nil, errors.New("create network: no informers")
	}
	core, discovery := options.Informers.Core().V1(), options.Informers.Discovery().V1()
	return &Network{
		seed:         options.Seed,
		controlPlane: options.ControlPlane,
		informers: []cache.SharedIndexInformer{
			core.Services().Informer(), discovery.EndpointSlices().Informer(), core.Nodes().Informer(),
		},
		services: core.Services().Lister(),
		nodes:    core.Nodes().Lister(),
		slices:   discovery.EndpointSlices().Lister(),
		proxiers: map[string]*proxier{},
	}, nil
}

// Attach connects a machine, and replaces one of the same name.
func (n *Network) Attach(machine Machine) {
	n.Detach(machine.Name())
	n.mu.Lock()
	defer n.mu.Unlock()
	at, _ := slices.BinarySearchFunc(n.machines, machine.Name(), byName)
	n.machines = slices.Insert(n.machines, at, machine)
}

// Detach removes a machine, with the state of its kube-proxy.
func (n *Network) Detach(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, ok := slices.BinarySearchFunc(n.machines, name, byName); ok {
		n.machines = slices.Delete(n.machines, at, at+1)
	}
	delete(n.proxiers, name)
}

func byName(machine Machine, name string) int {
	switch {
	case machine.Name() < name:
		return -1
	case machine.Name() > name:
		return 1
	}
	return 0
}

// ControlPlane is the place of the API server's machine. Without such a machine it
// is outside the cluster.
func (n *Network) ControlPlane() Place {
	if n.controlPlane == nil {
		return Place{}
	}
	return Place{Node: n.controlPlane.Name(), Address: n.controlPlane.Address()}
}

// Node is the place of a node that is up, except the control plane: increasing
// turns go through the nodes in order. It is false when none is up.
func (n *Network) Node(turn int) (Place, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for i := range n.machines {
		if machine := n.machines[(turn+i)%len(n.machines)]; machine.Up() {
			return Place{Node: machine.Name(), Address: machine.Address()}, true
		}
	}
	return Place{}, false
}

// Run delivers changes to the nodes' kube-proxies until ctx ends. It can be called
// once. The error is nil when ctx ended it.
func (n *Network) Run(ctx context.Context) error {
	registrations := make([]cache.ResourceEventHandlerRegistration, len(n.informers))
	for i, informer := range n.informers {
		registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { n.changed(nil, object) },
			UpdateFunc: n.changed,
			DeleteFunc: func(object any) {
				if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
					object = unknown.Obj
				}
				n.changed(object, nil)
			},
		})
		if err != nil {
			return fmt.Errorf("watch the network's objects: %w", err)
		}
		registrations[i] = registration
	}
	<-ctx.Done()
	var problems []error
	for i, informer := range n.informers {
		if err := informer.RemoveEventHandler(registrations[i]); err != nil {
			problems = append(problems, fmt.Errorf("stop watching the network's objects: %w", err))
		}
	}
	return errors.Join(problems...)
}

func (n *Network) changed(previous, current any) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, p := range n.proxiers {
		switch object := cmpNotNil(current, previous).(type) {
		case *corev1.Service:
			p.serviceChanged(as[corev1.Service](previous), as[corev1.Service](current))
		case *discoveryv1.EndpointSlice:
			p.sliceChanged(object, current == nil)
		case *corev1.Node:
			if object.Name == p.node {
				p.labelsChanged(object.Labels)
			}
		}
	}
}

func cmpNotNil(first, second any) any {
	if first != nil {
		return first
	}
	return second
}

func as[Object any](object any) *Object {
	typed, _ := object.(*Object)
	return typed
}

// machine returns the machine of the given name, or nil.
func (n *Network) machine(name string) Machine {
	if n.controlPlane != nil && n.controlPlane.Name() == name {
		return n.controlPlane
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	if at, ok := slices.BinarySearchFunc(n.machines, name, byName); ok {
		return n.machines[at]
	}
	return nil
}

// machineAt returns the machine that has an address, or nil. own says that it is
// the machine's own address and not one of its pods'.
func (n *Network) machineAt(address netip.Addr) (found Machine, own bool) {
	if n.controlPlane != nil && n.controlPlane.Address() == address {
		return n.controlPlane, true
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, machine := range n.machines {
		if machine.Address() == address {
			return machine, true
		}
		if machine.PodCIDR().Contains(address) {
			found = machine
		}
	}
	return found, false
}

// proxier returns the kube-proxy of a node. On first use it is made from the
// current state.
func (n *Network) proxier(node string) *proxier {
	n.mu.RLock()
	known := n.proxiers[node]
	n.mu.RUnlock()
	if known != nil {
		return known
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.proxiers[node] == nil {
		n.proxiers[node] = newProxier(node, n.seed, n.services, n.slices, n.nodes)
	}
	return n.proxiers[node]
}

// Reseed replaces the seed of random choices. It must be called while nothing is
// sent; the existing kube-proxies start their random sequences again.
func (n *Network) Reseed(seed uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seed = seed
	for node, known := range n.proxiers {
		known.mu.Lock()
		known.random = newProxierRandom(seed, node)
		known.mu.Unlock()
	}
}
