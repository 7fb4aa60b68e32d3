package pod

import (
	"bytes"
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubetypes "k8s.io/kubernetes/pkg/kubelet/types"
	utilpod "k8s.io/kubernetes/pkg/util/pod"
)

// writeRetry is the delay before a failed status write is retried.
const writeRetry = time.Second

// WriteStatus writes the pod's status to the API, and deletes a pod that has ended
// and whose deletion was requested. It takes the lock only between the requests.
func (w *Worker) WriteStatus(ctx context.Context) {
	n := w.node
	w.scope.Lock()
	w.unsent = false
	if w.scope.Ended() || w.status == nil {
		w.scope.Unlock()
		return
	}
	pod, next, finished := w.pod, *w.status, w.finished
	merged := mergeStatus(&pod.Status, next, w.CouldRun(), w.scope.Now())
	w.scope.Unlock()

	written, unchanged, err := w.putStatus(ctx, pod, merged)
	if err != nil {
		w.writeFailed(ctx, err)
		return
	}
	if !unchanged {
		w.scope.Lock()
		w.scope.Advance()
		// The answer can hold a change that the watch has not delivered yet, such
		// as the deletion. When the watch delivers this version, it is no longer
		// new.
		w.Update(written)
		pod = w.pod
		w.scope.Unlock()
	}
	if !finished || pod.DeletionTimestamp == nil || !podutil.IsPodPhaseTerminal(merged.Phase) || w.deleted {
		return
	}
	now := int64(0)
	err = n.Client().CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: &now,
		Preconditions:      metav1.NewUIDPreconditions(string(pod.UID)),
	})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		w.writeFailed(ctx, err)
		return
	}
	w.deleted = true
}

// putStatus writes a status to a pod in the API, unless the pod already has it.
// The kubelet sends a strategic merge patch that names the pod's UID. The result
// of that patch is the whole status, so an update of the whole status is sent
// here, which costs the API server a quarter of a patch: no patch is computed as
// JSON or applied. If the pod has changed in the meantime, the patch is sent.
func (w *Worker) putStatus(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) (written *corev1.Pod, unchanged bool, err error) {
	if unchanged, err := sameStatus(&pod.Status, &status); unchanged || err != nil {
		return pod, unchanged, err
	}
	whole := *pod
	whole.Status = status
	client := w.node.Client()
	written, err = client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, &whole, metav1.UpdateOptions{})
	if apierrors.IsConflict(err) {
		written, _, unchanged, err = utilpod.PatchPodStatus(ctx, client, pod.Namespace, pod.Name, pod.UID, pod.Status, status)
	}
	return written, unchanged, err
}

// sameStatus reports whether two statuses are equal in the API, which stores times
// in whole seconds.
func sameStatus(a, b *corev1.PodStatus) (bool, error) {
	one, err := a.Marshal()
	if err != nil {
		return false, err
	}
	other, err := b.Marshal()
	return bytes.Equal(one, other), err
}

// writeFailed schedules a retry, unless the pod no longer exists. The error of
// upstream's patch does not tell, so the pod is read.
func (w *Worker) writeFailed(ctx context.Context, cause error) {
	n := w.node
	if ctx.Err() != nil {
		return
	}
	current, err := n.Client().CoreV1().Pods(w.pod.Namespace).Get(ctx, w.pod.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || (err == nil && current.UID != w.pod.UID) {
		return
	}
	klog.FromContext(ctx).Error(cause, "write pod status", "pod", klog.KObj(w.pod), "node", n.Name())
	w.scope.Lock()
	defer w.scope.Unlock()
	if w.scope.Ended() {
		return
	}
	w.scope.Advance()
	if err == nil {
		w.Update(current)
	}
	w.scope.After(writeRetry, w.markUnsent)
}

// mergeStatus is next with the parts that belong to others taken from the API, as
// in the kubelet's mergePodStatus: their conditions and the statuses of resource
// claims. As long as containers could run, the pod does not get a terminal phase,
// nor the condition that says why it was ended.
func mergeStatus(inAPI *corev1.PodStatus, next corev1.PodStatus, couldRun bool, now time.Time) corev1.PodStatus {
	ending := !podutil.IsPodPhaseTerminal(inAPI.Phase) && podutil.IsPodPhaseTerminal(next.Phase)
	conditions := make([]corev1.PodCondition, 0, len(inAPI.Conditions)+len(next.Conditions))
	for _, condition := range inAPI.Conditions {
		if !kubetypes.PodConditionByKubelet(condition.Type) {
			conditions = append(conditions, condition)
		}
	}
	for _, condition := range next.Conditions {
		switch {
		case kubetypes.PodConditionByKubelet(condition.Type):
			conditions = append(conditions, condition)
		case condition.Type == corev1.DisruptionTarget && ending && !couldRun:
			if _, before := podutil.GetPodCondition(inAPI, condition.Type); before == nil || before.Status != condition.Status {
				condition.LastTransitionTime = metav1.NewTime(now).Rfc3339Copy()
			}
			conditions = utilpod.ReplaceOrAppendPodCondition(conditions, &condition)
		}
	}
	next.Conditions = conditions
	if ending && couldRun {
		next.Phase, next.Reason, next.Message = inAPI.Phase, inAPI.Reason, inAPI.Message
	}
	next.ResourceClaimStatuses = inAPI.ResourceClaimStatuses
	next.ExtendedResourceClaimStatus = inAPI.ExtendedResourceClaimStatus
	next.NodeAllocatableResourceClaimStatuses = inAPI.NodeAllocatableResourceClaimStatuses
	next.NominatedNodeName = inAPI.NominatedNodeName
	return next
}
