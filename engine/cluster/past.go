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
	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/rollout"
	"tabernetes/engine/view/topology"
)

// undrawn has the key prefixes of objects that are many or large and that no
// diagram shows: reading them would take most of the time.
var undrawn = []string{"/registry/events/", "/registry/leases/", "/registry/configmaps/", "/registry/secrets/"}

// Past is the state of a cluster at an earlier moment.
type Past struct {
	// Frame is the full frame of the diagram.
	Frame *topology.Frame
	// Arithmetic is the Deployment controller's arithmetic, by the Deployment's
	// UID.
	Arithmetic map[string]rollout.Arithmetic
}

// Past returns the views of an earlier state of the store. Objects that have not
// changed since are taken from the informers, so the cost depends on how much has
// changed.
func (c *Cluster) Past(then store.Snapshot, at time.Time) (Past, error) {
	current := c.topology.Current()
	defined := definedIn(then)
	objects := make([]runtime.Object, 0, len(then.Values))
	for _, value := range then.Values {
		if isUndrawn(value.Key) {
			continue
		}
		if known := current[value.Revision]; known != nil {
			objects = append(objects, known)
			continue
		}
		if !apiserver.IsBuiltin(value.Key) {
			if object, ok := custom.Stored(value.Key, value.Encoded, value.Revision); ok && defined[object.Resource.GroupResource().String()] {
				objects = append(objects, object)
			}
			continue
		}
		object, err := apiserver.DecodeStored(value)
		if err != nil {
			return Past{}, errors.Join(errors.New("look back"), err)
		}
		objects = append(objects, object)
	}
	return Past{c.topology.Past(objects, then.Revision, at), arithmetics(objects)}, nil
}

// definedIn returns the names of the CustomResourceDefinitions of a state, which are
// RESOURCE.GROUP.
func definedIn(then store.Snapshot) map[string]bool {
	defined := map[string]bool{}
	for _, value := range then.Values {
		if name, is := strings.CutPrefix(value.Key, "/registry/apiextensions.k8s.io/customresourcedefinitions/"); is {
			defined[name] = true
		}
	}
	return defined
}

// PastManifest returns the YAML of an object in an earlier state of the store, as
// the API server would have returned it, without its managed fields. The error is
// NotFound for an object that did not exist then.
func PastManifest(then store.Snapshot, uid types.UID) (string, error) {
	for _, value := range then.Values {
		// Most values can be excluded without decoding them.
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
			continue // the UID is that of an owner or another reference
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
