// Package fields reads those fields of the API's objects that may be missing or that
// mean another thing than they hold. The other packages of the wing (topology,
// timeline, rollout, diagnose) call it, so that all of them read an object alike. It
// keeps nothing and knows none of them.
package fields

import (
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"
)

// Revision is the resourceVersion as the number that it is in this store, 0 for an
// object that has none.
func Revision(object metav1.Object) int64 {
	revision, err := strconv.ParseInt(object.GetResourceVersion(), 10, 64)
	if err != nil {
		return 0
	}
	return revision
}

// RolloutRevision is the annotation deployment.kubernetes.io/revision of a Deployment
// or a ReplicaSet, 0 where it is missing or no number.
func RolloutRevision(object runtime.Object) int64 {
	revision, err := deploymentutil.Revision(object)
	if err != nil {
		return 0
	}
	return revision
}

// Replicas is how many are wanted: the API's default of 1 where the field is unset.
func Replicas(wanted *int32) int32 {
	if wanted == nil {
		return 1
	}
	return *wanted
}

// MinReadySeconds is how many seconds a pod must be ready to be available, by its
// owner; 0 for an owner that does not say, or none.
func MinReadySeconds(owner any) int32 {
	switch owner := owner.(type) {
	case *appsv1.ReplicaSet:
		return owner.Spec.MinReadySeconds
	case *appsv1.StatefulSet:
		return owner.Spec.MinReadySeconds
	case *appsv1.DaemonSet:
		return owner.Spec.MinReadySeconds
	default:
		return 0
	}
}

// LastSeen is when an event happened last. It reads both generations of fields: those
// of core/v1, and those of events.k8s.io/v1, whose events core/v1 shows too.
func LastSeen(event *corev1.Event) time.Time {
	switch {
	case event.Series != nil:
		return event.Series.LastObservedTime.Time
	case !event.LastTimestamp.IsZero():
		return event.LastTimestamp.Time
	case !event.EventTime.IsZero():
		return event.EventTime.Time
	default:
		return event.CreationTimestamp.Time
	}
}
