package check

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// errNoObjects says that a snapshot could not give what an expression named.
var errNoObjects = errors.New("no objects")

// view is a snapshot as the functions see it. Lists are asked for once.
type view struct {
	Snapshot
	lists map[string][]map[string]any
}

func newView(snapshot Snapshot) *view {
	return &view{Snapshot: snapshot, lists: map[string][]map[string]any{}}
}

func (v *view) list(resource, namespace string) ([]map[string]any, error) {
	key := namespace + "/" + resource
	if found, ok := v.lists[key]; ok {
		return found, nil
	}
	objects, err := v.Objects(resource, namespace)
	if err != nil {
		return nil, fmt.Errorf("%w: list %s: %w", errNoObjects, resource, err)
	}
	v.lists[key] = objects
	return objects, nil
}

func (v *view) get(resource, name, namespace string) (map[string]any, error) {
	objects, err := v.list(resource, namespace)
	if err != nil {
		return nil, err
	}
	for _, object := range objects {
		if metadataOf(object)["name"] == name {
			return object, nil
		}
	}
	return nil, nil
}

// podsOf are the pods of a Deployment's ReplicaSets that are to stay.
func (v *view) podsOf(deployment, namespace string) ([]map[string]any, error) {
	sets, err := v.ownedBy("replicasets", "Deployment", deployment, namespace)
	if err != nil {
		return nil, err
	}
	pods := []map[string]any{}
	for _, set := range sets {
		name, _ := metadataOf(set)["name"].(string)
		owned, err := v.ownedBy("pods", "ReplicaSet", name, namespace)
		if err != nil {
			return nil, err
		}
		for _, pod := range owned {
			if metadataOf(pod)["deletionTimestamp"] == nil {
				pods = append(pods, pod)
			}
		}
	}
	return pods, nil
}

// rolledOut is what kubectl's rollout status waits for (k8s.io/kubectl, package
// polymorphichelpers): the controller has seen the newest spec, and all replicas are
// of it and available.
func (v *view) rolledOut(name, namespace string) (bool, error) {
	deployment, err := v.get("deployments", name, namespace)
	if deployment == nil || err != nil {
		return false, err
	}
	spec, _ := deployment["spec"].(map[string]any)
	status, _ := deployment["status"].(map[string]any)
	number := func(of map[string]any, field string) int64 {
		value, _ := of[field].(int64)
		return value
	}
	wanted := number(spec, "replicas")
	return number(status, "observedGeneration") >= number(metadataOf(deployment), "generation") &&
		number(status, "updatedReplicas") == wanted && number(status, "replicas") == wanted &&
		number(status, "availableReplicas") == wanted, nil
}

// ownedBy are the objects whose controller has this kind and name.
func (v *view) ownedBy(resource, kind, name, namespace string) ([]map[string]any, error) {
	all, err := v.list(resource, namespace)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(object map[string]any) bool {
		owners, _ := metadataOf(object)["ownerReferences"].([]any)
		return !slices.ContainsFunc(owners, func(one any) bool {
			owner, _ := one.(map[string]any)
			return owner["controller"] == true && owner["kind"] == kind && owner["name"] == name
		})
	}), nil
}

func metadataOf(object map[string]any) map[string]any {
	metadata, _ := object["metadata"].(map[string]any)
	return metadata
}

func (v *view) traffic(service string, since time.Time) map[string]any {
	counts, _ := v.Traffic(service, since)
	return map[string]any{
		"ok": counts.OK, "failed": counts.Failed,
		"byResult": orEmpty(counts.ByResult), "byVersion": orEmpty(counts.ByVersion),
	}
}

func orEmpty(counts map[string]int64) map[string]int64 {
	if counts == nil {
		return map[string]int64{}
	}
	return counts
}

func (v *view) timeline(name, namespace string, since time.Time) []map[string]any {
	points := []map[string]any{}
	for _, point := range v.Timeline(namespace, name, since) {
		points = append(points, map[string]any{
			"time": point.Time, "desired": point.Desired, "floor": point.Floor, "ceiling": point.Ceiling,
			"total": point.Total, "ready": point.Ready, "available": point.Available,
		})
	}
	return points
}

func (v *view) commands() []map[string]any {
	given := []map[string]any{}
	for _, command := range v.Commands() {
		given = append(given, map[string]any{
			"line": strings.TrimSpace(command.Line), "status": int64(command.Status), "time": command.Time,
		})
	}
	return given
}

// The methods below make a view a CEL value, which only functions can use.

// ConvertToNative implements ref.Val.
func (v *view) ConvertToNative(reflect.Type) (any, error) {
	return nil, errors.New("the cluster is no value")
}

// ConvertToType implements ref.Val.
func (v *view) ConvertToType(ref.Type) ref.Val { return types.NewErr("the cluster is no value") }

// Equal implements ref.Val.
func (v *view) Equal(other ref.Val) ref.Val { return types.Bool(other == v) }

// Type implements ref.Val.
func (v *view) Type() ref.Type { return clusterType }

// Value implements ref.Val.
func (v *view) Value() any { return v }
