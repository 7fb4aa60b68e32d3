package kubelet

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/eviction"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"

	"tabernetes/engine/kubelet/network"
	"tabernetes/engine/userland/filesystem"
)

// node is what runs on a machine from its start to its end: the kubelet, the
// container runtime and the pods. Its sync loop, run, is the only goroutine that
// changes it. A turn of the loop takes the pod updates that came and the timers
// that are due, with mu held and at one instant; what the turn wants to write to
// the API it puts aside, and the loop sends it after mu is released. So the
// node's own API answers while the API server is slow.
type node struct {
	name      string
	start     startKind
	spec      NodeOptions
	cluster   *Options
	client    kubernetes.Interface
	lister    corelisters.NodeLister
	podLister corelisters.PodLister
	services  corelisters.ServiceLister
	objects   objects
	recorder  *recorder
	instant   bool
	// woken has room for one signal: the inbox is not empty, or the settings are
	// other ones.
	woken chan struct{}
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

	mu sync.Mutex
	// inbox holds the newest state of each pod that changed, in the order of the
	// first change; a pod is in it once, so the cluster's pods bound it. guarded by mu
	inbox     []types.UID
	inboxPods map[types.UID]delivery
	// changed are the ConfigMaps and Secrets that have changed since the last
	// turn, each once, so the cluster's objects bound them. guarded by mu
	changed    []objectName
	now        time.Time // of the current turn. guarded by mu
	timers     timerQueue
	pods       map[types.UID]*podWorker
	images     *imageStore
	disk       *filesystem.FileSystem // what hostPath volumes show
	addresses  *network.Allocator
	vary       variation
	started    time.Time
	relistFrom time.Time // the first relist of the runtime; one a second follows
	backOff    backOffs
	heartbeat  heartbeat
	settings   machineSettings
	bootID     string
	stopping   bool // the machine is being shut down
	pressure   eviction.Manager
	evictions  lifecycle.PodAdmitHandler
	cpuUsed    time.Duration // of the machine, since its start
	cpuCounted time.Time     // until when
	// processes are the goroutines of containers. They do not hold mu while they
	// run, and are joined before run returns.
	processes sync.WaitGroup
	// Writes that the turn has put aside. guarded by mu
	dirty  []*podWorker
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

func newNode(m *machine, spec NodeOptions, start startKind) (*node, error) {
	k := m.kubelet
	addresses, err := network.NewAllocator(spec.PodCIDR)
	if err != nil {
		return nil, err
	}
	m.images.restart()
	_, settings, _ := m.state()
	n := &node{
		name:       m.name,
		start:      start,
		spec:       spec,
		cluster:    &k.options,
		client:     k.options.Client,
		lister:     k.lister,
		podLister:  k.pods,
		services:   k.options.Informers.Core().V1().Services().Lister(),
		objects:    newObjects(k.options.Informers),
		recorder:   newRecorder(k.options.Client, corev1.EventSource{Component: "kubelet", Host: m.name}),
		instant:    k.options.Instant,
		woken:      make(chan struct{}, 1),
		registered: make(chan struct{}),
		emptied:    make(chan struct{}, 1),
		shutdown:   make(chan struct{}),
		relinked:   make(chan struct{}, 1),
		inboxPods:  map[types.UID]delivery{},
		pods:       map[types.UID]*podWorker{},
		images:     m.images,
		disk:       m.disk,
		addresses:  addresses,
		vary:       newVariation(k.options.Seed, "node "+m.name, k.options.Instant),
		backOff:    newBackOffs(),
		settings:   settings,
	}
	n.pressure, n.evictions, err = newEvictions(n)
	return n, err
}

// run is the sync loop. It returns nil when ctx ends.
func (n *node) run(ctx context.Context) error {
	n.mu.Lock()
	n.now = time.Now()
	n.started = n.now
	n.relistFrom = n.now.Add(-n.vary.between(0, relistPeriod))
	n.bootID = n.identifyBoot()
	n.call(n.register)
	n.watchPressure(ctx)
	n.mu.Unlock()

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
		case <-n.woken:
		case <-timer.C:
		}
	}
	n.mu.Lock()
	for _, w := range n.pods {
		w.remove()
	}
	n.mu.Unlock()
	n.processes.Wait()
	return nil
}

// turn does everything that can be done now and says how long there is nothing
// to do; due is false when no timer is set.
func (n *node) turn() (wait time.Duration, due bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = time.Now()
	for len(n.inbox) > 0 {
		uid := n.inbox[0]
		n.inbox = n.inbox[1:]
		update := n.inboxPods[uid]
		delete(n.inboxPods, uid)
		n.update(update.pod, update.deleted)
	}
	for _, object := range n.changed {
		for _, w := range n.podsInOrder() {
			w.volumes.objectChanged(object)
		}
	}
	n.changed = nil
	for t := n.timers.popDue(n.now); t != nil; t = n.timers.popDue(n.now) {
		t.run()
	}
	if len(n.pods) == 0 {
		signal(n.emptied)
	}
	next, due := n.timers.next()
	return max(0, next.Sub(n.now)), due
}

// send writes what the last turn put aside and reports whether there was
// anything: statuses first, because controllers wait for them. While the node is
// cut off from the API everything waits: a status for each pod, and events as
// many as maxQueuedEvents.
func (n *node) send(ctx context.Context) bool {
	if n.partitioned.Load() {
		return false
	}
	n.mu.Lock()
	dirty, events, calls := n.dirty, n.events, n.calls
	n.dirty, n.events, n.calls = nil, nil, nil
	n.mu.Unlock()
	for _, call := range calls {
		call(ctx)
	}
	for _, w := range dirty {
		n.writeStatus(ctx, w)
	}
	for _, event := range events {
		n.recorder.write(ctx, event)
	}
	return len(dirty)+len(events)+len(calls) > 0
}

