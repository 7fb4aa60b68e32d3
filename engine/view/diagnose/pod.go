package diagnose

import (
	"cmp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"tabernetes/engine/view/fields"
)

func (d *Diagnoser) pod(pod *corev1.Pod, now time.Time) []Link {
	return d.podOf(pod, d.minReadySeconds(pod), now)
}

// podOf explains a pod that counts as available only after minReadySeconds.
func (d *Diagnoser) podOf(pod *corev1.Pod, minReadySeconds int32, now time.Time) []Link {
	switch {
	case pod.DeletionTimestamp != nil:
		return d.terminating(pod, now)
	case pod.Status.Phase == corev1.PodSucceeded:
		return nil
	case pod.Status.Phase == corev1.PodFailed:
		return d.failedPod(pod)
	case pod.Spec.NodeName == "":
		return d.unscheduled(pod)
	}
	if down := d.downNode(pod.Spec.NodeName); down != nil && !podutil.IsPodReady(pod) {
		return []Link{d.notReady(pod), *down}
	}
	if chain := d.containers(pod); len(chain) > 0 {
		return chain
	}
	if !podutil.IsPodReady(pod) {
		return d.readinessGate(pod)
	}
	if !podutil.IsPodAvailable(pod, minReadySeconds, metav1.NewTime(now)) {
		return []Link{counting(pod, minReadySeconds, now)}
	}
	return nil
}

// minReadySeconds is how long a pod must be ready to be available, by the spec of
// its owner.
func (d *Diagnoser) minReadySeconds(pod *corev1.Pod) int32 {
	controller := metav1.GetControllerOfNoCopy(pod)
	if controller == nil {
		return 0
	}
	return fields.MinReadySeconds(d.find(controller.Kind, pod.Namespace, controller.Name))
}

func counting(pod *corev1.Pod, minReadySeconds int32, now time.Time) Link {
	reference := referenceTo("Pod", pod)
	link := Link{
		Object: reference, Reason: ReasonMinReadySeconds, State: Waiting,
		Parameters: Parameters{"seconds": minReadySeconds, "remaining": 0},
		Command:    command(pod.Namespace, "get", "pod", pod.Name, "-o", "jsonpath={.status.conditions}"),
	}
	if condition := podutil.GetPodReadyCondition(pod.Status); condition != nil {
		end := condition.LastTransitionTime.Add(time.Duration(minReadySeconds) * time.Second)
		link.Parameters["remaining"] = secondsUntil(end, now)
		link.Evidence = []Evidence{conditionEvidence("Ready", string(condition.Status),
			"lastTransitionTime: "+condition.LastTransitionTime.UTC().Format(time.RFC3339))}
	}
	return link
}

// secondsUntil returns whole seconds, rounded up and never negative.
func secondsUntil(end, now time.Time) int64 {
	left := end.Sub(now)
	if left <= 0 {
		return 0
	}
	return int64((left + time.Second - 1) / time.Second)
}

func (d *Diagnoser) terminating(pod *corev1.Pod, now time.Time) []Link {
	reference := referenceTo("Pod", pod)
	remaining := secondsUntil(pod.DeletionTimestamp.Time, now)
	link := Link{
		Object: reference, Reason: ReasonTerminating, State: Waiting,
		Parameters: Parameters{"remaining": remaining},
		Evidence:   []Evidence{field(".metadata.deletionTimestamp", pod.DeletionTimestamp.UTC().Format(time.RFC3339))},
		Command:    describe(reference),
	}
	if pod.DeletionGracePeriodSeconds != nil {
		link.Evidence = append(link.Evidence, field(".metadata.deletionGracePeriodSeconds", *pod.DeletionGracePeriodSeconds))
	}
	if down := d.downNode(pod.Spec.NodeName); down != nil {
		link.State = Blocked
		return []Link{link, *down}
	}
	if len(pod.Finalizers) > 0 && (remaining == 0 || allEnded(pod)) {
		finalizers := d.finalizers(reference, pod)
		link.State = finalizers.State
		return []Link{link, finalizers}
	}
	return []Link{link}
}

