package topology

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// serviceName names a Service among those of all namespaces.
type serviceName struct{ namespace, name string }

// slice is the part of an EndpointSlice that the graph keeps.
type slice struct {
	service serviceName
	// pods has the UIDs of the slice's endpoints, and whether each is ready.
	pods map[types.UID]bool
}

// putSlice records an EndpointSlice and returns the UIDs of the affected objects:
// the Service, and pods that have become or ceased to be endpoints.
func (graph *graph) putSlice(object *discoveryv1.EndpointSlice) []types.UID {
	now := slice{serviceName{object.Namespace, object.Labels[discoveryv1.LabelServiceName]}, map[types.UID]bool{}}
	for _, endpoint := range object.Endpoints {
		if endpoint.TargetRef != nil && endpoint.TargetRef.Kind == kindPod {
			// An unset condition counts as true.
			now.pods[endpoint.TargetRef.UID] = endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready
		}
	}
	return graph.exchangeSlice(object.UID, now)
}

// removeSlice forgets an EndpointSlice and returns the UIDs of the affected
// objects.
func (graph *graph) removeSlice(uid types.UID) []types.UID {
	changed := graph.exchangeSlice(uid, slice{})
	delete(graph.slices, uid)
	return changed
}

func (graph *graph) exchangeSlice(uid types.UID, now slice) (changed []types.UID) {
	before := graph.slices[uid]
	graph.slices[uid] = now
	for pod, ready := range before.pods {
		if ready && (before.service != now.service || !now.pods[pod]) {
			graph.serve(pod, before.service, -1)
			changed = append(changed, pod)
		}
	}
	for pod, ready := range now.pods {
		if ready && (before.service != now.service || !before.pods[pod]) {
			graph.serve(pod, now.service, 1)
			changed = append(changed, pod)
		}
	}
	for _, service := range []serviceName{before.service, now.service} {
		if known := graph.services[service]; known != nil {
			changed = append(changed, known.object.GetUID())
		}
	}
	return changed
}

// serve counts the slices of a Service in which a pod is a ready endpoint: while
// slices are rearranged it may be in two.
func (graph *graph) serve(pod types.UID, service serviceName, by int) {
	of := graph.serving[pod]
	if of == nil {
		of = map[string]int{}
		graph.serving[pod] = of
	}
	of[service.name] += by
	if of[service.name] <= 0 {
		delete(of, service.name)
	}
	if len(of) == 0 {
		delete(graph.serving, pod)
	}
}

// servicesOf returns the names of the Services that have the pod as a ready
// endpoint.
func (graph *graph) servicesOf(pod types.UID) []string {
	names := make([]string, 0, len(graph.serving[pod]))
	for name := range graph.serving[pod] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// endpointsOf counts a Service's endpoints.
func (graph *graph) endpointsOf(service *corev1.Service) (ready, total int) {
	counted := map[types.UID]struct{}{}
	for _, slice := range graph.slices {
		if slice.service != (serviceName{service.Namespace, service.Name}) {
			continue
		}
		for pod, isReady := range slice.pods {
			if _, again := counted[pod]; again {
				continue
			}
			counted[pod] = struct{}{}
			total++
			if isReady {
				ready++
			}
		}
	}
	return ready, total
}

// targets returns the UIDs of the workloads in a namespace whose pod template the
// selector matches, in the order of items. An empty selector matches nothing.
func (graph *graph) targets(namespace string, selector labels.Selector) []string {
	var found []*entry
	if !selector.Empty() {
		for uid := range graph.templates {
			known := graph.entries[uid]
			if known.object.GetNamespace() == namespace && selector.Matches(labels.Set(templateOf(known.object).Labels)) {
				found = append(found, known)
			}
		}
	}
	return uidsOf(found)
}

// uidsOf returns UIDs in the order of items.
func uidsOf(found []*entry) []string {
	slices.SortFunc(found, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.object.GetName(), b.object.GetName()), cmp.Compare(a.object.GetUID(), b.object.GetUID()))
	})
	uids := make([]string, 0, len(found))
	for _, known := range found {
		uids = append(uids, string(known.object.GetUID()))
	}
	return uids
}

// targetOf returns the UID of the workload of a kind and name, "" if there is
// none.
func (graph *graph) targetOf(namespace, kind, name string) string {
	for uid := range graph.templates {
		object := graph.entries[uid].object
		if object.GetNamespace() == namespace && object.GetName() == name && kindOf(object) == kind {
			return string(uid)
		}
	}
	return ""
}

func selectorOf(selector *metav1.LabelSelector) labels.Selector {
	if selector == nil {
		return labels.Nothing()
	}
	// An error means an operator that validation rejects.
	converted, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return labels.Nothing()
	}
	return converted
}
