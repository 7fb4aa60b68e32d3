package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/view/rollout"
	"tabernetes/engine/view/topology"
)

// undrawn are the keys of objects that are many or large and in no diagram:
// reading them would take most of the time.
var undrawn = []string{"/registry/events/", "/registry/leases/", "/registry/configmaps/", "/registry/secrets/"}

// Past is an earlier moment of a cluster.
type Past struct {
	// Frame is what the diagram showed, all of it.
	Frame *topology.Frame
	// Arithmetic is what the Deployment controller computed, by the Deployment's UID.
	Arithmetic map[string]rollout.Arithmetic
}

// Past tells of an earlier state of the store. What has not changed since is taken
// from the informers, so that it costs about what has changed.
func (c *Cluster) Past(then store.Snapshot, at time.Time) (Past, error) {
	current := c.topology.Current()
	objects := make([]runtime.Object, 0, len(then.Values))
	for _, value := range then.Values {
		if isUndrawn(value.Key) {
			continue
		}
		if known := current[value.Revision]; known != nil {
			objects = append(objects, known)
			continue
		}
		object, err := apiserver.DecodeStored(value)
		switch {
		case runtime.IsNotRegisteredError(err):
			continue // the diagram draws nothing of kinds that are defined in the cluster
		case err != nil:
			return Past{}, errors.Join(errors.New("look back"), err)
		}
		objects = append(objects, object)
	}
	return Past{c.topology.Past(objects, then.Revision, at), arithmetics(objects)}, nil
}

// PastManifest is the YAML of an object in an earlier state of the store, as the
// API server would have written it, without its managed fields. An object that was
// not there is a NotFound error.
func PastManifest(then store.Snapshot, uid types.UID) (string, error) {
	for _, value := range then.Values {
		// Most values are told by their bytes not to be it.
		if !bytes.Contains(value.Encoded, []byte(uid)) {
			continue
		}
		readable, err := apiserver.ReadableValue(value)
		if err != nil {
			return "", err
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(readable.Encoded); err != nil {
			return "", fmt.Errorf("read object %q: %w", value.Key, err)
		}
		if object.GetUID() != uid {
			continue // it owns this one, or is told of in it
		}
		object.SetManagedFields(nil)
		object.SetResourceVersion(strconv.FormatInt(value.Revision, 10))
		manifest, err := yaml.Marshal(object.Object)
		return string(manifest), err
	}
	return "", apierrors.NewNotFound(schema.GroupResource{}, string(uid))
}

func arithmetics(objects []runtime.Object) map[string]rollout.Arithmetic {
	owned := map[types.UID][]*appsv1.ReplicaSet{}
	for _, object := range objects {
		if replicaSet, ok := object.(*appsv1.ReplicaSet); ok {
			if controller := metav1.GetControllerOfNoCopy(replicaSet); controller != nil {
				owned[controller.UID] = append(owned[controller.UID], replicaSet)
			}
		}
	}
	computed := map[string]rollout.Arithmetic{}
	for _, object := range objects {
		if deployment, ok := object.(*appsv1.Deployment); ok {
			computed[string(deployment.UID)] = rollout.Compute(deployment, owned[deployment.UID])
		}
	}
	return computed
}

func isUndrawn(key string) bool {
	for _, prefix := range undrawn {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
