package kubelet

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/kubernetes/pkg/kubelet/eviction"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"

	"tabernetes/engine/filesystem"
	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/pod"
	"tabernetes/engine/node/recorder"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/node/volume"
)

// node is what runs on a machine from its start to its end: the kubelet, the
// container runtime and the pods. Its sync loop, run, is the only goroutine that
// changes it. A turn of the loop takes the pod updates that came and the timers
// that are due, with the lock held and at one instant; what the turn wants to write to
// the API it puts aside, and the loop sends it after the lock is released. So the
// node's own API answers while the API server is slow.
type node struct {
	name      string
	start     startKind
	spec      hardware.Options
	version   string           // of the kubelet
	seed      uint64           // of the simulation
	cluster   *network.Network // or nil
	client    kubernetes.Interface
	lister    corelisters.NodeLister
	podLister corelisters.PodLister
	services  corelisters.ServiceLister
	// A kubelet watches each ConfigMap and Secret that a pod of its node names; here
	// the process watches them all once, and every node reads the same informers.
	configMaps corelisters.ConfigMapLister
	secrets    corelisters.SecretLister
	recorder   *recorder.Recorder
	// loop is woken when the inbox is not empty, or the settings are other ones.
	loop *syncloop.Loop
	// registered is closed when the node is in the API.
	registered chan struct{}
	// emptied has room for one signal: no pod is left.
	emptied chan struct{}
	// shutdown is closed when an orderly shutdown is over.
	shutdown chan struct{}
	// partitioned says that nothing reaches the node; relinked has room for one
	// signal that this has changed.
	partitioned atomic.Bool
	relinked    chan struct{}

	// inbox holds the newest state of each pod that changed, in the order of the
	// first change; a pod is in it once, so the cluster's pods bound it. guarded by the loop's lock
	inbox     []types.UID
	inboxPods map[types.UID]delivery
	// changed are the ConfigMaps and Secrets that have changed since the last
	// turn, each once, so the cluster's objects bound them. guarded by the loop's lock
	changed    []volume.Object
	pods       map[types.UID]*pod.Worker
	images     *imagestore.Store
	disk       *filesystem.FileSystem // what hostPath volumes show
	addresses  *network.Allocator
	vary       variation.Source
	started    time.Time
	relistFrom time.Time            // the first relist of the runtime; one a second follows
	backOff    *flowcontrol.Backoff // of containers that restart
	puller     *imagestore.Puller
	heartbeat  heartbeat
	settings   hardware.Settings
	bootID     string
	stopping   bool // the machine is being shut down
	pressure   eviction.Manager
	evictions  lifecycle.PodAdmitHandler
	cpuUsed    time.Duration // of the machine, since its start
	cpuCounted time.Time     // until when
	// Writes that the turn has put aside. guarded by the loop's lock
	dirty  []*pod.Worker
	events []*corev1.Event
	calls  []func(context.Context)
}

type delivery struct {
	pod     *corev1.Pod
	deleted bool
}

// maxQueuedEvents bounds the events of one turn, as upstream's broadcaster does.
// When it is full the newest event is lost.
const maxQueuedEvents = 1000

// nodeOptions are what a node is made of.
type nodeOptions struct {
	// Machine is what the node runs on, with the capacity that it has now.
	Machine  hardware.Options
	Settings hardware.Settings
	Start    startKind
	// Client and Informers are as the fleet's.
	Client    kubernetes.Interface
	Informers informers.SharedInformerFactory
	// Network is that of the cluster, or nil.
	Network *network.Network
	// Images and Disk are the machine's.
	Images         *imagestore.Store
	Disk           *filesystem.FileSystem
	Seed           uint64
	Instant        bool
	KubeletVersion string
}

// startKind is how a node comes to run.
type startKind int

const (
	// firstStart is of a machine that the cluster began with.
	firstStart startKind = iota
	// resumed goes on where a stored cluster stood: nothing has been restarted.
	resumed
	// booted follows a start of the machine: nothing runs that ran before.
	booted
)

