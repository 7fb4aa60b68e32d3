package kubelet

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"

	"tabernetes/engine/kubelet/network"
)

// node is one simulated node. Its sync loop, run, is the only goroutine that
// changes it. A turn of the loop takes the pod updates that came and the timers
// that are due, with mu held and at one instant; what the turn wants to write to
// the API it puts aside, and the loop sends it after mu is released. So the
// node's own API answers while the API server is slow.
type node struct {
	name     string
	spec     NodeOptions
	cluster  *Options
	client   kubernetes.Interface
	lister   corelisters.NodeLister
	recorder *recorder
	instant  bool
	// woken has room for one signal: the inbox is not empty.
	woken chan struct{}
	// registered is closed when the node is in the API.
	registered chan struct{}

	mu sync.Mutex
	// inbox holds the newest state of each pod that changed, in the order of the
	// first change; a pod is in it once, so the cluster's pods bound it. guarded by mu
	inbox      []types.UID
	inboxPods  map[types.UID]delivery
	now        time.Time // of the current turn. guarded by mu
	timers     timerQueue
	pods       map[types.UID]*podWorker
	images     *imageStore
	addresses  *network.Allocator
	vary       variation
	started    time.Time
	relistFrom time.Time // the first relist of the runtime; one a second follows
	backOff    backOffs
	heartbeat  heartbeat
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

func newNode(cluster *Options, spec NodeOptions) (*node, error) {
	addresses, err := network.NewAllocator(spec.PodCIDR)
	if err != nil {
		return nil, err
	}
	images, err := newImageStore(cluster.Images)
	if err != nil {
		return nil, err
	}
	return &node{
		name:       spec.Name,
		spec:       spec,
		cluster:    cluster,
		client:     cluster.Client,
		lister:     cluster.Informers.Core().V1().Nodes().Lister(),
		recorder:   newRecorder(cluster.Client, spec.Name),
		instant:    cluster.Instant,
		woken:      make(chan struct{}, 1),
		registered: make(chan struct{}),
		inboxPods:  map[types.UID]delivery{},
		pods:       map[types.UID]*podWorker{},
		images:     images,
		addresses:  addresses,
		vary:       newVariation(cluster.Seed, "node "+spec.Name, cluster.Instant),
		backOff:    newBackOffs(),
	}, nil
}

// run is the sync loop. It returns nil when ctx ends.
func (n *node) run(ctx context.Context) error {
	n.mu.Lock()
	n.now = time.Now()
	n.started = n.now
	n.relistFrom = n.now.Add(-n.vary.between(0, relistPeriod))
	n.call(n.register)
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
	defer n.mu.Unlock()
	for _, w := range n.pods {
		w.remove()
	}
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
	for t := n.timers.popDue(n.now); t != nil; t = n.timers.popDue(n.now) {
		t.run()
	}
	next, due := n.timers.next()
	return max(0, next.Sub(n.now)), due
}

// send writes what the last turn put aside and reports whether there was
// anything: statuses first, because controllers wait for them.
func (n *node) send(ctx context.Context) bool {
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

// deliver puts a pod into the inbox. It never blocks; informers call it.
func (n *node) deliver(pod *corev1.Pod, deleted bool) {
	n.mu.Lock()
	if _, queued := n.inboxPods[pod.UID]; !queued {
		n.inbox = append(n.inbox, pod.UID)
	}
	n.inboxPods[pod.UID] = delivery{pod: pod, deleted: deleted}
	n.mu.Unlock()
	select {
	case n.woken <- struct{}{}:
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
		w.podAdded()
	}
}

// after runs something on the loop once delay has passed, with mu held. The
// caller holds mu.
func (n *node) after(delay time.Duration, run func()) *timer {
	return n.timers.add(n.now.Add(delay), run)
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
