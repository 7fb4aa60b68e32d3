package topology

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// graph is the last known state of every object of the diagram, with the edges
// that items and settledness are computed along. The objects are the informers'
// and are never changed.
type graph struct {
	entries map[types.UID]*entry
	// owned are the UIDs of what an owner controls. An owner may be unknown.
	owned map[types.UID]map[types.UID]struct{}
	nodes map[string]*entry
	// pods are, by node name, those bound to it that have not ended.
	pods map[string]map[types.UID]struct{}
}

type entry struct {
	object metav1.Object
	owner  types.UID
	// item is what was last sent for it, nil for nothing.
	item Item
}

func newGraph() graph {
	return graph{
		entries: map[types.UID]*entry{},
		owned:   map[types.UID]map[types.UID]struct{}{},
		nodes:   map[string]*entry{},
		pods:    map[string]map[types.UID]struct{}{},
	}
}

// put records object and says whether it differs from what was known.
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
	switch object := known.object.(type) {
	case *corev1.Node:
		graph.nodes[object.Name] = known
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
	switch object := known.object.(type) {
	case *corev1.Node:
		if graph.nodes[object.Name] == known {
			delete(graph.nodes, object.Name)
		}
	case *corev1.Pod:
		remove(graph.pods, object.Spec.NodeName, uid)
	}
}

// replicaSets are those that the Deployment controls, in no order.
func (graph *graph) replicaSets(deployment types.UID) []*appsv1.ReplicaSet {
	return controlled[*appsv1.ReplicaSet](graph, deployment)
}

// controlled are the objects of one type that owner controls, in no order.
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
