package pod

import (
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	resourcehelper "k8s.io/component-helpers/resource"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	v1qos "k8s.io/kubernetes/pkg/apis/core/v1/helper/qos"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/status"
	kubetypes "k8s.io/kubernetes/pkg/kubelet/types"
	utilpod "k8s.io/kubernetes/pkg/util/pod"
)

// Status is the status that was generated last, or the API's before the first.
func (w *Worker) Status() *corev1.PodStatus {
	if w.status != nil {
		return w.status
	}
	return &w.pod.Status
}

// generateStatus makes the pod's status from the runtime's view, as the kubelet's
// generateAPIPodStatus does: container statuses, phase, probe results, then the
// conditions in the kubelet's order, built by upstream. final says that no
// container will be started any more.
func (w *Worker) generateStatus(view *kubecontainer.PodStatus, final bool) corev1.PodStatus {
	pod, old := w.pod, w.Status()
	var next corev1.PodStatus
	for _, ip := range view.IPs {
		next.PodIPs = append(next.PodIPs, corev1.PodIP{IP: ip})
		next.PodIP = next.PodIPs[0].IP
	}
	next.QOSClass = v1qos.GetPodQOS(pod)
	restarting := kubecontainer.ShouldAllContainersRestart(pod, view, old)
	next.ContainerStatuses = w.containerStatuses(view, old.ContainerStatuses, pod.Spec.Containers, false, restarting)
	next.InitContainerStatuses = w.containerStatuses(view, old.InitContainerStatuses, pod.Spec.InitContainers, true, restarting)
	if len(pod.Spec.EphemeralContainers) > 0 {
		next.EphemeralContainerStatuses = w.containerStatuses(view, old.EphemeralContainerStatuses, ephemeralSpecs(pod), false, restarting)
	}
	options := resourcehelper.PodResourcesOptions{}
	next.Resources = podResources(pod, options)
	next.AllocatedResources = resourcehelper.PodRequests(pod, options)

	all := append(append([]corev1.ContainerStatus{}, next.ContainerStatuses...), next.InitContainerStatuses...)
	next.Phase = phaseOf(pod, all, final, kubecontainer.HasAnyActiveRegularContainerStarted(&pod.Spec, view))
	for _, reached := range []corev1.PodPhase{old.Phase, pod.Status.Phase} {
		// A terminal phase is final.
		if podutil.IsPodPhaseTerminal(reached) && !podutil.IsPodPhaseTerminal(next.Phase) {
			next.Phase = reached
		}
	}
	if next.Phase == old.Phase {
		next.Reason, next.Message = old.Reason, old.Message
		if next.Reason == "" {
			next.Reason = pod.Status.Reason
		}
		if next.Message == "" {
			next.Message = pod.Status.Message
		}
	}
	if w.pastDeadline() {
		w.Event(corev1.EventTypeNormal, reasonDeadline, messageDeadline)
		next.Phase, next.Reason, next.Message = corev1.PodFailed, reasonDeadline, messageDeadline
	}
	if podutil.IsPodPhaseTerminal(pod.Status.Phase) {
		next.Phase = pod.Status.Phase
	}
	w.probes.Apply(&next)
	next.Conditions = w.conditions(view, &next, final)
	next.HostIP = w.node.InternalIP()
	next.HostIPs = []corev1.HostIP{{IP: next.HostIP}}
	if kubecontainer.IsHostNetworkPod(pod) && next.PodIP == "" {
		next.PodIP = next.HostIP
		next.PodIPs = []corev1.PodIP{{IP: next.HostIP}}
	}
	return next
}

// conditions returns the conditions that others have set, unchanged, followed by
// the kubelet's.
func (w *Worker) conditions(view *kubecontainer.PodStatus, next *corev1.PodStatus, final bool) []corev1.PodCondition {
	pod, old := w.pod, w.Status()
	conditions := make([]corev1.PodCondition, 0, len(pod.Status.Conditions)+5)
	for _, condition := range pod.Status.Conditions {
		if !kubetypes.PodConditionByKubelet(condition.Type) {
			conditions = append(conditions, condition)
		}
	}
	conditions = append(conditions, w.resizeConditions(final)...)
	if _, condition := podutil.GetPodCondition(old, corev1.DisruptionTarget); condition != nil {
		conditions = utilpod.ReplaceOrAppendPodCondition(conditions, condition)
	}
	all := append(append([]corev1.ContainerStatus{}, next.InitContainerStatuses...), next.ContainerStatuses...)
	conditions = append(conditions, status.GeneratePodReadyToStartContainersCondition(pod, old, view))
	conditions = append(conditions, status.GeneratePodInitializedCondition(pod, old, all, next.Phase))
	conditions = append(conditions, status.GeneratePodReadyCondition(pod, old, conditions, all, next.Phase))
	conditions = append(conditions, status.GenerateContainersReadyCondition(pod, old, all, next.Phase))
	conditions = append(conditions, corev1.PodCondition{
		Type:               corev1.PodScheduled,
		Status:             corev1.ConditionTrue,
		ObservedGeneration: podutil.CalculatePodConditionObservedGeneration(old, pod.Generation, corev1.PodScheduled),
	})
	if podutil.AllContainersCouldRestart(&pod.Spec) {
		conditions = append(conditions, status.GenerateAllContainersRestartingCondition(pod, view, old, next.Phase))
	}
	return conditions
}

