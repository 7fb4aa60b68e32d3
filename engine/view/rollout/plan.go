package rollout

import (
	"sort"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"

	"tabernetes/engine/view/fields"
)

// Resize is a new size that the controller gives a ReplicaSet.
type Resize struct {
	// ReplicaSet is the ReplicaSet's name, "" for one that is still to be created.
	ReplicaSet string `json:"replicaSet"`
	// From and To are pods.
	From int32 `json:"from"`
	To   int32 `json:"to"`
}

// planOldDown is what DeploymentController.reconcileOldReplicaSets does to the old
// ReplicaSets: cleanupUnhealthyReplicas, then
// scaleDownOldReplicaSetsForRollingUpdate. A ReplicaSet may be in it twice. total
// and available count the pods of all ReplicaSets, newUnavailable those of the new
// one that are not available.
func planOldDown(deployment *appsv1.Deployment, old []*appsv1.ReplicaSet, total, available, newUnavailable int32) (plan []Resize, cleanedUp int32) {
	active := controller.FilterActiveReplicaSets(old)
	sort.Sort(controller.ReplicaSetsByCreationTimestamp(active))
	floor := fields.Replicas(deployment.Spec.Replicas) - deploymentutil.MaxUnavailable(*deployment)
	limit := total - floor - newUnavailable
	if len(active) == 0 || limit <= 0 {
		return nil, 0
	}
	sizes := make([]int32, len(active))
	for index, replicaSet := range active {
		sizes[index] = fields.Replicas(replicaSet.Spec.Replicas)
	}
	shrink := func(index int, by int32) {
		plan = append(plan, Resize{active[index].Name, sizes[index], sizes[index] - by})
		sizes[index] -= by
	}
	for index, replicaSet := range active {
		by := min(limit-cleanedUp, sizes[index]-replicaSet.Status.AvailableReplicas)
		switch {
		case by < 0:
			// The status is older than the size: the controller tries again later.
			return plan, cleanedUp
		case by > 0:
			shrink(index, by)
			cleanedUp += by
		}
	}
	left := available - floor
	for index := range active {
		if by := min(sizes[index], left); by > 0 {
			shrink(index, by)
			left -= by
		}
	}
	return plan, cleanedUp
}

// isScaling reports whether the Deployment's size has changed since the
// ReplicaSets were given their sizes (DeploymentController.isScalingEvent).
func isScaling(deployment *appsv1.Deployment, replicaSets []*appsv1.ReplicaSet) bool {
	for _, replicaSet := range controller.FilterActiveReplicaSets(replicaSets) {
		desired, known := deploymentutil.GetDesiredReplicasAnnotation(klog.Background(), replicaSet)
		if known && desired != fields.Replicas(deployment.Spec.Replicas) {
			return true
		}
	}
	return false
}

// planScaling is what DeploymentController.scale does: the only ReplicaSet with
// pods, or the newest, gets the whole size; during a rolling update each gets its
// share.
func planScaling(deployment *appsv1.Deployment, replicaSets []*appsv1.ReplicaSet, current *appsv1.ReplicaSet) (plan []Resize) {
	desired := fields.Replicas(deployment.Spec.Replicas)
	_, old := deploymentutil.FindOldReplicaSets(deployment, replicaSets)
	resize := func(replicaSet *appsv1.ReplicaSet, to int32) {
		if from := fields.Replicas(replicaSet.Spec.Replicas); from != to {
			plan = append(plan, Resize{replicaSet.Name, from, to})
		}
	}
	if only := deploymentutil.FindActiveOrLatest(current, old); only != nil {
		resize(only, desired)
		return plan
	}
	if deploymentutil.IsSaturated(deployment, current) {
		for _, replicaSet := range controller.FilterActiveReplicaSets(old) {
			resize(replicaSet, 0)
		}
		return plan
	}
	if !deploymentutil.IsRollingUpdate(deployment) {
		return nil
	}
	active := controller.FilterActiveReplicaSets(replicaSets)
	allowed := int32(0)
	if desired > 0 {
		allowed = desired + deploymentutil.MaxSurge(*deployment)
	}
	toAdd := allowed - deploymentutil.GetReplicaCountForReplicaSets(active)
	switch {
	case toAdd > 0:
		sort.Sort(controller.ReplicaSetsBySizeNewer(active))
	case toAdd < 0:
		sort.Sort(controller.ReplicaSetsBySizeOlder(active))
	}
	shares := make([]int32, len(active))
	added := int32(0)
	for index, replicaSet := range active {
		shares[index] = deploymentutil.GetReplicaSetProportion(klog.Background(), replicaSet, *deployment, toAdd, added)
		added += shares[index]
	}
	for index, replicaSet := range active {
		to := fields.Replicas(replicaSet.Spec.Replicas) + shares[index]
		if index == 0 && toAdd != 0 {
			// The remainder of the rounding goes to the largest.
			to = max(0, to+toAdd-added)
		}
		resize(replicaSet, to)
	}
	return plan
}

// sums adds up what a plan adds and removes.
func sums(plan []Resize) (up, down int32) {
	for _, resize := range plan {
		if by := resize.To - resize.From; by > 0 {
			up += by
		} else {
			down -= by
		}
	}
	return up, down
}
