package node

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
	"tabernetes/engine/node/kubelet"
	"tabernetes/engine/node/recorder"
	"tabernetes/engine/node/variation"
)

// roster has the existing machines and what runs on them.
type roster struct {
	mu       sync.Mutex
	machines map[string]*machine         // guarded by mu
	running  map[string]*kubelet.Kubelet // only nodes whose machine is on. guarded by mu
}

// The simulation records its own events under this name.
const simulation = "tabernetes"

func (f *Fleet) machine(name string) *machine {
	f.roster.mu.Lock()
	defer f.roster.mu.Unlock()
	return f.roster.machines[name]
}

// node returns what runs on a machine, or nil when the machine is off or does not
// exist.
func (f *Fleet) node(name string) *kubelet.Kubelet {
	f.roster.mu.Lock()
	defer f.roster.mu.Unlock()
	return f.roster.running[name]
}

// RemoveDirectory deletes a directory with all its content from the disk of a
// machine, as a pod of the provisioner does there: the machine must be on.
func (f *Fleet) RemoveDirectory(node, directory string) error {
	m := f.machine(node)
	if m == nil || f.node(node) == nil {
		return fmt.Errorf("remove %q: node %q does not answer", directory, node)
	}
	return m.disk.RemoveAll(directory)
}

// runningNodes returns all running nodes, by name.
func (f *Fleet) runningNodes() []*kubelet.Kubelet {
	f.roster.mu.Lock()
	defer f.roster.mu.Unlock()
	var nodes []*kubelet.Kubelet
	for _, name := range slices.Sorted(maps.Keys(f.roster.running)) {
		nodes = append(nodes, f.roster.running[name])
	}
	return nodes
}

func (f *Fleet) setRunning(name string, n *kubelet.Kubelet) {
	f.roster.mu.Lock()
	defer f.roster.mu.Unlock()
	if n == nil {
		delete(f.roster.running, name)
		return
	}
	f.roster.running[name] = n
}

// Connected reports whether packets get from one node to another: both are on and
// neither is cut off. An empty name stands for the control plane and for hosts
// outside the cluster, which no setting cuts off. A node that is on reaches
// itself.
func (f *Fleet) Connected(from, to string) bool {
	for _, name := range []string{from, to} {
		if name == "" {
			continue
		}
		n := f.node(name)
		if n == nil || (from != to && n.Partitioned()) {
			return false
		}
	}
	return true
}

// Summary returns what a node's kubelet serves as /stats/summary. The error says
// that the node cannot be reached.
func (f *Fleet) Summary(name string) (*statsapi.Summary, error) {
	n := f.node(name)
	if n == nil || !f.Connected("", name) {
		return nil, fmt.Errorf("read statistics of node %q: the node cannot be reached", name)
	}
	return n.Summary(), nil
}

