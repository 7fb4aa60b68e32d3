// Package topology turns the watch events of a cluster into what the learner's
// diagram shows: [Frame] deltas of nodes, workloads, ReplicaSets, pods, Services,
// autoscalers, disruption budgets, volume claims, custom objects and events, and the answer to "will anything still move by itself?".
//
// engine/cluster makes one [Topology] over its shared informers; wasm/controlplane
// takes frames from it and sends them to the page. The package knows only the
// API's objects: not the store, not the components, not how a frame is sent. It
// starts no goroutine and keeps no clock: all time is package time.
//
// What kubectl prints comes from upstream's printers, what a Deployment means
// from the Deployment controller's own functions.
package topology

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/fields"
)

// Options configures a Topology.
type Options struct {
	// Informers is the factory whose informers are observed. The caller starts
	// and stops it, after New has added its handlers.
	Informers informers.SharedInformerFactory
	// Customs has the objects of custom kinds; nil for none. The caller runs it.
	Customs *custom.Follower
}

// Topology follows the cluster. It is safe for concurrent use.
type Topology struct {
	columns       *columns
	registrations []cache.ResourceEventHandlerRegistration
	dirty         chan struct{}

	mu        sync.Mutex
	graph     graph     // guarded by mu
	events    eventLog  // guarded by mu
	state               // guarded by mu
	revision  int64     // highest resourceVersion seen, guarded by mu
	reset     bool      // the next frame is the full state, guarded by mu
	signalled bool      // dirty was signalled since the last frame, guarded by mu
	obstacle  types.UID // what Settled found last, guarded by mu
}

// state is the content of the next frame.
type state struct {
	stale   map[types.UID]struct{} // items to build again
	removed map[types.UID]struct{} // sent and deleted since
}

func newState() state {
	return state{stale: map[types.UID]struct{}{}, removed: map[types.UID]struct{}{}}
}

// New adds handlers to the informers of everything the diagram shows. The first
// frame is the full state. It fails when an informer has been stopped already.
func New(options Options) (*Topology, error) {
	if options.Informers == nil {
		return nil, errors.New("make topology: no informers")
	}
	columns, err := newColumns()
	if err != nil {
		return nil, fmt.Errorf("make topology: %w", err)
	}
	topology := &Topology{
		columns: columns,
		dirty:   make(chan struct{}, 1),
		graph:   newGraph(),
		events:  newEventLog(),
		state:   newState(),
		reset:   true,
	}
	factory := options.Informers
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().Nodes().Informer(),
		factory.Core().V1().Services().Informer(),
		factory.Core().V1().Pods().Informer(),
		factory.Core().V1().Events().Informer(),
		factory.Core().V1().ReplicationControllers().Informer(),
		factory.Core().V1().PersistentVolumeClaims().Informer(),
		factory.Core().V1().PersistentVolumes().Informer(),
		factory.Apps().V1().Deployments().Informer(),
		factory.Apps().V1().ReplicaSets().Informer(),
		factory.Apps().V1().StatefulSets().Informer(),
		factory.Apps().V1().DaemonSets().Informer(),
		factory.Batch().V1().Jobs().Informer(),
		factory.Batch().V1().CronJobs().Informer(),
		factory.Discovery().V1().EndpointSlices().Informer(),
		factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer(),
		factory.Policy().V1().PodDisruptionBudgets().Informer(),
	} {
		registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    topology.observe,
			UpdateFunc: topology.replace,
			DeleteFunc: topology.forget,
		})
		if err != nil {
			return nil, fmt.Errorf("make topology: observe an informer: %w", err)
		}
		topology.registrations = append(topology.registrations, registration)
	}
	if options.Customs != nil {
		options.Customs.Observe(topology.observe, topology.replace, topology.forget)
	}
	topology.mu.Lock()
	topology.signal()
	topology.mu.Unlock()
	return topology, nil
}

// Dirty yields one value when a frame is pending, and no further one until Frame
// has been called. There is one receiver.
func (topology *Topology) Dirty() <-chan struct{} { return topology.dirty }

// Reset makes the next frame the full state, for a page that has just connected.
func (topology *Topology) Reset() {
	topology.mu.Lock()
	defer topology.mu.Unlock()
	topology.reset = true
	topology.signal()
}

// Frame returns everything that has changed since the last call, coalesced, or nil
// when nothing has. It never waits, except for the handlers' short critical
// sections. The same history of objects gives the same frame: items are sorted by
// kind (owners first), namespace, name and UID.
func (topology *Topology) Frame() *Frame {
	topology.mu.Lock()
	defer topology.mu.Unlock()
	topology.signalled = false
	select {
	case <-topology.dirty: // Frame was called without a signal
	default:
	}
	reset := topology.reset
	topology.reset = false
	return topology.frame(reset, metav1.Now())
}

// frame makes a frame for the time now; it is called with mu held.
func (topology *Topology) frame(reset bool, now metav1.Time) *Frame {
	if reset {
		clear(topology.removed)
		for uid, entry := range topology.graph.entries {
			entry.item = nil
			topology.stale[uid] = struct{}{}
		}
	}
	frame := &Frame{
		Revision: topology.revision,
		Time:     now.UnixMilli(),
		Reset:    reset,
		Upserts:  topology.upserts(now),
		Removes:  topology.removes(),
		Events:   topology.events.take(reset),
	}
	if !reset && len(frame.Upserts) == 0 && len(frame.Removes) == 0 && len(frame.Events) == 0 {
		return nil
	}
	return frame
}

