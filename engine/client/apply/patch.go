package apply

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
	kubectlutil "k8s.io/kubectl/pkg/util"
)

// threeWayPatch makes the patch from the last applied, the new and the current
// configuration: a strategic merge patch for the built-in types, a JSON merge
// patch for others. An empty patch is {}.
//
// The merge keys come from the Go types. The OpenAPI schema that kubectl tries
// first is generated from them, and kubectl itself falls back to them.
func threeWayPatch(gvk schema.GroupVersionKind, current *unstructured.Unstructured, modified []byte) (types.PatchType, []byte, error) {
	currently, err := runtime.Encode(unstructured.UnstructuredJSONScheme, current)
	if err != nil {
		return "", nil, fmt.Errorf("serialize the current configuration: %w", err)
	}
	original, err := kubectlutil.GetOriginalConfiguration(current)
	if err != nil {
		return "", nil, fmt.Errorf("read the configuration applied last: %w", err)
	}
	typed, err := scheme.Scheme.New(gvk)
	switch {
	case err == nil:
		patch, err := strategicPatch(typed, original, modified, currently)
		return types.StrategicMergePatchType, patch, err
	case runtime.IsNotRegisteredError(err):
		patch, err := mergePatch(original, modified, currently)
		return types.MergePatchType, patch, err
	default:
		return "", nil, fmt.Errorf("get an instance of %s: %w", gvk, err)
	}
}

func strategicPatch(typed runtime.Object, original, modified, current []byte) ([]byte, error) {
	schema, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return nil, err
	}
	const overwrite = true // kubectl apply --overwrite, on by default
	return strategicpatch.CreateThreeWayMergePatch(original, modified, current, schema, overwrite)
}

func mergePatch(original, modified, current []byte) ([]byte, error) {
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(original, modified, current,
		mergepatch.RequireKeyUnchanged("apiVersion"),
		mergepatch.RequireKeyUnchanged("kind"),
		mergepatch.RequireMetadataKeyUnchanged("name"))
	if mergepatch.IsPreconditionFailed(err) {
		return nil, errors.New("At least one of apiVersion, kind and name was changed") //nolint:staticcheck // kubectl's words
	}
	return patch, err
}
