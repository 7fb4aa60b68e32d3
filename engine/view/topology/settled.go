package topology

import (
	"cmp"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"
	jobutil "k8s.io/kubernetes/pkg/controller/job/util"

	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/fields"
)

// Settled reports whether nothing will change any more unless someone acts:
//
//   - the informers have their first lists, and nothing is being deleted or
//     waits for the garbage collector because its owner is gone;
//   - every workload's controller has seen its newest generation, its counts
//     are as wanted, and its status says what its pods say. A paused Deployment
//     may stay half rolled out, and a Deployment that has exceeded its progress
//     deadline has given up;
//   - every pod is available (ready for minReadySeconds of its owner), has
//     ended, or waits for room on the nodes (Unschedulable) or for a gate;
//   - every Job has ended or is suspended, every node is ready or has been lost.
//
// Schedules do not count: a CronJob between its runs is settled, and so are
// objects with a time to live. A container that fails for ever never settles,
// because its back-off goes on. A caller that waits for Settled needs a time
// limit.
//
// The answer is about the state that the informers have seen. A recent write is
// part of it once its watch events have been handled: on the virtual clock when
// time next moves, elsewhere when Frame shows it.
func (topology *Topology) Settled() bool {
	for _, registration := range topology.registrations {
		if !registration.HasSynced() {
			return false
		}
	}
	topology.mu.Lock()
	defer topology.mu.Unlock()
	now := metav1.Now()
	// While the cluster is busy, the obstacle of the last call mostly still
	// exists.
	if known := topology.graph.entries[topology.obstacle]; known != nil && topology.graph.obstacle(known, now) != "" {
		return false
	}
	for uid, known := range topology.graph.entries {
		if topology.graph.obstacle(known, now) != "" {
			topology.obstacle = uid
			return false
		}
	}
	topology.obstacle = ""
	return true
}

// Obstacles returns the reasons why the cluster is not settled, one line per
// object, sorted. They are for the error message of a caller that has waited for
// Settled in vain.
func (topology *Topology) Obstacles() []string {
	topology.mu.Lock()
	defer topology.mu.Unlock()
	now := metav1.Now()
	var obstacles []string
	for _, known := range topology.graph.entries {
		if obstacle := topology.graph.obstacle(known, now); obstacle != "" {
			obstacles = append(obstacles, obstacle)
		}
	}
	slices.Sort(obstacles)
	return obstacles
}

// obstacle returns what is still to happen to an object, "" for nothing.
func (graph *graph) obstacle(known *entry, now metav1.Time) string {
	kind, reason := graph.unrest(known, now)
	if reason == "" {
		return ""
	}
	return describe(kind, known.object) + ": " + reason
}

// deploymentTreeObstacle returns what is still to happen to a Deployment, its
// ReplicaSets or their pods, "" for nothing. Of several obstacles it returns any
// one.
func (graph *graph) deploymentTreeObstacle(deployment *appsv1.Deployment, now metav1.Time) string {
	if known := graph.entries[deployment.UID]; known != nil {
		if obstacle := graph.obstacle(known, now); obstacle != "" {
			return obstacle
		}
	}
	for replicaSet := range graph.owned[deployment.UID] {
		if obstacle := graph.obstacle(graph.entries[replicaSet], now); obstacle != "" {
			return obstacle
		}
		for pod := range graph.owned[replicaSet] {
			if obstacle := graph.obstacle(graph.entries[pod], now); obstacle != "" {
				return obstacle
			}
		}
	}
	return ""
}

// unrest returns the kind of an object and what is still to happen to it.
func (graph *graph) unrest(known *entry, now metav1.Time) (kind, reason string) {
	kind, reason = graph.unrestOfKind(known.object, now)
	// A claim waits for its pods, and a volume for its claim.
	if known.object.GetDeletionTimestamp() != nil && kind != kindClaim && kind != kindVolume {
		return kind, "is being deleted"
	}
	if controller := metav1.GetControllerOfNoCopy(known.object); controller != nil && shown(controller) && graph.entries[controller.UID] == nil {
		return kind, fmt.Sprintf("waits for the garbage collector, its owner %s %q is gone", controller.Kind, controller.Name)
	}
	return kind, reason
}

// shown reports whether objects of the owner's kind are in the graph, so that a
// missing one must have been deleted.
func shown(owner *metav1.OwnerReference) bool {
	switch owner.APIVersion {
	case corev1.SchemeGroupVersion.String():
		return owner.Kind == kindReplicationController
	case appsv1.SchemeGroupVersion.String():
		return slices.Contains([]string{kindDeployment, kindReplicaSet, kindStatefulSet, kindDaemonSet}, owner.Kind)
	case batchv1.SchemeGroupVersion.String():
		return owner.Kind == kindJob || owner.Kind == kindCronJob
	default:
		return false
	}
}

