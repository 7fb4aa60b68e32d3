// Package custom follows the objects of the kinds that CustomResourceDefinitions
// define: it watches those of a kind while its definition is established.
//
// engine/cluster runs one [Follower]; engine/view/topology draws its objects and
// engine/view/diagnose explains them. It knows the API only: not the store, not who
// defines kinds, not what a view makes of an object.
package custom

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Object is an object of a custom kind.
type Object struct {
	*unstructured.Unstructured
	// Resource is where it is served.
	Resource schema.GroupVersionResource
}

// Path is the object's path in the API.
func (object *Object) Path() string {
	place := []string{"/apis", object.Resource.Group, object.Resource.Version}
	if namespace := object.GetNamespace(); namespace != "" {
		place = append(place, "namespaces", namespace)
	}
	return strings.Join(append(place, object.Resource.Resource, object.GetName()), "/")
}

// Conditions returns those entries of .status.conditions that have the fields of a
// condition; reason and message may be missing in those of custom kinds.
func (object *Object) Conditions() []metav1.Condition {
	entries, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
	if err != nil {
		return nil // the kind calls something else so
	}
	var conditions []metav1.Condition
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		text := func(name string) string { value, _ := fields[name].(string); return value }
		if text("type") != "" && text("status") != "" {
			conditions = append(conditions, metav1.Condition{
				Type: text("type"), Status: metav1.ConditionStatus(text("status")), Reason: text("reason"), Message: text("message"),
			})
		}
	}
	return conditions
}

// Conditions that tell by False, and by True, that something is not as it should be:
// those of the API conventions, of kstatus and of the projects that are used most. No
// rule says of which kind a condition is.
var (
	wanted   = []string{"Ready", "Available", "Healthy", "Synced", "Accepted", "Programmed", "Reconciled", "Progressing", "Established"}
	unwanted = []string{"Stalled", "Degraded", "Failed", "Failure", "Error", "ReplicaFailure"}
)

// Troubled says whether a condition tells of something that is not as it should be.
func Troubled(condition metav1.Condition) bool {
	switch condition.Status {
	case metav1.ConditionFalse:
		return slices.Contains(wanted, condition.Type)
	case metav1.ConditionTrue:
		return slices.Contains(unwanted, condition.Type)
	default:
		return false
	}
}

// Stored returns the object of a custom kind that the store has under a key, and
// false for a key or a text of anything else: a key is
// /registry/GROUP/RESOURCE/[NAMESPACE/]NAME, and a text JSON.
func Stored(key string, encoded []byte, revision int64) (*Object, bool) {
	parts := strings.Split(strings.TrimPrefix(key, "/registry/"), "/")
	content := &unstructured.Unstructured{}
	if len(parts) < 3 || content.UnmarshalJSON(encoded) != nil {
		return nil, false
	}
	kind := content.GroupVersionKind()
	if kind.Group != parts[0] {
		return nil, false
	}
	content.SetResourceVersion(fmt.Sprint(revision))
	return &Object{content, kind.GroupVersion().WithResource(parts[1])}, true
}
