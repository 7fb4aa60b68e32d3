package kubelet

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	coreinformers "k8s.io/client-go/informers/core/v1"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/kubernetes/pkg/kubelet/eviction"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"

	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/pod"
	"tabernetes/engine/node/recorder"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Kubelet is what runs on a machine from its start to its end: the kubelet, the
// container runtime and the pods. Its sync loop, Run, is the only goroutine that
// changes it. A turn of the loop processes the pod updates that have arrived and
// the timers that are due, with the lock held and at one instant; it queues its
// writes to the API, and the loop sends them after the lock is released. So the
// node's own API answers while the API server is slow.
type Kubelet struct {
	name      string
	start     StartKind
	machine   hardware.Options
	version   string           // of the kubelet
	seed      uint64           // of the simulation
	network   *network.Network // or nil
	tokens    volume.TokenRequester
	programs  map[string]process.Command
	client    kubernetes.Interface
	lister    corelisters.NodeLister
	nodes     coreinformers.NodeInformer
	podLister corelisters.PodLister
	services  corelisters.ServiceLister
	// A kubelet watches each ConfigMap and Secret that a pod of its node names; here
	// the process watches them all once, and every node reads the same informers.
	configMaps corelisters.ConfigMapLister
	secrets    corelisters.SecretLister
	claims     corelisters.PersistentVolumeClaimLister
	volumes    corelisters.PersistentVolumeLister
	recorder   *recorder.Recorder
	// loop is woken when the inbox is not empty, or the settings have changed.
	loop *syncloop.Loop
	// registered is closed when the node is in the API.
	registered chan struct{}
	// emptied has room for one signal: no pod is left.
	emptied chan struct{}
	// shutdown is closed when an orderly shutdown is over.
	shutdown chan struct{}
	// partitioned says that the node is cut off; relinked has room for one signal
	// that this has changed.
	partitioned atomic.Bool
	relinked    chan struct{}

	// inbox holds the newest state of each pod that changed, in the order of the
	// first change. Each pod is in it once, so it is bounded by the cluster's
	// pods. guarded by the loop's lock
	inbox     []types.UID
	inboxPods map[types.UID]delivery
	// changed are the objects that volumes can show and that have changed since the
	// last turn, each once, so they are bounded by the cluster's objects. guarded by
	// the loop's lock
	changed      []volume.Object
	pods         map[types.UID]*pod.Worker
	images       *imagestore.Store
	disk         *filesystem.FileSystem // the contents of hostPath volumes
	addresses    *network.Allocator
	vary         variation.Source
	started      time.Time
	relistFrom   time.Time            // the first relist of the runtime; one a second follows
	backOff      *flowcontrol.Backoff // of containers that restart
	puller       *imagestore.Puller
	heartbeat    heartbeat
	settings     hardware.Settings
	bootID       string
	stopping     bool // the machine is being shut down
	pressure     eviction.Manager
	evictions    lifecycle.PodAdmitHandler
	cpuUsed      time.Duration // of the machine, since its start
	cpuCounted   time.Time     // the time up to which cpuUsed is counted
	certificates certificates
	// Writes that the turn has queued. guarded by the loop's lock
	dirty  []*pod.Worker
	events []*corev1.Event
	calls  []func(context.Context)
}

// maxQueuedEvents bounds the events of one turn, as upstream's broadcaster does.
// When the queue is full, the newest event is dropped.
const maxQueuedEvents = 1000

// Options configures a node.
type Options struct {
	// Machine is what the node runs on, with its current capacity.
	Machine  hardware.Options
	Settings hardware.Settings
	Start    StartKind
	// Client and Informers are the fleet's.
	Client    kubernetes.Interface
	Informers informers.SharedInformerFactory
	// Tokens issues the tokens of service accounts.
	Tokens volume.TokenRequester
	// Network is the cluster's network, or nil.
	Network *network.Network
	// Programs are those that images of the catalogue may name besides the userland's.
	Programs map[string]process.Command
	// Images and Disk are the machine's.
	Images         *imagestore.Store
	Disk           *filesystem.FileSystem
	Seed           uint64
	Instant        bool
	KubeletVersion string
}

// StartKind is how a node came to run.
type StartKind int

const (
	// FirstStart is of a machine that the cluster began with.
	FirstStart StartKind = iota
	// Resumed continues from a stored cluster: nothing has been restarted.
	Resumed
	// Booted follows a boot of the machine: nothing from before runs any more.
	Booted
)