// newNode makes a node that does not run yet.
func newNode(o nodeOptions) (*node, error) {
	addresses, err := network.NewAllocator(o.Machine.PodCIDR)
	if err != nil {
		return nil, err
	}
	name, resources := o.Machine.Name, o.Informers.Core().V1()
	n := &node{
		name:       name,
		start:      o.Start,
		spec:       o.Machine,
		version:    o.KubeletVersion,
		seed:       o.Seed,
		cluster:    o.Network,
		client:     o.Client,
		lister:     resources.Nodes().Lister(),
		podLister:  resources.Pods().Lister(),
		services:   resources.Services().Lister(),
		configMaps: resources.ConfigMaps().Lister(),
		secrets:    resources.Secrets().Lister(),
		recorder:   recorder.New(o.Client, corev1.EventSource{Component: "kubelet", Host: name}),
		loop:       syncloop.New(o.Instant),
		registered: make(chan struct{}),
		emptied:    make(chan struct{}, 1),
		shutdown:   make(chan struct{}),
		relinked:   make(chan struct{}, 1),
		inboxPods:  map[types.UID]delivery{},
		pods:       map[types.UID]*pod.Worker{},
		images:     o.Images,
		disk:       o.Disk,
		addresses:  addresses,
		backOff:    pod.NewRestartBackOff(),
		settings:   o.Settings,
	}
	n.reseed(o.Seed)
	n.puller = imagestore.NewPuller(n.images, n, n.loop)
	n.pressure, n.evictions, err = newEvictions(n)
	return n, err
}

// reseed makes another seed the one that delays and IDs come from.
func (n *node) reseed(seed uint64) {
	n.seed, n.vary = seed, variation.New(seed, "node "+n.name, n.loop.Instant)
}

// run is the sync loop. It returns nil when ctx ends.
func (n *node) run(ctx context.Context) error {
	n.loop.Lock()
	n.loop.Advance()
	n.started = n.loop.Now()
	n.relistFrom = n.loop.Now().Add(-n.vary.Between(0, relistPeriod))
	n.bootID = n.identifyBoot()
	n.Call(n.register)
	n.watchPressure(ctx)
	n.loop.Unlock()

	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		wait, due := n.turn()
		if n.send(ctx) {
			continue
		}
		if !due {
			wait = time.Hour
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-n.loop.Woken():
		case <-timer.C:
		}
	}
	n.loop.Lock()
	for _, w := range n.pods {
		w.Remove()
	}
	n.loop.Unlock()
	n.loop.Processes.Wait()
	return nil
}

// turn does everything that can be done now and says how long there is nothing
// to do; due is false when no timer is set.
func (n *node) turn() (wait time.Duration, due bool) {
	n.loop.Lock()
	defer n.loop.Unlock()
	n.loop.Advance()
	for len(n.inbox) > 0 {
		uid := n.inbox[0]
		n.inbox = n.inbox[1:]
		update := n.inboxPods[uid]
		delete(n.inboxPods, uid)
		n.update(update.pod, update.deleted)
	}
	for _, object := range n.changed {
		for _, w := range n.podsInOrder() {
			w.ObjectChanged(object)
		}
	}
	n.changed = nil
	n.loop.RunDue()
	if len(n.pods) == 0 {
		signal(n.emptied)
	}
	next, due := n.loop.Next()
	return max(0, next.Sub(n.loop.Now())), due
}

// send writes what the last turn put aside and reports whether there was
// anything: statuses first, because controllers wait for them. While the node is
// cut off from the API everything waits: a status for each pod, and events as
// many as maxQueuedEvents.
func (n *node) send(ctx context.Context) bool {
	if n.partitioned.Load() {
		return false
	}
	n.loop.Lock()
	dirty, events, calls := n.dirty, n.events, n.calls
	n.dirty, n.events, n.calls = nil, nil, nil
	n.loop.Unlock()
	for _, call := range calls {
		call(ctx)
	}
	for _, w := range dirty {
		w.WriteStatus(ctx)
	}
	for _, event := range events {
		n.recorder.Write(ctx, event)
	}
	return len(dirty)+len(events)+len(calls) > 0
}

// deliver puts a pod into the inbox. It never blocks; informers call it. What
// comes while the node is cut off is lost: deliverAll makes up for it.
func (n *node) deliver(pod *corev1.Pod, deleted bool) {
	if n.partitioned.Load() {
		return
	}
	n.loop.Lock()
	if _, queued := n.inboxPods[pod.UID]; !queued {
		n.inbox = append(n.inbox, pod.UID)
	}
	n.inboxPods[pod.UID] = delivery{pod: pod, deleted: deleted}
	n.loop.Unlock()
	n.loop.Wake()
}

