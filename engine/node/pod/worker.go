package pod

import (
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/status"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/environment"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/probe"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/node/volume"
)

// Worker takes one pod through its life on a node, as upstream's pod workers do
// (pkg/kubelet/pod_workers.go): syncs happen one at a time, any number of requests
// during a sync lead to exactly one more, and the kind of the next sync only moves
// forward. A Worker belongs to its node: every method needs the loop's lock.
type Worker struct {
	node Host
	pod  *corev1.Pod // the newest state seen, from a watch or from a patch
	vary variation.Source
	// scope ends when the pod has no worker any more, or the node has stopped.
	scope *syncloop.Scope

	work    workKind
	busy    bool // a sync is under way; its steps are timers
	pending bool // another sync was asked for during this one
	// orphaned says that the pod is no longer in the API while its containers are
	// stopped: a force deletion does not stop them any faster.
	orphaned bool
	// seenAfter is when the last sync ended; the next sync needs a list of the
	// runtime that is newer.
	seenAfter time.Time
	retry     *syncloop.Timer

	// The runtime's state: the sandbox and the containers, oldest first, at most
	// two for each container of the pod.
	sandbox    *sandbox
	containers []*container.Container
	unseen     bool // the runtime changed since it was last listed

	deadlineAt    time.Time
	deadlineTimer *syncloop.Timer

	volumes *volume.Set
	// volumeImages are the images that volumes of the pod show, by the volumes' names.
	volumeImages map[string]string
	reasons      map[string]startFailure // why a container could not be started last time
	// runs is the restart count, by container name, of a container whose
	// predecessors no longer exist in the runtime. The kubelet counts log files
	// for it.
	runs   map[string]int
	resize podResize
	probes *probe.Set

	// The status that the API should show, and whether it is known to show it.
	status   *corev1.PodStatus
	unsent   bool
	finished bool // nothing will change any more; the pod can be deleted
	deleted  bool // the deletion has been sent

	killing *killing // the node's own decision to end the pod, or nil
}

type workKind int

const (
	syncPod workKind = iota
	terminatingPod
	terminatedPod
	noWork
)

// Periods of pkg/kubelet/kubelet.go and the jitter of pod_workers.go.
const (
	backOffPeriod  = 10 * time.Second
	resyncInterval = time.Minute
	backOffJitter  = 0.5
)

// New makes the worker of a pod that is bound to a node.
func New(n Host, pod *corev1.Pod) *Worker {
	w := &Worker{
		node: n, pod: pod, vary: variation.New(n.Seed(), string(pod.UID), n.Loop().Instant),
		scope: n.Loop().NewScope(), reasons: map[string]startFailure{}, runs: map[string]int{},
	}
	w.probes = probe.NewSet(w, n, w.scope, w.vary)
	w.volumes = volume.NewSet(w, n, w.scope, w.vary)
	return w
}

// Begin starts the worker of a new pod. Containers that its status shows as
// running are adopted, not started again.
func (w *Worker) Begin() {
	if podutil.IsPodPhaseTerminal(w.pod.Status.Phase) {
		w.adopt()
		w.work = terminatedPod
		if w.pod.DeletionTimestamp == nil {
			// The API already has the pod's end.
			w.work, w.finished = noWork, true
			return
		}
		w.request()
		return
	}
	w.adopt()
	w.allocate(w.pod)
	if w.sandbox == nil {
		w.checkSettings()
	}
	if w.pod.DeletionTimestamp != nil {
		w.work = terminatingPod
	}
	w.request()
}

// Update applies a newer state of the pod.
func (w *Worker) Update(pod *corev1.Pod) {
	if !newer(pod, w.pod) {
		return
	}
	before := w.pod
	w.takeIn(pod)
	w.watchDeadline()
	if !sameSettings(before.Annotations, pod.Annotations) {
		w.settingsChanged()
	}
	if w.work == syncPod && (pod.DeletionTimestamp != nil || podutil.IsPodPhaseTerminal(pod.Status.Phase)) {
		w.work = terminatingPod
		w.request()
		w.volumes.Interrupt()
		return
	}
	if w.finished {
		if before.DeletionTimestamp == nil && pod.DeletionTimestamp != nil {
			w.markUnsent()
		}
		return
	}
	// The kubelet syncs a pod whose labels or annotations change: volumes show them.
	described := !maps.Equal(before.Labels, pod.Labels) || !maps.Equal(before.Annotations, pod.Annotations)
	if before.Generation != pod.Generation || described || status.NeedToReconcilePodReadiness(pod) {
		w.request()
	}
	if w.status != nil && contradicts(&pod.Status, w.status) {
		w.markUnsent()
	}
}

// Orphan notes that the pod was removed from the API without the kubelet's doing.
// Its containers are stopped like those of any other pod, but their status is no
// longer reported.
func (w *Worker) Orphan() {
	w.orphaned = true
	switch w.work {
	case syncPod:
		w.work = terminatingPod
		w.request()
	case noWork:
		w.forget()
	case terminatingPod, terminatedPod:
	}
}

// forget ends the worker of a pod that is gone from the API and from the node.
func (w *Worker) forget() {
	w.Remove()
	w.volumes.TearDown()
	w.node.Puller().Forget(string(w.uid()))
	w.node.Forget(w)
	w.node.RetryResizes()
}

// Remove cancels everything that the worker has under way.
func (w *Worker) Remove() {
	w.scope.End()
	for _, c := range w.containers {
		c.Remove()
	}
	w.releaseSandbox()
	w.killed()
}

