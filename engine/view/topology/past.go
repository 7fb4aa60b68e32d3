package topology

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/fields"
)

// Current returns the current objects of the diagram, by the revision that wrote
// each: an earlier state that has the same revision of an object need not be
// decoded again.
func (topology *Topology) Current() map[int64]runtime.Object {
	topology.mu.Lock()
	defer topology.mu.Unlock()
	objects := make(map[int64]runtime.Object, len(topology.graph.entries))
	for _, entry := range topology.graph.entries {
		if object, ok := entry.object.(runtime.Object); ok {
			objects[fields.Revision(entry.object)] = object
		}
	}
	return objects
}

// Past returns the full frame of the objects of an earlier moment, as Frame would
// have returned it then. Objects that no diagram shows are left out, and so are
// events, which carry their own times.
func (topology *Topology) Past(objects []runtime.Object, revision int64, at time.Time) *Frame {
	then := &Topology{columns: topology.columns, graph: newGraph(), events: newEventLog(), state: newState()}
	for _, object := range objects {
		if accessor, err := meta.Accessor(object); err == nil && isDrawn(object) {
			then.take(accessor)
		}
	}
	frame := then.frame(true, metav1.NewTime(at))
	frame.Revision = revision
	return frame
}

// isDrawn reports whether an object is of a type that New observes, other than an
// event.
func isDrawn(object runtime.Object) bool {
	switch object.(type) {
	case *corev1.Node, *corev1.Service, *corev1.Pod, *corev1.ReplicationController, *corev1.PersistentVolumeClaim, *corev1.PersistentVolume,
		*appsv1.Deployment, *appsv1.ReplicaSet, *appsv1.StatefulSet, *appsv1.DaemonSet,
		*batchv1.Job, *batchv1.CronJob,
		*discoveryv1.EndpointSlice, *autoscalingv2.HorizontalPodAutoscaler, *policyv1.PodDisruptionBudget,
		*custom.Object:
		return true
	default:
		return false
	}
}
