package topology

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// graph is the last known state of every object of the diagram, with the edges
// that are used to compute items and whether they are settled. The objects are the
// informers' and are never changed.
type graph struct {
	entries map[types.UID]*entry
	// owned has the UIDs of the objects that an owner controls. An owner may be
	// unknown.
	owned map[types.UID]map[types.UID]struct{}
	nodes map[string]*entry
	// pods has, by node name, the pods bound to the node that have not ended.
	pods map[string]map[types.UID]struct{}
	// templates has the UIDs of the workloads that have a pod template and are not
	// controlled by another built-in workload.
	templates map[types.UID]struct{}
	services  map[serviceName]*entry
	slices    map[types.UID]slice
	// serving counts, by pod and name of a Service, the slices that have the pod
	// as a ready endpoint.
	serving map[types.UID]map[string]int
}

type entry struct {
	object metav1.Object
	owner  types.UID
	// item is the item that was sent last, nil for none.
	item Item
}

func newGraph() graph {
	return graph{
		entries: map[types.UID]*entry{},
		owned:   map[types.UID]map[types.UID]struct{}{},
		nodes:   map[string]*entry{},
		pods:    map[string]map[types.UID]struct{}{},

		templates: map[types.UID]struct{}{},
		services:  map[serviceName]*entry{},
		slices:    map[types.UID]slice{},
		serving:   map[types.UID]map[string]int{},
	}
}

// put records object and reports whether it differs from the last known state.
func (graph *graph) put(object metav1.Object) (*entry, bool) {
	uid := object.GetUID()
	known := graph.entries[uid]
	if known == nil {
		known = &entry{}
		graph.entries[uid] = known
	} else if known.object.GetResourceVersion() == object.GetResourceVersion() {
		return known, false
	} else {
		graph.disconnect(known)
	}
	known.object = object
	graph.connect(known)
	return known, true
}

func (graph *graph) remove(known *entry) {
	graph.disconnect(known)
	delete(graph.entries, known.object.GetUID())
}

func (graph *graph) connect(known *entry) {
	uid := known.object.GetUID()
	known.owner = ""
	if controller := metav1.GetControllerOfNoCopy(known.object); controller != nil {
		known.owner = controller.UID
		insert(graph.owned, known.owner, uid)
	}
	if isRoot(known.object) && templateOf(known.object) != nil {
		graph.templates[uid] = struct{}{}
	}
	switch object := known.object.(type) {
	case *corev1.Node:
		graph.nodes[object.Name] = known
	case *corev1.Service:
		graph.services[serviceName{object.Namespace, object.Name}] = known
	case *corev1.Pod:
		if object.Spec.NodeName != "" && !podutil.IsPodTerminal(object) {
			insert(graph.pods, object.Spec.NodeName, uid)
		}
	}
}

func (graph *graph) disconnect(known *entry) {
	uid := known.object.GetUID()
	if known.owner != "" {
		remove(graph.owned, known.owner, uid)
	}
	delete(graph.templates, uid)
	switch object := known.object.(type) {
	case *corev1.Node:
		if graph.nodes[object.Name] == known {
			delete(graph.nodes, object.Name)
		}
	case *corev1.Service:
		if name := (serviceName{object.Namespace, object.Name}); graph.services[name] == known {
			delete(graph.services, name)
		}
	case *corev1.Pod:
		remove(graph.pods, object.Spec.NodeName, uid)
	}
}

// templateOf returns the pod template of a workload, nil for objects without one.
func templateOf(object metav1.Object) *corev1.PodTemplateSpec {
	switch object := object.(type) {
	case *appsv1.Deployment:
		return &object.Spec.Template
	case *appsv1.ReplicaSet:
		return &object.Spec.Template
	case *appsv1.StatefulSet:
		return &object.Spec.Template
	case *appsv1.DaemonSet:
		return &object.Spec.Template
	case *batchv1.Job:
		return &object.Spec.Template
	case *corev1.ReplicationController:
		return object.Spec.Template
	default:
		return nil
	}
}

// kindOf returns the kind of a workload, "" for anything else.
func kindOf(object metav1.Object) string {
	switch object.(type) {
	case *appsv1.Deployment:
		return kindDeployment
	case *appsv1.ReplicaSet:
		return kindReplicaSet
	case *appsv1.StatefulSet:
		return kindStatefulSet
	case *appsv1.DaemonSet:
		return kindDaemonSet
	case *batchv1.Job:
		return kindJob
	case *corev1.ReplicationController:
		return kindReplicationController
	default:
		return ""
	}
}

// replicaSets returns the ReplicaSets that the Deployment controls, in no order.
func (graph *graph) replicaSets(deployment types.UID) []*appsv1.ReplicaSet {
	return controlled[*appsv1.ReplicaSet](graph, deployment)
}

// controlled returns the objects of one type that owner controls, in no order.
func controlled[T metav1.Object](graph *graph, owner types.UID) []T {
	objects := make([]T, 0, len(graph.owned[owner]))
	for uid := range graph.owned[owner] {
		if object, ok := graph.entries[uid].object.(T); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

func insert[K comparable](sets map[K]map[types.UID]struct{}, key K, uid types.UID) {
	set := sets[key]
	if set == nil {
		set = map[types.UID]struct{}{}
		sets[key] = set
	}
	set[uid] = struct{}{}
}

func remove[K comparable](sets map[K]map[types.UID]struct{}, key K, uid types.UID) {
	delete(sets[key], uid)
	if len(sets[key]) == 0 {
		delete(sets, key)
	}
}