func (graph *graph) unrestOfKind(object metav1.Object, now metav1.Time) (kind, reason string) {
	switch object := object.(type) {
	case *appsv1.Deployment:
		return kindDeployment, graph.deploymentUnrest(object)
	case *appsv1.ReplicaSet:
		return kindReplicaSet, graph.replicaSetUnrest(object, now)
	case *appsv1.StatefulSet:
		return kindStatefulSet, graph.statefulSetUnrest(object)
	case *appsv1.DaemonSet:
		return kindDaemonSet, graph.daemonSetUnrest(object)
	case *batchv1.Job:
		return kindJob, jobUnrest(object)
	case *batchv1.CronJob:
		if len(object.Status.Active) > 0 {
			return kindCronJob, "has active jobs"
		}
		return kindCronJob, ""
	case *corev1.Pod:
		return kindPod, podUnrest(object, graph.minReadySeconds(object), now)
	case *corev1.Node:
		return kindNode, nodeUnrest(object)
	case *corev1.Service:
		return kindService, ""
	case *autoscalingv2.HorizontalPodAutoscaler:
		return kindAutoscaler, ""
	case *policyv1.PodDisruptionBudget:
		return kindBudget, ""
	case *corev1.ReplicationController:
		return kindReplicationController, graph.replicationControllerUnrest(object)
	case *custom.Object:
		return object.GetKind(), "" // only its own controller knows what it waits for
	case *corev1.PersistentVolumeClaim:
		return kindClaim, ""
	case *corev1.PersistentVolume:
		return kindVolume, ""
	default:
		return "", ""
	}
}

func (graph *graph) deploymentUnrest(deployment *appsv1.Deployment) string {
	status := deployment.Status
	if status.ObservedGeneration < deployment.Generation {
		return unobserved(deployment.Generation, status.ObservedGeneration)
	}
	replicaSets := graph.replicaSets(deployment.UID)
	switch {
	case status.Replicas != deploymentutil.GetActualReplicaCountForReplicaSets(replicaSets),
		status.ReadyReplicas != deploymentutil.GetReadyReplicaCountForReplicaSets(replicaSets),
		status.AvailableReplicas != deploymentutil.GetAvailableReplicaCountForReplicaSets(replicaSets):
		return "its status does not yet say what its replica sets say"
	case count(status.TerminatingReplicas) != 0:
		return fmt.Sprintf("%d replicas are terminating", *status.TerminatingReplicas)
	case deployment.Spec.Paused || deploymentutil.DeploymentComplete(deployment, &status):
		return ""
	}
	if condition := deploymentutil.GetDeploymentCondition(status, appsv1.DeploymentProgressing); condition != nil && condition.Reason == deploymentutil.TimedOutReason {
		return ""
	}
	return fmt.Sprintf("%d of %d replicas updated, %d available, %d in all",
		status.UpdatedReplicas, fields.Replicas(deployment.Spec.Replicas), status.AvailableReplicas, status.Replicas)
}

func (graph *graph) replicaSetUnrest(replicaSet *appsv1.ReplicaSet, now metav1.Time) string {
	status := replicaSet.Status
	if status.ObservedGeneration < replicaSet.Generation {
		return unobserved(replicaSet.Generation, status.ObservedGeneration)
	}
	if wanted := fields.Replicas(replicaSet.Spec.Replicas); status.Replicas != wanted {
		return fmt.Sprintf("%d of %d replicas", status.Replicas, wanted)
	}
	if terminating := count(status.TerminatingReplicas); terminating != 0 {
		return fmt.Sprintf("%d replicas are terminating", terminating)
	}
	var current, ready, available int32
	for _, pod := range controlled[*corev1.Pod](graph, replicaSet.UID) {
		// As in controller.FilterActivePods: other pods do not count.
		if podutil.IsPodTerminal(pod) || pod.DeletionTimestamp != nil {
			continue
		}
		current++
		if podutil.IsPodReady(pod) {
			ready++
		}
		if podutil.IsPodAvailable(pod, replicaSet.Spec.MinReadySeconds, now) {
			available++
		}
	}
	if status.Replicas != current || status.ReadyReplicas != ready || status.AvailableReplicas != available {
		return "its status does not yet say what its pods say"
	}
	return ""
}

func (graph *graph) replicationControllerUnrest(controller *corev1.ReplicationController) string {
	status := controller.Status
	if status.ObservedGeneration < controller.Generation {
		return unobserved(controller.Generation, status.ObservedGeneration)
	}
	wanted := fields.Replicas(controller.Spec.Replicas)
	if status.Replicas != wanted || status.AvailableReplicas != wanted {
		if graph.stuck(controller.UID) {
			return ""
		}
		return fmt.Sprintf("%d of %d replicas, %d available", status.Replicas, wanted, status.AvailableReplicas)
	}
	return ""
}

