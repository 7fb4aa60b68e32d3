package apiserver

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	apiextensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"

	"tabernetes/engine/controlplane/store"
)

// DecodeStored decodes a value of a built-in resource into the version that its
// informer has, and sets its resourceVersion, which is not stored.
func DecodeStored(value store.Value) (runtime.Object, error) {
	object, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(legacyscheme.Scheme.PrioritizedVersionsAllGroups()...), value.Encoded)
	if err != nil {
		return nil, fmt.Errorf("read object %q: %w", value.Key, err)
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return nil, fmt.Errorf("read object %q: %w", value.Key, err)
	}
	accessor.SetResourceVersion(strconv.FormatInt(value.Revision, 10))
	return object, nil
}

// StoredJSON returns a stored object as JSON, in the version that it is stored in,
// as a cluster file and a browser's database show it. A value that is stored as
// JSON, as all once were, is returned unchanged.
func StoredJSON(encoded []byte) ([]byte, error) {
	if isJSON, _, err := storedJSON.RecognizesData(encoded); err != nil || isJSON {
		return encoded, err
	}
	object, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(encoded, nil, nil)
	if err != nil {
		return nil, err
	}
	return runtime.Encode(storedJSON, object)
}

// storedJSON writes an object as JSON without converting it; the decoder of its
// input does not convert it either.
var storedJSON = json.NewSerializerWithOptions(json.DefaultMetaFactory, legacyscheme.Scheme, legacyscheme.Scheme, json.SerializerOptions{})

// ReadableValue returns a value whose encoding is its StoredJSON.
func ReadableValue(value store.Value) (store.Value, error) {
	encoded, err := StoredJSON(value.Encoded)
	if err != nil {
		return store.Value{}, fmt.Errorf("read object %q: %w", value.Key, err)
	}
	value.Encoded = encoded
	return value, nil
}

// ReadableValues applies ReadableValue to each value.
func ReadableValues(values []store.Value) ([]store.Value, error) {
	readable := make([]store.Value, len(values))
	for i, value := range values {
		var err error
		if readable[i], err = ReadableValue(value); err != nil {
			return nil, err
		}
	}
	return readable, nil
}

// CheckStored checks that a value is an object that this version can read and that
// belongs under its key. It is for values from outside, before a cluster is built
// from them.
func CheckStored(value store.Value) error {
	object, kind, err := decodeAnyStored(value)
	if err != nil {
		return fmt.Errorf("read object %q: %w", value.Key, err)
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return fmt.Errorf("read object %q: %w", value.Key, err)
	}
	if end := "/" + path.Join(accessor.GetNamespace(), accessor.GetName()); accessor.GetName() == "" || !strings.HasSuffix(value.Key, end) {
		return fmt.Errorf("read object %q: it is the %s %q", value.Key, kind.Kind, strings.TrimPrefix(end, "/"))
	}
	return nil
}

// IsBuiltin says whether a key of the store is that of a built-in resource. All
// others, such as APIServices, definitions and their custom resources, are stored
// below the name of their group, which has a dot.
func IsBuiltin(key string) bool {
	resource, _, _ := strings.Cut(strings.TrimPrefix(key, storagePrefix+"/"), "/")
	return !strings.Contains(resource, ".")
}

// decodeAnyStored decodes a value with the scheme that its kind is in. Those of
// custom resources are in none.
func decodeAnyStored(value store.Value) (runtime.Object, *schema.GroupVersionKind, error) {
	if IsBuiltin(value.Key) {
		return legacyscheme.Codecs.UniversalDeserializer().Decode(value.Encoded, nil, nil)
	}
	custom, kind, err := unstructured.UnstructuredJSONScheme.Decode(value.Encoded, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case apiextensionsapiserver.Scheme.IsGroupRegistered(kind.Group):
		return apiextensionsapiserver.Codecs.UniversalDeserializer().Decode(value.Encoded, nil, nil)
	case aggregatorscheme.Scheme.IsGroupRegistered(kind.Group):
		return aggregatorscheme.Codecs.UniversalDeserializer().Decode(value.Encoded, nil, nil)
	case !strings.HasPrefix(value.Key, storagePrefix+"/"+kind.Group+"/"):
		return nil, nil, fmt.Errorf("it is of the group %q", kind.Group)
	}
	return custom, kind, nil
}
