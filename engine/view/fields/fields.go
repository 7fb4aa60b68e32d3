// Package fields reads those fields of the API's objects that may be missing or
// whose meaning differs from their plain value. The other packages of the wing
// (topology, timeline, rollout, diagnose) call it, so that all of them read an
// object alike. It keeps no state and knows none of them.
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

// Revision returns the resourceVersion as a number, which it is in this store, or
// 0 for an object without one.
func Revision(object metav1.Object) int64 {
	revision, err := strconv.ParseInt(object.GetResourceVersion(), 10, 64)
	if err != nil {
		return 0
	}
	return revision
}

// RolloutRevision returns the annotation deployment.kubernetes.io/revision of a
// Deployment or a ReplicaSet, or 0 if it is missing or not a number.
func RolloutRevision(object runtime.Object) int64 {
	revision, err := deploymentutil.Revision(object)
	if err != nil {
		return 0
	}
	return revision
}

// Replicas returns the wanted number: the API's default of 1 if the field is
// unset.
func Replicas(wanted *int32) int32 {
	if wanted == nil {
		return 1
	}
	return *wanted
}

// MinReadySeconds returns how many seconds a pod must be ready to be available, by
// the spec of its owner; 0 if the owner does not say, or there is none.
func MinReadySeconds(owner any) int32 {
	switch owner := owner.(type) {
	case *appsv1.ReplicaSet:
		return owner.Spec.MinReadySeconds
	case *appsv1.StatefulSet:
		return owner.Spec.MinReadySeconds
	case *appsv1.DaemonSet:
		return owner.Spec.MinReadySeconds
	case *corev1.ReplicationController:
		return owner.Spec.MinReadySeconds
	default:
		return 0
	}
}

// LastSeen returns when an event happened last. It reads both generations of
// fields: those of core/v1, and those of events.k8s.io/v1, whose events core/v1
// also shows.
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
