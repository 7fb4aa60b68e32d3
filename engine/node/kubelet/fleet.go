package kubelet

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"

	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/recorder"
	"tabernetes/engine/node/variation"
)

// fleet is the machines that there are and what runs on them.
type fleet struct {
	mu       sync.Mutex
	machines map[string]*machine // guarded by mu
	running  map[string]*node    // those whose machine is on. guarded by mu
}

// The simulation writes events of its own under this name.
const simulation = "tabernetes"

func (k *Kubelet) machine(name string) *machine {
	k.fleet.mu.Lock()
	defer k.fleet.mu.Unlock()
	return k.fleet.machines[name]
}

// node is what runs on a machine, or nil when it is off or there is none.
func (k *Kubelet) node(name string) *node {
	k.fleet.mu.Lock()
	defer k.fleet.mu.Unlock()
	return k.fleet.running[name]
}

// runningNodes are all of them, by name.
func (k *Kubelet) runningNodes() []*node {
	k.fleet.mu.Lock()
	defer k.fleet.mu.Unlock()
	var nodes []*node
	for _, name := range slices.Sorted(maps.Keys(k.fleet.running)) {
		nodes = append(nodes, k.fleet.running[name])
	}
	return nodes
}

func (k *Kubelet) setRunning(name string, n *node) {
	k.fleet.mu.Lock()
	defer k.fleet.mu.Unlock()
	if n == nil {
		delete(k.fleet.running, name)
		return
	}
	k.fleet.running[name] = n
}

// Connected says whether packets pass from one node to another: both are on and
// neither is cut off. An empty name means the control plane and what is outside
// of the cluster, which no setting cuts off. A node that is on reaches itself.
func (k *Kubelet) Connected(from, to string) bool {
	for _, name := range []string{from, to} {
		if name == "" {
			continue
		}
		n := k.node(name)
		if n == nil || (from != to && n.isPartitioned()) {
			return false
		}
	}
	return true
}

// Summary is what a node's kubelet serves as /stats/summary. The error says that
// the node cannot be reached.
func (k *Kubelet) Summary(name string) (*statsapi.Summary, error) {
	n := k.node(name)
	if n == nil || !k.Connected("", name) {
		return nil, fmt.Errorf("read statistics of node %q: the node cannot be reached", name)
	}
	return n.statistics(), nil
}

// runMachines makes the machines and keeps the fleet as the Nodes in the API say,
// until ctx ends. A stored cluster has the machines of its simulated Nodes; one
// that has none gets those of the options.
func (k *Kubelet) runMachines(ctx context.Context, group *errgroup.Group) error {
	informer := k.options.Informers.Core().V1().Nodes().Informer()
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { k.changed.add(nameOf(object)) },
		UpdateFunc: func(_, object any) { k.changed.add(nameOf(object)) },
		DeleteFunc: func(object any) { k.changed.add(nameOf(object)) },
	})
	if err != nil {
		return fmt.Errorf("watch nodes: %w", err)
	}
	defer func() { _ = informer.RemoveEventHandler(registration) }()
	select {
	case <-registration.HasSyncedChecker().Done():
	case <-ctx.Done():
		return nil
	}
	stored, err := k.lister.List(labels.Everything())
	if err != nil {
		return fmt.Errorf("list nodes: %w", err)
	}
	slices.SortFunc(stored, func(a, b *corev1.Node) int { return strings.Compare(a.Name, b.Name) })
	begun := false
	for _, object := range stored {
		start := resumed
		if object.Status.NodeInfo.BootID == "" {
			start = booted
		}
		begun = k.addMachine(ctx, group, object, start) || begun
	}
	if !begun {
		for _, options := range k.options.Nodes {
			m, err := k.newMachine(options)
			if err != nil {
				return err
			}
			m.settings, _ = hardware.Read(nil)
			group.Go(func() error { return k.operate(ctx, m, firstStart) })
		}
	}
	for {
		for name, ok := k.changed.next(); ok; name, ok = k.changed.next() {
			k.nodeChanged(ctx, group, name)
		}
		select {
		case <-k.changed.woken:
		case <-ctx.Done():
			return nil
		}
	}
}

func nameOf(object any) string {
	name, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object)
	if err != nil {
		return ""
	}
	return name
}

func (k *Kubelet) nodeChanged(ctx context.Context, group *errgroup.Group, name string) {
	object, err := k.lister.Get(name)
	m := k.machine(name)
	switch {
	case err != nil && m != nil:
		m.orphan()
	case err != nil:
	case m == nil:
		k.addMachine(ctx, group, object, booted)
	default:
		k.warn(ctx, object, m.learn(object))
	}
}