func (topology *Topology) upserts(now metav1.Time) []Item {
	upserts := make([]Item, 0, len(topology.stale))
	for uid := range topology.stale {
		entry := topology.graph.entries[uid]
		if entry == nil {
			continue
		}
		item := topology.build(entry, now)
		if entry.item != nil && reflect.DeepEqual(entry.item, item) {
			continue
		}
		entry.item = item
		upserts = append(upserts, item)
	}
	clear(topology.stale)
	slices.SortFunc(upserts, func(a, b Item) int { return compareIdentities(a.identity(), b.identity()) })
	return upserts
}

func (topology *Topology) removes() []string {
	removes := make([]string, 0, len(topology.removed))
	for uid := range topology.removed {
		removes = append(removes, string(uid))
	}
	clear(topology.removed)
	slices.Sort(removes)
	return removes
}

func compareIdentities(a, b identity) int {
	if a.rank != b.rank {
		return a.rank - b.rank
	}
	if order := strings.Compare(a.namespace, b.namespace); order != 0 {
		return order
	}
	if order := strings.Compare(a.name, b.name); order != 0 {
		return order
	}
	return strings.Compare(a.uid, b.uid)
}

// observe records an added or changed object.
func (topology *Topology) observe(object any) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return // the informers hold no other types
	}
	topology.mu.Lock()
	defer topology.mu.Unlock()
	topology.revision = max(topology.revision, fields.Revision(accessor))
	if event, ok := object.(*corev1.Event); ok {
		if topology.events.put(event) {
			topology.signal()
		}
		return
	}
	if topology.take(accessor) {
		topology.signal()
	}
}

// take records an object other than an event and reports whether it changed.
func (topology *Topology) take(object metav1.Object) bool {
	if endpoints, ok := object.(*discoveryv1.EndpointSlice); ok {
		topology.touchEach(topology.graph.putSlice(endpoints))
		return len(topology.stale) > 0
	}
	var before *corev1.PodTemplateSpec
	if known := topology.graph.entries[object.GetUID()]; known != nil {
		before = templateOf(known.object)
	}
	entry, changed := topology.graph.put(object)
	if !changed {
		return false
	}
	topology.touch(entry)
	if after := templateOf(object); isRoot(object) && after != nil && (before == nil ||
		!maps.Equal(before.Labels, after.Labels) || !slices.Equal(claimNames(before), claimNames(after))) {
		topology.touchSelecting(object.GetNamespace())
	}
	return true
}

// replace records a change that an informer may have merged from a deletion and a
// creation under the same name.
func (topology *Topology) replace(old, changed any) {
	before, errBefore := meta.Accessor(old)
	after, errAfter := meta.Accessor(changed)
	if errBefore == nil && errAfter == nil && before.GetUID() != after.GetUID() {
		topology.forget(old)
	}
	topology.observe(changed)
}

// forget records that an object is gone.
func (topology *Topology) forget(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return // as in observe
	}
	topology.mu.Lock()
	defer topology.mu.Unlock()
	topology.revision = max(topology.revision, fields.Revision(accessor))
	if event, ok := object.(*corev1.Event); ok {
		topology.events.remove(event.UID)
		return
	}
	if endpoints, ok := object.(*discoveryv1.EndpointSlice); ok {
		topology.touchEach(topology.graph.removeSlice(endpoints.UID))
		topology.signal()
		return
	}
	entry := topology.graph.entries[accessor.GetUID()]
	if entry == nil {
		return
	}
	topology.touch(entry)
	topology.graph.remove(entry)
	if isRoot(entry.object) && templateOf(entry.object) != nil {
		topology.touchSelecting(entry.object.GetNamespace())
	}
	if entry.item != nil {
		topology.removed[entry.object.GetUID()] = struct{}{}
	}
	topology.signal()
}

// touch marks the item of entry and the items of others that depend on it: a pod
// counts for its node and for whether its Deployment is settled, and which
// ReplicaSet is active depends on the Deployment and all its ReplicaSets.
func (topology *Topology) touch(entry *entry) {
	topology.stale[entry.object.GetUID()] = struct{}{}
	topology.touchCustomOwners(entry)
	switch object := entry.object.(type) {
	case *corev1.Pod:
		if node := topology.graph.nodes[object.Spec.NodeName]; node != nil {
			topology.stale[node.object.GetUID()] = struct{}{}
		}
		if replicaSet := topology.graph.entries[entry.owner]; replicaSet != nil && replicaSet.owner != "" {
			topology.stale[replicaSet.owner] = struct{}{}
		}
	case *appsv1.Deployment:
		topology.touchReplicaSets(object.UID)
	case *appsv1.ReplicaSet:
		if entry.owner != "" {
			topology.stale[entry.owner] = struct{}{}
			topology.touchReplicaSets(entry.owner)
		}
	}
}

func (topology *Topology) touchReplicaSets(deployment types.UID) {
	for uid := range topology.graph.owned[deployment] {
		topology.stale[uid] = struct{}{}
	}
}

func (topology *Topology) touchEach(uids []types.UID) {
	for _, uid := range uids {
		topology.stale[uid] = struct{}{}
	}
}

// touchSelecting marks the items that refer to workloads of a namespace by a
// selector or by name, or that these mount, when a workload is added or its labels
// or claims change.
func (topology *Topology) touchSelecting(namespace string) {
	for uid, known := range topology.graph.entries {
		switch known.object.(type) {
		case *corev1.Service, *autoscalingv2.HorizontalPodAutoscaler, *policyv1.PodDisruptionBudget,
			*corev1.PersistentVolumeClaim:
			if known.object.GetNamespace() == namespace {
				topology.stale[uid] = struct{}{}
			}
		}
	}
}

// signal tells the receiver of Dirty once that a frame is pending.
func (topology *Topology) signal() {
	if topology.signalled {
		return
	}
	topology.signalled = true
	select {
	case topology.dirty <- struct{}{}:
	default: // the last value has not been received yet and serves for this one too
	}
}