// deliver puts a pod into the inbox. It never blocks; informers call it. What
// comes while the node is cut off is lost: deliverAll makes up for it.
func (n *node) deliver(pod *corev1.Pod, deleted bool) {
	if n.partitioned.Load() {
		return
	}
	n.mu.Lock()
	if _, queued := n.inboxPods[pod.UID]; !queued {
		n.inbox = append(n.inbox, pod.UID)
	}
	n.inboxPods[pod.UID] = delivery{pod: pod, deleted: deleted}
	n.mu.Unlock()
	signal(n.woken)
}

// objectChanged notes that a ConfigMap or Secret has changed. It never blocks;
// informers call it.
func (n *node) objectChanged(object objectName) {
	n.mu.Lock()
	if !slices.Contains(n.changed, object) {
		n.changed = append(n.changed, object)
	}
	n.mu.Unlock()
	signal(n.woken)
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
	n.mu.Lock()
	var gone []*corev1.Pod
	for uid, w := range n.pods {
		if !bound[uid] {
			gone = append(gone, w.pod)
		}
	}
	n.mu.Unlock()
	slices.SortFunc(gone, func(a, b *corev1.Pod) int { return strings.Compare(string(a.UID), string(b.UID)) })
	for _, pod := range gone {
		n.deliver(pod, true)
	}
}

// settle takes in the settings of the machine.
func (n *node) settle(settings machineSettings) {
	n.mu.Lock()
	n.settings = settings
	n.mu.Unlock()
	if n.partitioned.Swap(settings.partitioned) != settings.partitioned {
		if !settings.partitioned {
			n.deliverAll()
		}
		signal(n.relinked)
	}
	signal(n.woken)
}

// idle says that the node has no pod.
func (n *node) idle() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
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
// worker. The caller holds mu.
func (n *node) update(pod *corev1.Pod, deleted bool) {
	w, exists := n.pods[pod.UID]
	switch {
	case deleted && exists:
		w.podGone()
	case deleted:
	case exists:
		w.podChanged(pod)
	default:
		w = newPodWorker(n, pod)
		n.pods[pod.UID] = w
		n.add(w)
	}
}

// podsInOrder are the pods' workers in an order that is the same in every run.
// The caller holds mu.
func (n *node) podsInOrder() []*podWorker {
	uids := slices.Sorted(maps.Keys(n.pods))
	workers := make([]*podWorker, len(uids))
	for i, uid := range uids {
		workers[i] = n.pods[uid]
	}
	return workers
}

// after runs something on the loop once delay has passed, with mu held. The
// caller holds mu.
func (n *node) after(delay time.Duration, run func()) *timer {
	return n.timers.add(n.now.Add(delay), run)
}

// report has something done on the loop, for a process of a pod that runs in a
// goroutine of its own. What happens at one instant in several goroutines has no
// order, so it is done the smallest time later, when all of them wait, in the
// order of their places.
func (n *node) report(w *podWorker, place uint64, run func()) {
	n.mu.Lock()
	n.timers.addAt(time.Now().Add(1), place, func() {
		if !w.gone {
			run()
		}
	})
	n.mu.Unlock()
	signal(n.woken)
}

// call has something done after the turn, without mu. The caller holds mu.
func (n *node) call(do func(context.Context)) { n.calls = append(n.calls, do) }

// event puts an event aside. The caller holds mu.
func (n *node) event(about *corev1.ObjectReference, kind, reason, message string) {
	if len(n.events) < maxQueuedEvents {
		n.events = append(n.events, n.recorder.event(n.now, about, kind, reason, message))
	}
}

// identity is one of the IDs of the node's machine: the same in every run.
func (n *node) identity(of string) string {
	return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(of+"."+n.name)).String()
}

// untilRelist is the time until the runtime is looked at again: the kubelet's
// pod lifecycle event generator lists it once a second. The caller holds mu.
func (n *node) untilRelist() time.Duration {
	if n.instant {
		return 0
	}
	return relistPeriod - n.now.Sub(n.relistFrom)%relistPeriod
}

// listedSince says whether the runtime was listed after a time. The caller holds
// mu.
func (n *node) listedSince(at time.Time) bool {
	return n.instant || at.IsZero() || n.now.Sub(n.relistFrom)/relistPeriod > at.Sub(n.relistFrom)/relistPeriod
}

const relistPeriod = time.Second

// newNodeDisk is the file system of a node, as far as pods see it.
func newNodeDisk(name string) (*filesystem.FileSystem, error) {
	disk := filesystem.New(filesystem.Options{})
	for _, directory := range []string{"/dev", "/etc", "/home", "/mnt", "/opt", "/proc", "/run", "/srv", "/sys", "/tmp", "/usr", "/var/lib/kubelet", "/var/log/pods", "/var/run"} {
		if err := disk.MkdirAll(directory, 0o755); err != nil {
			return nil, err
		}
	}
	return disk, disk.WriteFile("/etc/hostname", []byte(name+"\n"), 0o644)
}

// uid is the UID of the node's object, empty before it is known.
func (n *node) uid() string {
	if n.heartbeat.self == nil {
		return ""
	}
	return string(n.heartbeat.self.UID)
}
