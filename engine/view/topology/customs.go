package topology

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/fields"
)

func (topology *Topology) customItem(object *custom.Object) *CustomItem {
	kind := object.GroupVersionKind()
	item := &CustomItem{
		UID:          string(object.GetUID()),
		Kind:         kindCustom,
		Namespace:    object.GetNamespace(),
		Name:         object.GetName(),
		Owner:        controllerUID(object),
		Created:      milliseconds(object.GetCreationTimestamp().Time),
		Deleting:     deletion(object),
		RevisionSeen: fields.Revision(object),
		Type:         kind.Kind,
		Group:        kind.Group,
		Path:         object.Path(),
		Targets:      uidsOf(topology.graph.belonging(object.GetUID(), map[types.UID]bool{})),
		Conditions:   []CustomCondition{},
	}
	for _, condition := range object.Conditions() {
		item.Conditions = append(item.Conditions, CustomCondition{
			Type: condition.Type, Status: string(condition.Status), Reason: condition.Reason, Message: condition.Message,
			Troubled: custom.Troubled(condition),
		})
	}
	return item
}

// belonging returns the workloads that an object controls, directly or over custom
// objects. It looks at no owner twice: the API lets objects own each other.
func (graph *graph) belonging(owner types.UID, seen map[types.UID]bool) []*entry {
	if seen[owner] {
		return nil
	}
	seen[owner] = true
	var found []*entry
	for uid := range graph.owned[owner] {
		known := graph.entries[uid]
		if _, is := known.object.(*custom.Object); is {
			found = append(found, graph.belonging(uid, seen)...)
		} else if _, is := graph.templates[uid]; is {
			found = append(found, known)
		}
	}
	return found
}

// touchCustomOwners marks the items of the custom objects that an entry belongs to.
func (topology *Topology) touchCustomOwners(owned *entry) {
	seen := map[*entry]bool{}
	for owner := topology.graph.entries[owned.owner]; owner != nil && !seen[owner]; owner = topology.graph.entries[owner.owner] {
		if _, is := owner.object.(*custom.Object); !is {
			return
		}
		seen[owner] = true
		topology.stale[owner.object.GetUID()] = struct{}{}
	}
}

// isRoot reports whether no built-in workload controls a workload: nobody does, or a
// custom object.
func isRoot(object metav1.Object) bool {
	controller := metav1.GetControllerOfNoCopy(object)
	if controller == nil {
		return true
	}
	switch controller.APIVersion {
	case corev1.SchemeGroupVersion.String(), appsv1.SchemeGroupVersion.String(), batchv1.SchemeGroupVersion.String():
		return false
	default:
		return true
	}
}
