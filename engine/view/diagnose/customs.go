package diagnose

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"tabernetes/engine/view/custom"
)

// findCustom returns the object of a kind that is written with its group, nil if
// there is none.
func (d *Diagnoser) findCustom(kind, namespace, name string) metav1.Object {
	if d.customs == nil {
		return nil
	}
	if object := d.customs.Find(schema.ParseGroupKind(kind), namespace, name); object != nil {
		return object
	}
	return nil // and no interface that holds a nil pointer
}

// custom explains an object of a custom kind by what belongs to it and by its own
// conditions. Only its controller knows more, if there is one.
func (d *Diagnoser) custom(object *custom.Object, now time.Time) []Link {
	reference := referenceTo(object.GetKind(), object)
	if observed, found, err := unstructured.NestedInt64(object.Object, "status", "observedGeneration"); found && err == nil && observed < object.GetGeneration() {
		return []Link{notObserved(reference, object.GetGeneration(), observed)}
	}
	var chain []Link
	for _, condition := range object.Conditions() {
		if custom.Troubled(condition) {
			chain = append(chain, Link{
				Object: reference, Reason: ReasonConditionReported, State: Waiting,
				Parameters: Parameters{
					"condition": condition.Type, "status": string(condition.Status), "reason": condition.Reason, "message": condition.Message,
				},
				Evidence: []Evidence{conditionEvidence(condition.Type, string(condition.Status), condition.Message)},
				Command:  describe(reference),
			})
			break
		}
	}
	if workload := d.troubledWorkload(object.GetUID(), now); workload != nil {
		return append(append(chain, Link{
			Object: reference, Reason: ReasonWorkloadTroubled, State: stateOf(workload),
			Parameters: Parameters{"kind": workload[0].Object.Kind, "name": workload[0].Object.Name},
			Evidence:   []Evidence{field(".metadata.ownerReferences of "+workload[0].Object.Name, object.GetKind()+" "+object.GetName())},
			Command:    command(reference.Namespace, "get", resourceOf(workload[0].Object.Kind), workload[0].Object.Name),
		}), workload...)
	}
	if _, hasStatus := object.Object["status"]; !hasStatus && d.ownsNothing(object.GetUID()) {
		return []Link{{
			Object: reference, Reason: ReasonNobodyActs, State: Waiting,
			Parameters: Parameters{"kind": object.GetKind()},
			Evidence:   []Evidence{field(".status", "")},
			Command:    command(reference.Namespace, "get", resourceOf(object.GetKind()), object.GetName(), "-o", "yaml"),
		}}
	}
	return chain
}

// troubledWorkload explains the workload that an object controls and that needs the
// most from a person, nil if all are as they should be.
func (d *Diagnoser) troubledWorkload(owner types.UID, now time.Time) []Link {
	var worst []Link
	for _, workload := range d.workloadsOf(owner) {
		if chain := d.explain(workload, now); stateOf(chain).rank() > stateOf(worst).rank() {
			worst = chain
		}
	}
	return worst
}

func (d *Diagnoser) ownsNothing(owner types.UID) bool {
	return len(d.workloadsOf(owner)) == 0 && len(d.podsOf(owner)) == 0
}

func (d *Diagnoser) workloadsOf(owner types.UID) []metav1.Object {
	var workloads []metav1.Object
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"} {
		if indexer, ok := d.stores[kind].(cache.Indexer); ok {
			workloads = append(workloads, controlled[metav1.Object](indexer, owner)...)
		}
	}
	return workloads
}