func (graph *graph) statefulSetUnrest(set *appsv1.StatefulSet) string {
	status := set.Status
	if status.ObservedGeneration < set.Generation {
		return unobserved(set.Generation, status.ObservedGeneration)
	}
	wanted := fields.Replicas(set.Spec.Replicas)
	if status.Replicas != wanted || status.ReadyReplicas != wanted || status.AvailableReplicas != wanted {
		if graph.stuck(set.UID) {
			return ""
		}
		return fmt.Sprintf("%d of %d replicas, %d available", status.Replicas, wanted, status.AvailableReplicas)
	}
	if set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType {
		return ""
	}
	var partition int32
	if rolling := set.Spec.UpdateStrategy.RollingUpdate; rolling != nil {
		partition = count(rolling.Partition)
	}
	if status.UpdatedReplicas < wanted-partition || partition == 0 && status.CurrentRevision != status.UpdateRevision {
		return fmt.Sprintf("%d of %d replicas updated", status.UpdatedReplicas, wanted-partition)
	}
	return ""
}

func (graph *graph) daemonSetUnrest(set *appsv1.DaemonSet) string {
	status := set.Status
	if status.ObservedGeneration < set.Generation {
		return unobserved(set.Generation, status.ObservedGeneration)
	}
	wanted := status.DesiredNumberScheduled
	updates := set.Spec.UpdateStrategy.Type != appsv1.OnDeleteDaemonSetStrategyType
	if status.CurrentNumberScheduled != wanted || status.NumberReady != wanted || status.NumberAvailable != wanted ||
		status.NumberMisscheduled != 0 || updates && status.UpdatedNumberScheduled != wanted {
		if graph.stuck(set.UID) {
			return ""
		}
		return fmt.Sprintf("%d of %d pods scheduled, %d updated, %d available",
			status.CurrentNumberScheduled, wanted, status.UpdatedNumberScheduled, status.NumberAvailable)
	}
	return ""
}

func jobUnrest(job *batchv1.Job) string {
	switch {
	case jobutil.IsJobFinished(job):
		return ""
	case job.Spec.Suspend != nil && *job.Spec.Suspend && job.Status.Active == 0:
		return ""
	default:
		return "has not ended"
	}
}

// stuck reports whether a pod of owner waits for somebody to make room or to lift
// a gate, so that the counts of owner do not change.
func (graph *graph) stuck(owner types.UID) bool {
	return slices.ContainsFunc(controlled[*corev1.Pod](graph, owner), waitsForAction)
}

// waitsForAction reports whether the scheduler has found no node, or a gate holds
// the pod.
func waitsForAction(pod *corev1.Pod) bool {
	_, condition := podutil.GetPodCondition(&pod.Status, corev1.PodScheduled)
	return pod.Spec.NodeName == "" && condition != nil && condition.Status == corev1.ConditionFalse &&
		(condition.Reason == corev1.PodReasonUnschedulable || condition.Reason == corev1.PodReasonSchedulingGated)
}

func podUnrest(pod *corev1.Pod, minReadySeconds int32, now metav1.Time) string {
	switch {
	case podutil.IsPodTerminal(pod), waitsForAction(pod), podutil.IsPodAvailable(pod, minReadySeconds, now):
		return ""
	case pod.Spec.NodeName == "":
		return "is not scheduled"
	case podutil.IsPodReady(pod):
		return fmt.Sprintf("is not yet ready for %d s", minReadySeconds)
	default:
		return "is not ready"
	}
}

// minReadySeconds is how long a pod must be ready to be available, by the spec of
// its owner.
func (graph *graph) minReadySeconds(pod *corev1.Pod) int32 {
	controller := metav1.GetControllerOfNoCopy(pod)
	if controller == nil {
		return 0
	}
	owner := graph.entries[controller.UID]
	if owner == nil {
		return 0
	}
	return fields.MinReadySeconds(owner.object)
}

// nodeUnrest returns what is still to happen to a node, "" for nothing. A node
// that has not reported yet becomes ready by itself; one that no longer reports
// (Unknown) does not. Its taint follows its condition.
func nodeUnrest(node *corev1.Node) string {
	ready := nodeReady(node)
	tainted := slices.ContainsFunc(node.Spec.Taints, func(taint corev1.Taint) bool {
		return taint.Key == corev1.TaintNodeNotReady || taint.Key == corev1.TaintNodeUnreachable
	})
	switch {
	case ready != corev1.ConditionTrue && ready != corev1.ConditionUnknown:
		return fmt.Sprintf("its condition Ready is %q", cmp.Or(string(ready), "unset"))
	case tainted != (ready == corev1.ConditionUnknown):
		return "its taints do not yet follow its condition Ready"
	default:
		return ""
	}
}

func unobserved(generation, observed int64) string {
	return fmt.Sprintf("its controller has observed generation %d of %d", observed, generation)
}

func count(number *int32) int32 {
	if number == nil {
		return 0
	}
	return *number
}