// runMachines makes the machines and keeps the fleet in line with the Nodes in the
// API, until ctx ends. A stored cluster has the machines of its simulated Nodes; a
// cluster without Nodes gets those of the options.
func (f *Fleet) runMachines(ctx context.Context, group *errgroup.Group) error {
	informer := f.options.Informers.Core().V1().Nodes().Informer()
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { f.changed.add(nameOf(object)) },
		UpdateFunc: func(_, object any) { f.changed.add(nameOf(object)) },
		DeleteFunc: func(object any) { f.changed.add(nameOf(object)) },
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
	stored, err := f.lister.List(labels.Everything())
	if err != nil {
		return fmt.Errorf("list nodes: %w", err)
	}
	slices.SortFunc(stored, func(a, b *corev1.Node) int { return strings.Compare(a.Name, b.Name) })
	begun := false
	for _, object := range stored {
		start := kubelet.Resumed
		if object.Status.NodeInfo.BootID == "" {
			start = kubelet.Booted
		}
		begun = f.addMachine(ctx, group, object, start) || begun
	}
	if !begun {
		for _, options := range f.options.Nodes {
			m, err := f.newMachine(options)
			if err != nil {
				return err
			}
			m.settings, _ = hardware.Read(nil)
			group.Go(func() error { return f.operate(ctx, m, kubelet.FirstStart) })
		}
	}
	for {
		for name, ok := f.changed.next(); ok; name, ok = f.changed.next() {
			f.nodeChanged(ctx, group, name)
		}
		select {
		case <-f.changed.woken:
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

func (f *Fleet) nodeChanged(ctx context.Context, group *errgroup.Group, name string) {
	object, err := f.lister.Get(name)
	m := f.machine(name)
	switch {
	case err != nil && m != nil:
		m.orphan()
	case err != nil:
	case m == nil:
		f.addMachine(ctx, group, object, kubelet.Booted)
	default:
		f.warn(ctx, object, m.learn(object))
	}
}

// catchUp is when the programs of a stored cluster have been run up to the present:
// time stands while they are. What they have written meanwhile they had written
// before, so the disk gets its contents once more.
const catchUp = time.Millisecond

// addMachine makes the machine of a simulated Node, and reports whether the Node
// is simulated.
func (f *Fleet) addMachine(ctx context.Context, group *errgroup.Group, object *corev1.Node, start kubelet.StartKind) bool {
	configured := slices.IndexFunc(f.options.Nodes, func(o hardware.Options) bool { return o.Name == object.Name })
	_, marked := object.Annotations[hardware.SimulatedNode]
	if !marked && (configured < 0 || start != kubelet.Resumed) {
		return false
	}
	options := hardware.Options{Name: object.Name, InternalIP: f.addressFor(object), PodCIDR: object.Spec.PodCIDR}
	if configured >= 0 {
		options = f.options.Nodes[configured]
		// The Node was deleted and created again: use the new one's range.
		options.PodCIDR = object.Spec.PodCIDR
	}
	if options.InternalIP == "" {
		f.warn(ctx, object, []string{fmt.Sprintf("no address is left for node %q", object.Name)})
		return false
	}
	if err := options.Complete(); err != nil {
		f.warn(ctx, object, []string{err.Error()})
		return false
	}
	m, err := f.newMachine(options)
	if err != nil {
		klog.FromContext(ctx).Error(err, "add machine", "node", object.Name)
		return false
	}
	f.warn(ctx, object, m.learn(object))
	var kept []KeptFile
	if start == kubelet.Resumed {
		kept = f.options.Disks[m.name]
		restoreDisk(m.disk, kept)
	}
	group.Go(func() error {
		if len(kept) > 0 {
			caughtUp := time.AfterFunc(catchUp, func() { restoreDisk(m.disk, kept) })
			defer caughtUp.Stop()
		}
		return f.operate(ctx, m, start)
	})
	return true
}

func (f *Fleet) newMachine(options hardware.Options) (*machine, error) {
	images, err := imagestore.NewStore(f.options.Images)
	if err != nil {
		return nil, err
	}
	disk, err := newDisk(options.Name)
	if err != nil {
		return nil, err
	}
	m := &machine{
		fleet: f, name: options.Name, spec: options, images: images, disk: disk,
		vary:    variation.New(f.options.Seed, "machine "+options.Name, f.options.Instant),
		changed: make(chan struct{}, 1),
	}
	f.roster.mu.Lock()
	f.roster.machines[m.name] = m
	f.roster.mu.Unlock()
	return m, nil
}

// operate runs a machine and removes it when it has ended. If its Node was created
// again in the meantime, the Node gets a new machine.
func (f *Fleet) operate(ctx context.Context, m *machine, start kubelet.StartKind) error {
	err := m.run(ctx, start)
	if ctx.Err() == nil { // else its disk is read once more
		f.roster.mu.Lock()
		delete(f.roster.machines, m.name)
		f.roster.mu.Unlock()
	}
	f.detach(m.name)
	f.changed.add(m.name)
	return err
}

// addressFor returns the address in a Node's status, or else the first that no
// machine and no Node has; empty when all are taken.
func (f *Fleet) addressFor(object *corev1.Node) string {
	if address := internalIP(object); address != "" {
		return address
	}
	taken := map[string]bool{}
	f.roster.mu.Lock()
	for _, m := range f.roster.machines {
		taken[m.spec.InternalIP] = true
	}
	f.roster.mu.Unlock()
	if others, err := f.lister.List(labels.Everything()); err == nil {
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

// warn records an event for each problem of a Node's annotations.
func (f *Fleet) warn(ctx context.Context, object *corev1.Node, problems []string) {
	about := &corev1.ObjectReference{Kind: "Node", APIVersion: "v1", Name: object.Name, UID: object.UID}
	for _, problem := range problems {
		f.recorder.Write(ctx, f.recorder.Event(time.Now(), about, corev1.EventTypeWarning, recorder.InvalidAnnotation, problem))
	}
}

// nameQueue holds names, each at most once, in the order of arrival. It is bounded
// by the number of Nodes and machines.
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
