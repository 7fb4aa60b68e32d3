package pod

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/events"

	"tabernetes/engine/node/syncloop"
)

// resizeRetry is how often the kubelet retries pending resizes (retryDelay of
// pkg/kubelet/allocation).
const resizeRetry = 3 * time.Minute

// podResize holds how the pod's actual resources differ from those of its spec
// (KEP-1287). A change of the spec is first allocated, if the node has room, and
// then applied to the running containers.
type podResize struct {
	// desired is the pod as the API has it. The worker's own copy has the
	// allocated resources instead.
	desired    *corev1.Pod
	containers map[string]corev1.ResourceRequirements // allocated, by name
	pod        *corev1.ResourceRequirements           // allocated, for the pod as a whole
	pending    *corev1.PodCondition
	inProgress *corev1.PodCondition
	retry      *syncloop.Timer
}

// allocate allocates the resources of the pod's spec.
func (w *Worker) allocate(pod *corev1.Pod) {
	w.resize.desired = pod
	w.resize.containers = map[string]corev1.ResourceRequirements{}
	for spec := range podutil.ContainerIter(&pod.Spec, podutil.InitContainers|podutil.Containers) {
		w.resize.containers[spec.Name] = *spec.Resources.DeepCopy()
	}
	w.resize.pod = pod.Spec.Resources.DeepCopy()
}

// takeIn replaces the worker's pod with a newer state, keeps the allocated
// resources, and begins a resize if the new spec asks for others.
func (w *Worker) takeIn(pod *corev1.Pod) {
	resized := w.resize.desired != nil && !sameResources(w.resize.desired, pod)
	w.resize.desired = pod
	w.pod = w.withAllocation(pod)
	if resized && w.work == syncPod {
		w.tryResize()
	}
}

func sameResources(one, other *corev1.Pod) bool {
	if !apiequality.Semantic.DeepEqual(one.Spec.Resources, other.Spec.Resources) {
		return false
	}
	for i := range one.Spec.Containers {
		if !apiequality.Semantic.DeepEqual(one.Spec.Containers[i].Resources, other.Spec.Containers[i].Resources) {
			return false
		}
	}
	for i := range one.Spec.InitContainers {
		if !apiequality.Semantic.DeepEqual(one.Spec.InitContainers[i].Resources, other.Spec.InitContainers[i].Resources) {
			return false
		}
	}
	return true
}

// withAllocation returns the pod with the resources that are allocated to it.
func (w *Worker) withAllocation(pod *corev1.Pod) *corev1.Pod {
	allocated := pod
	change := func() {
		if allocated == pod {
			allocated = pod.DeepCopy()
		}
	}
	if w.resize.containers == nil {
		return pod
	}
	if !apiequality.Semantic.DeepEqual(pod.Spec.Resources, w.resize.pod) {
		change()
		allocated.Spec.Resources = w.resize.pod
	}
	for i := range pod.Spec.Containers {
		if resources, ok := w.resize.containers[pod.Spec.Containers[i].Name]; ok && !apiequality.Semantic.DeepEqual(pod.Spec.Containers[i].Resources, resources) {
			change()
			allocated.Spec.Containers[i].Resources = resources
		}
	}
	for i := range pod.Spec.InitContainers {
		if resources, ok := w.resize.containers[pod.Spec.InitContainers[i].Name]; ok && !apiequality.Semantic.DeepEqual(pod.Spec.InitContainers[i].Resources, resources) {
			change()
			allocated.Spec.InitContainers[i].Resources = resources
		}
	}
	return allocated
}

// tryResize allocates the resources of the spec, if the node has room
// (pkg/kubelet/allocation, handlePodResourcesResize).
func (w *Worker) tryResize() {
	desired := w.resize.desired
	if w.withAllocation(desired) == desired {
		// The spec has returned to the allocated resources.
		if w.resize.pending != nil {
			w.resize.pending = nil
			w.request()
		}
		return
	}
	message, victims, admitted := w.node.AdmitResize(w, desired)
	if !admitted {
		before := w.resize.pending
		w.resize.pending = w.resizeCondition(before, corev1.PodResizePending, corev1.PodReasonDeferred, message, desired.Generation)
		if before == nil || before.ObservedGeneration != desired.Generation {
			w.Event(corev1.EventTypeWarning, events.ResizeDeferred,
				events.PodResizePendingMsg(klog.Background(), desired, corev1.PodReasonDeferred, message, desired.Generation))
		}
		w.scope.Stop(w.resize.retry)
		w.resize.retry = w.scope.After(resizeRetry, w.tryResize)
		w.request()
		return
	}
	for _, victim := range victims {
		victim.end(func() {})
	}
	w.allocate(desired)
	w.pod = desired
	w.resize.pending = nil
	w.resize.inProgress = w.resizeCondition(nil, corev1.PodResizeInProgress, "", "", desired.Generation)
	w.Event(corev1.EventTypeNormal, events.ResizeStarted, events.PodResizeStartedMsg(klog.Background(), desired, desired.Generation))
	w.request()
}

// RetryResize retries a pending resize, when another pod has gone.
func (w *Worker) RetryResize() {
	if w.resize.pending != nil && w.work == syncPod && !w.scope.Ended() {
		w.tryResize()
	}
}

func (w *Worker) resizeCondition(before *corev1.PodCondition, kind corev1.PodConditionType, reason, message string, generation int64) *corev1.PodCondition {
	now := metav1.NewTime(w.scope.Now()).Rfc3339Copy()
	condition := &corev1.PodCondition{
		Type: kind, Status: corev1.ConditionTrue, LastProbeTime: now, LastTransitionTime: now,
		ObservedGeneration: generation, Reason: reason, Message: message,
	}
	if before != nil && before.Reason == reason {
		condition.LastTransitionTime = before.LastTransitionTime
	}
	return condition
}