// New makes a node without running it.
func New(o Options) (*Kubelet, error) {
	addresses, err := network.NewAllocator(o.Machine.PodCIDR)
	if err != nil {
		return nil, err
	}
	name, resources := o.Machine.Name, o.Informers.Core().V1()
	k := &Kubelet{
		name:       name,
		start:      o.Start,
		machine:    o.Machine,
		version:    o.KubeletVersion,
		seed:       o.Seed,
		network:    o.Network,
		tokens:     o.Tokens,
		programs:   o.Programs,
		client:     o.Client,
		lister:     resources.Nodes().Lister(),
		nodes:      resources.Nodes(),
		podLister:  resources.Pods().Lister(),
		services:   resources.Services().Lister(),
		configMaps: resources.ConfigMaps().Lister(),
		secrets:    resources.Secrets().Lister(),
		claims:     resources.PersistentVolumeClaims().Lister(),
		volumes:    resources.PersistentVolumes().Lister(),
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
	k.Reseed(o.Seed)
	k.puller = imagestore.NewPuller(k.images, k, k.loop)
	k.pressure, k.evictions, err = newEvictions(k)
	return k, err
}

// Reseed replaces the seed of delays and IDs.
func (k *Kubelet) Reseed(seed uint64) {
	k.seed, k.vary = seed, variation.New(seed, "node "+k.name, k.loop.Instant)
}

// Run is the sync loop. It returns nil when ctx ends.
func (k *Kubelet) Run(ctx context.Context) error {
	k.adoptCertificates(ctx)
	k.loop.Lock()
	k.loop.Advance()
	k.started = k.loop.Now()
	k.relistFrom = k.loop.Now().Add(-k.vary.Between(0, relistPeriod))
	k.bootID = k.identifyBoot()
	k.Call(k.register)
	k.watchPressure(ctx)
	k.loop.Unlock()

	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		wait, due := k.turn()
		if k.send(ctx) {
			continue
		}
		if !due {
			wait = time.Hour
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-k.loop.Woken():
		case <-timer.C:
		}
	}
	k.loop.Lock()
	for _, w := range k.pods {
		w.Remove()
	}
	k.loop.Unlock()
	k.loop.Processes.Wait()
	k.certificates.running.Wait()
	return nil
}

// turn does everything that is due now and returns how long nothing will be due;
// due is false when no timer is set.
func (k *Kubelet) turn() (wait time.Duration, due bool) {
	k.loop.Lock()
	defer k.loop.Unlock()
	k.loop.Advance()
	for len(k.inbox) > 0 {
		uid := k.inbox[0]
		k.inbox = k.inbox[1:]
		update := k.inboxPods[uid]
		delete(k.inboxPods, uid)
		k.update(update.pod, update.deleted)
	}
	for _, object := range k.changed {
		for _, w := range k.Pods() {
			w.ObjectChanged(object)
		}
	}
	k.changed = nil
	k.loop.RunDue()
	if len(k.pods) == 0 {
		signal(k.emptied)
	}
	next, due := k.loop.Next()
	return max(0, next.Sub(k.loop.Now())), due
}

// send sends the writes that the last turn queued and reports whether there were
// any: statuses first, because controllers wait for them. While the node is cut
// off from the API they stay queued: a status for each pod, and up to
// maxQueuedEvents events.
func (k *Kubelet) send(ctx context.Context) bool {
	if k.partitioned.Load() {
		return false
	}
	k.loop.Lock()
	dirty, events, calls := k.dirty, k.events, k.calls
	k.dirty, k.events, k.calls = nil, nil, nil
	k.loop.Unlock()
	for _, call := range calls {
		call(ctx)
	}
	for _, w := range dirty {
		w.WriteStatus(ctx)
	}
	for _, event := range events {
		k.recorder.Write(ctx, event)
	}
	return len(dirty)+len(events)+len(calls) > 0
}

// Settle applies the settings of the machine.
func (k *Kubelet) Settle(settings hardware.Settings) {
	k.loop.Lock()
	k.settings = settings
	k.loop.Unlock()
	if k.partitioned.Swap(settings.Partitioned) != settings.Partitioned {
		if !settings.Partitioned {
			k.DeliverAll()
		}
		signal(k.relinked)
	}
	k.loop.Wake()
}

// Partitioned reports whether the node is cut off.
func (k *Kubelet) Partitioned() bool { return k.partitioned.Load() }

// Emptied receives a signal when no pod is left.
func (k *Kubelet) Emptied() <-chan struct{} { return k.emptied }

// Off is closed when an orderly shutdown is over.
func (k *Kubelet) Off() <-chan struct{} { return k.shutdown }

// Idle reports that the node has no pod.
func (k *Kubelet) Idle() bool {
	k.loop.Lock()
	defer k.loop.Unlock()
	return len(k.pods) == 0
}

// signal puts a signal into a channel with room for one.
func signal(channel chan struct{}) {
	select {
	case channel <- struct{}{}:
	default:
	}
}

// Pods returns the pods' workers, in an order that is the same in every run. The
// caller holds the lock.
func (k *Kubelet) Pods() []*pod.Worker {
	uids := slices.Sorted(maps.Keys(k.pods))
	workers := make([]*pod.Worker, len(uids))
	for i, uid := range uids {
		workers[i] = k.pods[uid]
	}
	return workers
}

// Record queues an event. The caller holds the lock.
func (k *Kubelet) Record(about *corev1.ObjectReference, kind, reason, message string) {
	if len(k.events) < maxQueuedEvents {
		k.events = append(k.events, k.recorder.Event(k.loop.Now(), about, kind, reason, message))
	}
}

// identity returns one of the IDs of the node's machine: the same in every run.
func (k *Kubelet) identity(of string) string {
	return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(of+"."+k.name)).String()
}

// UntilRelist is the time until the runtime is listed again: the kubelet's pod
// lifecycle event generator lists it once a second. The caller holds the lock.
func (k *Kubelet) UntilRelist() time.Duration {
	if k.loop.Instant {
		return 0
	}
	return relistPeriod - k.loop.Now().Sub(k.relistFrom)%relistPeriod
}

// ListedSince reports whether the runtime has been listed after the given time.
// The caller holds the lock.
func (k *Kubelet) ListedSince(at time.Time) bool {
	return k.loop.Instant || at.IsZero() || k.loop.Now().Sub(k.relistFrom)/relistPeriod > at.Sub(k.relistFrom)/relistPeriod
}

const relistPeriod = time.Second
