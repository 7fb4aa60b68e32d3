package kubelet

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
	"k8s.io/kubernetes/pkg/kubelet/preemption"
	schedulerframework "k8s.io/kubernetes/pkg/scheduler/framework"

	"tabernetes/engine/node/pod"
)

// Reasons and texts of pkg/kubelet/nodeshutdown, which does not export them.
const (
	nodeShutdownRejection        = "NodeShutdown"
	nodeShutdownRejectionMessage = "Pod was rejected as the node is shutting down."
)

// add starts with a new pod: it is admitted or rejected, once during its time on
// this kubelet. The caller holds the lock.
func (k *Kubelet) add(w *pod.Worker) {
	if k.start == Resumed && w.Object().Status.StartTime != nil ||
		podutil.IsPodPhaseTerminal(w.Object().Status.Phase) || w.Object().DeletionTimestamp != nil {
		w.Begin()
		return
	}
	result, victims := k.admit(w, w.Object(), lifecycle.AddOperation)
	if !result.Admit {
		w.Reject(result.Reason, result.Message)
		return
	}
	w.BeginAfter(victims)
}

// admit asks upstream's admission handlers in the kubelet's order: pressure on the
// node, the scheduler's checks (resources, node affinity, host ports, NoExecute
// taints), and finally whether the node is shutting down. The pod is the worker's,
// or the same one with other resources.
func (k *Kubelet) admit(w *pod.Worker, object *corev1.Pod, operation lifecycle.Operation) (lifecycle.PodAdmitResult, []pod.Victim) {
	if k.loop.Instant {
		return lifecycle.PodAdmitResult{Admit: true}, nil
	}
	var victims []pod.Victim
	kill := func(object *corev1.Pod, _ bool, grace *int64, amend func(*corev1.PodStatus)) error {
		if chosen := k.pods[object.UID]; chosen != nil {
			victims = append(victims, pod.Victim{Worker: chosen, Grace: graceOf(grace), Amend: amend})
		}
		return nil
	}
	others := k.activePods(w)
	critical := preemption.NewCriticalPodAdmissionHandler(func() []*corev1.Pod { return others }, kill, nodeRecorder{node: k, held: true})
	fits := lifecycle.NewPredicateAdmitHandler(k.self, critical, func(*schedulerframework.NodeInfo, *lifecycle.PodAdmitAttributes) error { return nil })
	attributes := &lifecycle.PodAdmitAttributes{Pod: object, OtherPods: others, Operation: operation}
	for _, ask := range []func() lifecycle.PodAdmitResult{
		func() lifecycle.PodAdmitResult { return k.evictions.Admit(context.Background(), attributes) },
		func() lifecycle.PodAdmitResult { return admitSystem(object) },
		func() lifecycle.PodAdmitResult {
			portable := *attributes
			portable.Pod = withoutSystem(object)
			return fits.Admit(context.Background(), &portable)
		},
		k.admitDuringShutdown,
	} {
		if result := ask(); !result.Admit {
			return result, nil
		}
	}
	return lifecycle.PodAdmitResult{Admit: true}, victims
}

// self returns the node for upstream's admission, which changes its copy: as the
// kubelet knows it from the API, or as it will register.
func (k *Kubelet) self(context.Context, bool) (*corev1.Node, error) {
	known := k.heartbeat.self
	if listed, err := k.lister.Get(k.name); err == nil && (known == nil || newerNode(listed, known)) {
		known = listed
	}
	if known != nil {
		return known.DeepCopy(), nil
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: k.name, Labels: k.labels()},
		Status:     corev1.NodeStatus{Capacity: k.machine.Capacity(), Allocatable: k.machine.Allocatable()},
	}, nil
}

// admitSystem and withoutSystem replace the two checks of upstream's handler that
// compare with the operating system that the program was compiled for, which is
// "js" in a browser.
func admitSystem(pod *corev1.Pod) lifecycle.PodAdmitResult {
	if wanted, set := pod.Labels[corev1.LabelOSStable]; set && wanted != nodeOS {
		return lifecycle.PodAdmitResult{
			Reason:  lifecycle.PodOSSelectorNodeLabelDoesNotMatch,
			Message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
		}
	}
	if pod.Spec.OS != nil && string(pod.Spec.OS.Name) != nodeOS {
		return lifecycle.PodAdmitResult{
			Reason:  lifecycle.PodOSNotSupported,
			Message: "Failed to admit pod as the OS field doesn't match node OS",
		}
	}
	return lifecycle.PodAdmitResult{Admit: true}
}

func withoutSystem(pod *corev1.Pod) *corev1.Pod {
	if runtime.GOOS == nodeOS {
		return pod
	}
	pod = pod.DeepCopy()
	pod.Spec.OS = nil
	delete(pod.Labels, corev1.LabelOSStable)
	return pod
}

func (k *Kubelet) admitDuringShutdown() lifecycle.PodAdmitResult {
	if !k.stopping {
		return lifecycle.PodAdmitResult{Admit: true}
	}
	return lifecycle.PodAdmitResult{Reason: nodeShutdownRejection, Message: nodeShutdownRejectionMessage}
}

// activePods returns the pods that were admitted and have not ended, except one,
// oldest first. The caller holds the lock.
func (k *Kubelet) activePods(except *pod.Worker) []*corev1.Pod {
	var active []*corev1.Pod
	for _, w := range k.pods {
		if w != except && w.CouldRun() {
			active = append(active, w.Object())
		}
	}
	slices.SortFunc(active, func(a, b *corev1.Pod) int {
		if order := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); order != 0 {
			return order
		}
		return strings.Compare(string(a.UID), string(b.UID))
	})
	return active
}

func graceOf(grace *int64) *time.Duration {
	if grace == nil {
		return nil
	}
	whole := time.Duration(*grace) * time.Second
	return &whole
}