// ephemeralSpecs are the pod's ephemeral containers as containers.
func ephemeralSpecs(pod *corev1.Pod) []corev1.Container {
	specs := make([]corev1.Container, len(pod.Spec.EphemeralContainers))
	for i := range pod.Spec.EphemeralContainers {
		specs[i] = corev1.Container(pod.Spec.EphemeralContainers[i].EphemeralContainerCommon)
	}
	return specs
}

// podResources returns the resources of the pod as a whole. Once the pod runs they
// are those of its control group, which has a limit only if one is set for the pod
// or for every container.
func podResources(pod *corev1.Pod, options resourcehelper.PodResourcesOptions) *corev1.ResourceRequirements {
	resources := &corev1.ResourceRequirements{
		Requests: resourcehelper.PodRequests(pod, options),
		Limits:   resourcehelper.PodLimits(pod, options),
	}
	if pod.Status.Phase != corev1.PodRunning {
		return resources
	}
	for name := range resources.Limits {
		if pod.Spec.Resources != nil {
			if _, limited := pod.Spec.Resources.Limits[name]; limited {
				continue
			}
		}
		for _, spec := range pod.Spec.Containers {
			if _, set := spec.Resources.Limits[name]; !set {
				delete(resources.Limits, name)
				break
			}
		}
	}
	return resources
}

// sandboxReady reports the condition that the pod is ready to start containers at
// once; the rest of the status follows with the next sync.
func (w *Worker) sandboxReady() {
	next := *w.Status().DeepCopy()
	next.Conditions = utilpod.ReplaceOrAppendPodCondition(next.Conditions, &corev1.PodCondition{
		Type:               corev1.PodReadyToStartContainers,
		Status:             corev1.ConditionTrue,
		ObservedGeneration: podutil.CalculatePodConditionObservedGeneration(&next, w.pod.Generation, corev1.PodReadyToStartContainers),
	})
	w.setStatus(next)
}

// setStatus makes next the pod's status, and has it sent if it differs from the
// last one.
func (w *Worker) setStatus(next corev1.PodStatus) {
	old := w.Status()
	next.ObservedGeneration = max(podutil.CalculatePodStatusObservedGeneration(w.pod), old.ObservedGeneration)
	now := metav1.NewTime(w.scope.Now()).Rfc3339Copy()
	for i := range next.Conditions {
		condition := &next.Conditions[i]
		if !kubetypes.PodConditionByKubelet(condition.Type) || condition.Type == corev1.PodResizePending || condition.Type == corev1.PodResizeInProgress {
			continue
		}
		condition.LastTransitionTime = now
		if _, before := podutil.GetPodCondition(old, condition.Type); before != nil && before.Status == condition.Status {
			condition.LastTransitionTime = before.LastTransitionTime
		}
	}
	next.StartTime = old.StartTime
	if next.StartTime == nil {
		next.StartTime = &now
	}
	if w.status != nil && apiequality.Semantic.DeepEqual(w.status, &next) {
		return
	}
	w.status = &next
	w.watchDeadline()
	w.markUnsent()
}

// ShowReadiness changes the readiness of a container in the status at once.
func (w *Worker) ShowReadiness(containerID string, ready bool) {
	if w.status == nil {
		return
	}
	next := w.status.DeepCopy()
	for _, statuses := range [][]corev1.ContainerStatus{next.ContainerStatuses, next.InitContainerStatuses} {
		for i := range statuses {
			if statuses[i].ContainerID == containerID {
				statuses[i].Ready = ready
			}
		}
	}
	all := append(append([]corev1.ContainerStatus{}, next.InitContainerStatuses...), next.ContainerStatuses...)
	for _, condition := range []corev1.PodCondition{
		status.GeneratePodReadyCondition(w.pod, w.status, next.Conditions, all, next.Phase),
		status.GenerateContainersReadyCondition(w.pod, w.status, all, next.Phase),
	} {
		if i, _ := podutil.GetPodConditionFromList(next.Conditions, condition.Type); i >= 0 {
			next.Conditions[i] = condition
		}
	}
	w.setStatus(*next)
}

// markUnsent schedules the status to be sent at the end of the turn.
func (w *Worker) markUnsent() {
	if w.unsent || w.status == nil || w.scope.Ended() || w.orphaned {
		return
	}
	w.unsent = true
	w.node.StatusChanged(w)
}