func allEnded(pod *corev1.Pod) bool {
	for _, status := range pod.Status.ContainerStatuses {
		if status.State.Terminated == nil {
			return false
		}
	}
	return len(pod.Status.ContainerStatuses) > 0
}

func (d *Diagnoser) failedPod(pod *corev1.Pod) []Link {
	reference := referenceTo("Pod", pod)
	chain := []Link{{
		Object: reference, Reason: ReasonPodFailed, State: Blocked,
		Parameters: Parameters{"reason": cmp.Or(pod.Status.Reason, "Error")},
		Evidence:   []Evidence{field(".status.phase", pod.Status.Phase)},
		Command:    describe(reference),
	}}
	if pod.Status.Message != "" {
		chain[0].Evidence = append(chain[0].Evidence, field(".status.message", pod.Status.Message))
	}
	for _, status := range append(append([]corev1.ContainerStatus{}, pod.Status.InitContainerStatuses...), pod.Status.ContainerStatuses...) {
		if ended := status.State.Terminated; ended != nil && ended.ExitCode != 0 {
			return append(chain, d.exit(pod, status.Name, ended, false)...)
		}
	}
	return chain
}

func (d *Diagnoser) notReady(pod *corev1.Pod) Link {
	reference := referenceTo("Pod", pod)
	var waiting []string
	for _, status := range pod.Status.ContainerStatuses {
		if !status.Ready {
			waiting = append(waiting, status.Name)
		}
	}
	link := Link{
		Object: reference, Reason: ReasonPodNotReady, State: Waiting,
		Parameters: Parameters{"containers": append([]string{}, waiting...)},
		Command:    describe(reference),
	}
	if condition := podutil.GetPodReadyCondition(pod.Status); condition != nil {
		link.Evidence = []Evidence{conditionEvidence("Ready", string(condition.Status), cmp.Or(condition.Message, condition.Reason))}
	} else {
		link.Evidence = []Evidence{field(".status.phase", pod.Status.Phase)}
	}
	return link
}

func (d *Diagnoser) readinessGate(pod *corev1.Pod) []Link {
	symptom := d.notReady(pod)
	for _, gate := range pod.Spec.ReadinessGates {
		_, condition := podutil.GetPodCondition(&pod.Status, gate.ConditionType)
		if condition != nil && condition.Status == corev1.ConditionTrue {
			continue
		}
		symptom.State = Blocked
		link := Link{
			Object: symptom.Object, Reason: ReasonReadinessGate, State: Blocked,
			Parameters: Parameters{"condition": string(gate.ConditionType)},
			Evidence:   []Evidence{field(".spec.readinessGates", gate.ConditionType)},
			Command:    command(pod.Namespace, "get", "pod", pod.Name, "-o", "wide"),
		}
		if condition != nil {
			link.Evidence = append(link.Evidence, conditionEvidence(string(condition.Type), string(condition.Status), condition.Message))
		}
		return []Link{symptom, link}
	}
	return []Link{symptom}
}

// unscheduled explains a pod that has no node.
func (d *Diagnoser) unscheduled(pod *corev1.Pod) []Link {
	reference := referenceTo("Pod", pod)
	_, condition := podutil.GetPodCondition(&pod.Status, corev1.PodScheduled)
	switch {
	case len(pod.Spec.SchedulingGates) > 0:
		gates := make([]string, 0, len(pod.Spec.SchedulingGates))
		for _, gate := range pod.Spec.SchedulingGates {
			gates = append(gates, gate.Name)
		}
		return []Link{{
			Object: reference, Reason: ReasonSchedulingGated, State: Held,
			Parameters: Parameters{"gates": gates},
			Evidence:   []Evidence{field(".spec.schedulingGates", strings.Join(gates, ", "))},
			Command:    describe(reference),
		}}
	case condition == nil || condition.Status != corev1.ConditionFalse:
		evidence := []Evidence{field(".spec.nodeName", "")}
		return append([]Link{{
			Object: reference, Reason: ReasonNotScheduledYet, State: Waiting, Parameters: Parameters{},
			Evidence: evidence,
			Command:  command(pod.Namespace, "get", "pod", pod.Name, "-o", "wide"),
		}}, d.unboundClaim(pod, evidence)...)
	default:
		return d.unschedulable(pod, condition)
	}
}