// addMachine makes the machine of a simulated Node, and reports whether it is one.
func (k *Kubelet) addMachine(ctx context.Context, group *errgroup.Group, object *corev1.Node, start startKind) bool {
	configured := slices.IndexFunc(k.options.Nodes, func(o hardware.Options) bool { return o.Name == object.Name })
	_, marked := object.Annotations[hardware.SimulatedNode]
	if !marked && (configured < 0 || start != resumed) {
		return false
	}
	options := hardware.Options{Name: object.Name, InternalIP: k.addressFor(object), PodCIDR: object.Spec.PodCIDR}
	if configured >= 0 {
		options = k.options.Nodes[configured]
		// The Node was deleted and made again: the range is that of the new one.
		options.PodCIDR = object.Spec.PodCIDR
	}
	if options.InternalIP == "" {
		k.warn(ctx, object, []string{fmt.Sprintf("no address is left for node %q", object.Name)})
		return false
	}
	if err := options.Complete(); err != nil {
		k.warn(ctx, object, []string{err.Error()})
		return false
	}
	m, err := k.newMachine(options)
	if err != nil {
		klog.FromContext(ctx).Error(err, "add machine", "node", object.Name)
		return false
	}
	k.warn(ctx, object, m.learn(object))
	group.Go(func() error { return k.operate(ctx, m, start) })
	return true
}

func (k *Kubelet) newMachine(options hardware.Options) (*machine, error) {
	images, err := imagestore.NewStore(k.options.Images)
	if err != nil {
		return nil, err
	}
	disk, err := newDisk(options.Name)
	if err != nil {
		return nil, err
	}
	m := &machine{
		kubelet: k, name: options.Name, spec: options, images: images, disk: disk,
		vary:    variation.New(k.options.Seed, "machine "+options.Name, k.options.Instant),
		changed: make(chan struct{}, 1),
	}
	k.fleet.mu.Lock()
	k.fleet.machines[m.name] = m
	k.fleet.mu.Unlock()
	return m, nil
}

// operate runs a machine and takes it away when it has ended. If its Node was
// created again meanwhile, it gets a new one.
func (k *Kubelet) operate(ctx context.Context, m *machine, start startKind) error {
	err := m.run(ctx, start)
	k.fleet.mu.Lock()
	delete(k.fleet.machines, m.name)
	k.fleet.mu.Unlock()
	k.detach(m.name)
	k.changed.add(m.name)
	return err
}

// addressFor is the address that a Node shows, or else the first that no machine
// and no Node has; empty when all are taken.
func (k *Kubelet) addressFor(object *corev1.Node) string {
	if address := internalIP(object); address != "" {
		return address
	}
	taken := map[string]bool{}
	k.fleet.mu.Lock()
	for _, m := range k.fleet.machines {
		taken[m.spec.InternalIP] = true
	}
	k.fleet.mu.Unlock()
	if others, err := k.lister.List(labels.Everything()); err == nil {
		for _, other := range others {
			taken[internalIP(other)] = true
		}
	}
	address := netip.MustParseAddr(hardware.FirstAddress)
	for range hardware.MaxDefaultNodes {
		if !taken[address.String()] {
			return address.String()
		}
		address = address.Next()
	}
	return ""
}

func internalIP(object *corev1.Node) string {
	for _, address := range object.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			return address.Address
		}
	}
	return ""
}

// warn writes an event for each problem of a Node's annotations.
func (k *Kubelet) warn(ctx context.Context, object *corev1.Node, problems []string) {
	about := &corev1.ObjectReference{Kind: "Node", APIVersion: "v1", Name: object.Name, UID: object.UID}
	for _, problem := range problems {
		k.recorder.Write(ctx, k.recorder.Event(time.Now(), about, corev1.EventTypeWarning, recorder.InvalidAnnotation, problem))
	}
}

// nameQueue holds names, each at most once, in the order in which they came: the
// number of things that can be named bounds it.
type nameQueue struct {
	// woken has room for one signal: the queue is not empty.
	woken chan struct{}

	mu    sync.Mutex
	names []string // guarded by mu
}

func newNameQueue() *nameQueue { return &nameQueue{woken: make(chan struct{}, 1)} }

// add never blocks; informers call it.
func (q *nameQueue) add(name string) {
	q.mu.Lock()
	if name != "" && !slices.Contains(q.names, name) {
		q.names = append(q.names, name)
	}
	q.mu.Unlock()
	select {
	case q.woken <- struct{}{}:
	default:
	}
}

func (q *nameQueue) next() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.names) == 0 {
		return "", false
	}
	name := q.names[0]
	q.names = q.names[1:]
	return name, true
}