// request asks for a sync: now, or as soon as the current one has ended and the
// runtime has been listed since.
func (w *Worker) request() {
	if w.busy {
		w.pending = true
		return
	}
	if !w.node.ListedSince(w.seenAfter) {
		w.requestIn(w.node.UntilRelist())
		return
	}
	w.scope.Stop(w.retry)
	w.busy, w.pending, w.unseen = true, false, false
	switch w.work {
	case syncPod:
		w.syncPod()
	case terminatingPod:
		w.syncTerminatingPod()
	case terminatedPod:
		w.syncTerminatedPod()
	case noWork:
		w.busy = false
	}
}

// completeSync ends a sync. After an error the pod is synced again, at the end of
// the back-off if result carries one; transition says that the kind of work has
// changed.
func (w *Worker) completeSync(result kubecontainer.PodSyncResult, transition bool) {
	w.busy, w.seenAfter = false, w.scope.Now()
	err := result.Error()
	switch {
	case transition:
		w.requestIn(0)
	case err != nil:
		delay := backOffPeriod
		if until, ok := kubecontainer.MinBackoffExpiration(err); ok {
			delay = min(max(0, until.Sub(w.scope.Now())), resyncInterval)
		}
		w.requestIn(w.vary.Jitter(delay, backOffJitter))
	case len(result.SyncResults) > 0 && w.unseen:
		// The next sync need not wait for the runtime's next list.
		w.pending, w.seenAfter = true, time.Time{}
	}
	if w.pending {
		w.requestIn(0)
	}
}

func (w *Worker) requestIn(delay time.Duration) {
	w.scope.Stop(w.retry)
	w.retry = w.scope.After(delay, w.request)
}

// RuntimeChanged notes that a container or the sandbox has changed. The kubelet
// sees it when it lists the runtime next.
func (w *Worker) RuntimeChanged() {
	if w.unseen {
		return
	}
	w.unseen = true
	w.scope.After(w.node.UntilRelist(), func() {
		if w.unseen {
			w.unseen = false
			w.request()
		}
	})
}

// ContainerEvent records an event about a container of the pod.
func (w *Worker) ContainerEvent(spec *corev1.Container, kind, reason, message string) {
	if w.scope.Instant {
		return
	}
	about, err := kubecontainer.GenerateContainerRef(w.pod, spec)
	if err != nil {
		return
	}
	w.node.Record(about, kind, reason, message)
}

// Event records an event about the pod.
func (w *Worker) Event(kind, reason, message string) {
	if w.scope.Instant {
		return
	}
	w.node.Record(&corev1.ObjectReference{
		Kind: "Pod", APIVersion: "v1", Namespace: w.pod.Namespace, Name: w.pod.Name,
		UID: w.pod.UID, ResourceVersion: w.pod.ResourceVersion,
	}, kind, reason, message)
}

// newer reports whether candidate is a later state than current. States whose
// versions cannot be compared count as later.
func newer(candidate, current *corev1.Pod) bool {
	order, err := resourceversion.CompareResourceVersion(candidate.ResourceVersion, current.ResourceVersion)
	return err != nil || order > 0
}

// contradicts reports whether readiness or phase in the API differ from what the
// kubelet reported, as they do after the node was considered dead.
func contradicts(inAPI, own *corev1.PodStatus) bool {
	if inAPI.Phase != own.Phase && !podutil.IsPodPhaseTerminal(inAPI.Phase) {
		return true
	}
	_, shown := podutil.GetPodCondition(inAPI, corev1.PodReady)
	_, said := podutil.GetPodCondition(own, corev1.PodReady)
	return shown != nil && said != nil && shown.Status != said.Status
}

var (
	_ container.Pod   = (*Worker)(nil)
	_ environment.Pod = (*Worker)(nil)
	_ imagestore.Pod  = (*Worker)(nil)
	_ probe.Pod       = (*Worker)(nil)
	_ volume.Pod      = (*Worker)(nil)
)

// Object implements volume.Pod.
func (w *Worker) Object() *corev1.Pod { return w.pod }

// NextSync implements volume.Pod.
func (w *Worker) NextSync() (in time.Duration, ok bool) {
	if w.work != syncPod {
		return 0, false
	}
	return w.vary.Between(0, w.vary.Jitter(resyncInterval, backOffJitter)), true
}

// Execute implements probe.Pod.
func (w *Worker) Execute(containerID string, command []string, timeout time.Duration, done func(probe.Execution)) bool {
	c := w.Find(containerID)
	if c == nil {
		return false
	}
	c.Execute(command, timeout, func(outcome container.Execution) { done(probe.Execution(outcome)) })
	return true
}

// RequestSync implements probe.Pod.
func (w *Worker) RequestSync() { w.request() }

// ObjectChanged notes that an object has changed that volumes can show.
func (w *Worker) ObjectChanged(object volume.Object) { w.volumes.ObjectChanged(object) }

// Removed reports whether the pod has no worker any more, or the node has stopped.
func (w *Worker) Removed() bool { return w.scope.Ended() }

// Orphaned reports whether the pod is no longer in the API.
func (w *Worker) Orphaned() bool { return w.orphaned }

// Finished reports whether the pod's status is final and the pod can be deleted.
func (w *Worker) Finished() bool { return w.finished }

// Done reports whether nothing of the pod is left on the node.
func (w *Worker) Done() bool { return w.work == noWork }

// Containers returns the containers that exist in the runtime, oldest first.
func (w *Worker) Containers() []*container.Container { return w.containers }

func (w *Worker) uid() types.UID { return w.pod.UID }