// resizeConditions returns the conditions of the pod's resize. A pod that has
// ended has none.
func (w *Worker) resizeConditions(final bool) []corev1.PodCondition {
	var conditions []corev1.PodCondition
	for _, condition := range []*corev1.PodCondition{w.resize.pending, w.resize.inProgress} {
		if condition != nil && !final {
			conditions = append(conditions, *condition)
		}
	}
	return conditions
}

// followResize updates the conditions of a resize from the resources that the
// containers have, at the beginning of a sync.
func (w *Worker) followResize() {
	switch behind := w.resizeBehind(); {
	case behind && w.resize.inProgress == nil:
		w.resize.inProgress = w.resizeCondition(nil, corev1.PodResizeInProgress, "", "", w.pod.Generation)
	case !behind && w.resize.inProgress != nil:
		generation := w.resize.inProgress.ObservedGeneration
		w.resize.inProgress = nil
		w.Event(corev1.EventTypeNormal, events.ResizeCompleted, events.PodResizeCompletedMsg(klog.Background(), w.pod, generation))
	}
}

// resizeBehind reports whether a running container does not yet have the resources
// that are allocated to it.
func (w *Worker) resizeBehind() bool {
	for _, c := range w.Running() {
		spec := kubecontainer.GetContainerSpec(w.pod, c.Spec().Name)
		if spec != nil && resizable(w.pod, spec) && !sameComputeResources(&spec.Resources, c.Resources()) {
			return true
		}
	}
	return false
}

// resizable reports whether a container's resources can be changed: not those of
// ephemeral containers, nor of init containers that are not sidecars.
func resizable(pod *corev1.Pod, spec *corev1.Container) bool {
	for i := range pod.Spec.Containers {
		if pod.Spec.Containers[i].Name == spec.Name {
			return true
		}
	}
	return podutil.IsRestartableInitContainer(spec)
}

func sameComputeResources(one, other *corev1.ResourceRequirements) bool {
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		if !one.Requests[name].Equal(other.Requests[name]) || !one.Limits[name].Equal(other.Limits[name]) {
			return false
		}
	}
	return true
}

// resizeActions decides about a running container whose resources are to change:
// it is resized in place, or restarted if its resize policy says so.
func (w *Worker) resizeActions(spec *corev1.Container, status *kubecontainer.Status, todo *actions) (restart bool) {
	c := w.Find(status.ID.String())
	if c == nil || sameComputeResources(&spec.Resources, c.Resources()) {
		return false
	}
	for _, policy := range spec.ResizePolicy {
		name := policy.ResourceName
		changes := !spec.Resources.Requests[name].Equal(c.Resources().Requests[name]) || !spec.Resources.Limits[name].Equal(c.Resources().Limits[name])
		if changes && policy.RestartPolicy == corev1.RestartContainer {
			todo.stop = append(todo.stop, stopping{id: status.ID, name: spec.Name, message: fmt.Sprintf("Container %s resize requires restart", spec.Name)})
			return true
		}
	}
	todo.resize = append(todo.resize, c)
	return false
}

// resize applies new resources to running containers. A memory limit is not
// lowered below the container's usage.
func (s *podSync) resize() {
	w := s.worker
	result := kubecontainer.NewSyncResult(kubecontainer.ResizePodInPlace, w.pod.Name)
	s.result.AddSyncResult(result)
	if problems := s.limitsBelowUsage(); len(problems) > 0 {
		message := "cannot decrease memory limits: " + aggregate(problems)
		result.Fail(kubecontainer.ErrResizePodInPlace, message)
		w.resizeFailed(message)
		return
	}
	for _, c := range s.todo.resize {
		c.Resize(&kubecontainer.GetContainerSpec(w.pod, c.Spec().Name).Resources)
	}
	w.RuntimeChanged()
}

func (s *podSync) limitsBelowUsage() []string {
	var problems []string
	for _, c := range s.todo.resize {
		spec := kubecontainer.GetContainerSpec(s.worker.pod, c.Spec().Name)
		wanted, before := spec.Resources.Limits.Memory(), c.Resources().Limits.Memory()
		used := c.Memory()
		if !wanted.IsZero() && (before.IsZero() || wanted.Cmp(*before) < 0) && used >= wanted.Value() {
			problems = append(problems, fmt.Sprintf("attempting to set container %q memory limit (%d) below current usage (%d)", c.Spec().Name, wanted.Value(), used))
		}
	}
	return problems
}

// aggregate joins messages in the format of apimachinery's aggregate error.
func aggregate(problems []string) string {
	if len(problems) == 1 {
		return problems[0]
	}
	return "[" + strings.Join(problems, ", ") + "]"
}

func (w *Worker) resizeFailed(message string) {
	before := w.resize.inProgress
	generation := w.pod.Generation
	if before != nil {
		generation = before.ObservedGeneration
		if before.Reason == corev1.PodReasonError && before.Message == message {
			return
		}
	}
	w.resize.inProgress = w.resizeCondition(before, corev1.PodResizeInProgress, corev1.PodReasonError, message, generation)
	w.Event(corev1.EventTypeWarning, events.ResizeError, events.PodResizeErrorMsg(klog.Background(), w.pod, generation, message))
}

// resourcesOf returns the resources that a container's status shows: those of its
// control group while it runs, otherwise those that it will get.
func (w *Worker) resourcesOf(entry *kubecontainer.Status, spec *corev1.Container) *corev1.ResourceRequirements {
	if c := w.Find(entry.ID.String()); c != nil && c.IsRunning() {
		return c.Resources().DeepCopy()
	}
	return spec.Resources.DeepCopy()
}