// objectChanged notes that a ConfigMap or Secret has changed. It never blocks;
// informers call it.
func (n *node) objectChanged(object volume.Object) {
	n.loop.Lock()
	if !slices.Contains(n.changed, object) {
		n.changed = append(n.changed, object)
	}
	n.loop.Unlock()
	n.loop.Wake()
}

// deliverAll puts the node's pods as they are now into the inbox, as a kubelet
// does that begins or that has lost its watch: the oldest first, and those that
// are gone as deleted.
func (n *node) deliverAll() {
	all, err := n.podLister.List(labels.Everything())
	if err != nil {
		return
	}
	bound := map[types.UID]bool{}
	mine := slices.DeleteFunc(all, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != n.name })
	slices.SortFunc(mine, func(a, b *corev1.Pod) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	for _, pod := range mine {
		bound[pod.UID] = true
		n.deliver(pod, false)
	}
	n.loop.Lock()
	var gone []*corev1.Pod
	for uid, w := range n.pods {
		if !bound[uid] {
			gone = append(gone, w.Object())
		}
	}
	n.loop.Unlock()
	slices.SortFunc(gone, func(a, b *corev1.Pod) int { return strings.Compare(string(a.UID), string(b.UID)) })
	for _, pod := range gone {
		n.deliver(pod, true)
	}
}

// settle takes in the settings of the machine.
func (n *node) settle(settings hardware.Settings) {
	n.loop.Lock()
	n.settings = settings
	n.loop.Unlock()
	if n.partitioned.Swap(settings.Partitioned) != settings.Partitioned {
		if !settings.Partitioned {
			n.deliverAll()
		}
		signal(n.relinked)
	}
	n.loop.Wake()
}

// isPartitioned says whether nothing reaches the node.
func (n *node) isPartitioned() bool { return n.partitioned.Load() }

// whenEmptied gives a signal when no pod is left.
func (n *node) whenEmptied() <-chan struct{} { return n.emptied }

// whenShutDown is closed when an orderly shutdown is over.
func (n *node) whenShutDown() <-chan struct{} { return n.shutdown }

// idle says that the node has no pod.
func (n *node) idle() bool {
	n.loop.Lock()
	defer n.loop.Unlock()
	return len(n.pods) == 0
}

// signal notes on a channel with room for one that something has changed.
func signal(channel chan struct{}) {
	select {
	case channel <- struct{}{}:
	default:
	}
}

// update tells the pod's worker of the newest state, and makes or ends the
// worker. The caller holds the lock.
func (n *node) update(newest *corev1.Pod, deleted bool) {
	w, exists := n.pods[newest.UID]
	switch {
	case deleted && exists:
		w.Orphan()
	case deleted:
	case exists:
		w.Update(newest)
	default:
		w = pod.New(n, newest)
		n.pods[newest.UID] = w
		n.add(w)
	}
}

// podsInOrder are the pods' workers in an order that is the same in every run.
// The caller holds the lock.
func (n *node) podsInOrder() []*pod.Worker {
	uids := slices.Sorted(maps.Keys(n.pods))
	workers := make([]*pod.Worker, len(uids))
	for i, uid := range uids {
		workers[i] = n.pods[uid]
	}
	return workers
}

// Record puts an event aside. The caller holds the lock.
func (n *node) Record(about *corev1.ObjectReference, kind, reason, message string) {
	if len(n.events) < maxQueuedEvents {
		n.events = append(n.events, n.recorder.Event(n.loop.Now(), about, kind, reason, message))
	}
}

// identity is one of the IDs of the node's machine: the same in every run.
func (n *node) identity(of string) string {
	return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(of+"."+n.name)).String()
}

// UntilRelist is the time until the runtime is looked at again: the kubelet's
// pod lifecycle event generator lists it once a second. The caller holds the lock.
func (n *node) UntilRelist() time.Duration {
	if n.loop.Instant {
		return 0
	}
	return relistPeriod - n.loop.Now().Sub(n.relistFrom)%relistPeriod
}

// ListedSince says whether the runtime was listed after a time. The caller holds
// the lock.
func (n *node) ListedSince(at time.Time) bool {
	return n.loop.Instant || at.IsZero() || n.loop.Now().Sub(n.relistFrom)/relistPeriod > at.Sub(n.relistFrom)/relistPeriod
}

const relistPeriod = time.Second
