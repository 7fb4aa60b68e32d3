package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	kubectlutil "k8s.io/kubectl/pkg/util"
)

const (
	// fieldManager owns the fields that client-side apply sets, as with kubectl.
	fieldManager = "kubectl-client-side-apply"
	// As in k8s.io/kubectl/pkg/cmd/apply/patcher.go.
	maxPatchRetries = 5
	retriesAtOnce   = 1
	retryPeriod     = time.Second
)

// applyObject applies one object and describes the outcome.
func (applier *Applier) applyObject(ctx context.Context, object object, options Options, announced announced) Result {
	result := Result{Kind: object.GetKind(), Namespace: object.GetNamespace(), Name: object.GetName()}
	if object.err != nil {
		result.Error = &Error{Message: object.err.Error(), Line: object.place.line, Column: object.place.column}
		return result
	}
	warnings := &warnings{}
	var err error
	var change change
	result.Outcome, change, err = applier.createOrPatch(withWarnings(ctx, warnings), object.Unstructured, options)
	if isUnserved(err) {
		applier.mapper.ResetWithContext(ctx)
		result.Outcome, change, err = applier.createOrPatch(withWarnings(ctx, warnings), object.Unstructured, options)
	}
	result.Namespace = object.GetNamespace()
	result.Warnings = warnings.texts
	if err != nil && announced.explains(err) {
		result.Outcome, change, err = Created, changeTo(object.Unstructured), nil
	}
	if err == nil && options.DryRun {
		result.Before, result.After, err = change.texts()
	}
	if err != nil {
		result.Outcome = ""
		result.Error = applier.describe(ctx, err, object)
	}
	return result
}

// createOrPatch is applyOneObject of k8s.io/kubectl/pkg/cmd/apply without
// pruning and server-side apply. It sets the object's namespace.
func (applier *Applier) createOrPatch(ctx context.Context, object *unstructured.Unstructured, options Options) (Outcome, change, error) {
	gvk := object.GroupVersionKind()
	mapping, err := applier.mapper.RESTMappingWithContext(ctx, gvk.GroupKind(), gvk.Version)
	if err != nil {
		return "", change{}, unmapped(err, object, options.Source)
	}
	resource := applier.resource(mapping, object, options.Namespace)
	if object.GetName() == "" {
		if prefix := object.GetGenerateName(); prefix != "" {
			return "", change{}, fmt.Errorf("from %s: cannot use generate name with apply", prefix)
		}
		return "", change{}, errNoName
	}
	modified, err := kubectlutil.GetModifiedConfiguration(object, true, unstructured.UnstructuredJSONScheme)
	if err != nil {
		return "", change{}, inSource("retrieving modified configuration from", options.Source, err)
	}
	current, err := resource.Get(ctx, object.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		created, err := create(ctx, resource, object, options.dryRun())
		return Created, change{after: created}, inSource("creating", options.Source, err)
	}
	if err != nil {
		return "", change{}, inSource("retrieving current configuration of", options.Source, err)
	}
	if _, ok := current.GetAnnotations()[corev1.LastAppliedConfigAnnotation]; !ok {
		addWarning(ctx, fmt.Sprintf(warningNoLastApplied, mapping.Resource.Resource+"/"+object.GetName(), corev1.LastAppliedConfigAnnotation))
	}
	change, err := patchWithRetries(ctx, resource, gvk, current, modified, options.dryRun())
	if err != nil {
		return "", change, inSource("patching", options.Source, err)
	}
	if current.GetDeletionTimestamp() != nil {
		addWarning(ctx, fmt.Sprintf(warningDeleting, object.GetName()))
	}
	if change.after == change.before {
		return Unchanged, change, nil
	}
	return Configured, change, nil
}

// Warnings that kubectl apply itself gives.
const (
	warningNoLastApplied = "resource %[1]s is missing the %[2]s annotation which is required by kubectl apply. " +
		"kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. " +
		"The missing annotation will be patched automatically."
	warningDeleting = "Detected changes to resource %s which is currently being deleted."
)

var errNoName = errors.New("resource name may not be empty")

// resource returns the client for an object's resource, and sets the object's
// namespace.
func (applier *Applier) resource(mapping *meta.RESTMapping, object *unstructured.Unstructured, namespace string) dynamic.ResourceInterface {
	client := applier.client.Resource(mapping.Resource)
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		object.SetNamespace("")
		return client
	}
	if object.GetNamespace() == "" {
		object.SetNamespace(namespace)
	}
	return client.Namespace(object.GetNamespace())
}

func create(ctx context.Context, resource dynamic.ResourceInterface, object *unstructured.Unstructured, dryRun []string) (*unstructured.Unstructured, error) {
	if err := kubectlutil.CreateApplyAnnotation(object, unstructured.UnstructuredJSONScheme); err != nil {
		return nil, err
	}
	pruneNulls(object.Object)
	object.SetResourceVersion("")
	return resource.Create(ctx, object, metav1.CreateOptions{
		FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict, DryRun: dryRun,
	})
}

// pruneNulls removes nulls from a new object, as a patch would.
func pruneNulls(value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, field := range value {
			if field == nil {
				delete(value, key)
			} else {
				pruneNulls(field)
			}
		}
	case []any:
		for _, item := range value {
			pruneNulls(item)
		}
	}
}

// patchWithRetries patches current, and retries from its newest state if that
// has changed meanwhile.
func patchWithRetries(ctx context.Context, resource dynamic.ResourceInterface, gvk schema.GroupVersionKind, current *unstructured.Unstructured, modified []byte, dryRun []string) (change, error) {
	patched, err := patchOnce(ctx, resource, gvk, current, modified, dryRun)
	for retry := 1; retry <= maxPatchRetries && apierrors.IsConflict(err); retry++ {
		if retry > retriesAtOnce {
			if err := sleep(ctx, retryPeriod); err != nil {
				return change{}, err
			}
		}
		current, err = resource.Get(ctx, current.GetName(), metav1.GetOptions{})
		if err != nil {
			return change{}, err
		}
		patched, err = patchOnce(ctx, resource, gvk, current, modified, dryRun)
	}
	return change{before: current, after: patched}, err
}

// patchOnce returns current itself if there is nothing to change.
func patchOnce(ctx context.Context, resource dynamic.ResourceInterface, gvk schema.GroupVersionKind, current *unstructured.Unstructured, modified []byte, dryRun []string) (*unstructured.Unstructured, error) {
	patchType, patch, err := threeWayPatch(gvk, current, modified)
	if err != nil {
		return nil, err
	}
	if string(patch) == "{}" {
		return current, nil
	}
	return resource.Patch(ctx, current.GetName(), patchType, patch, metav1.PatchOptions{
		FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict, DryRun: dryRun,
	})
}

// sleep waits in cluster time.
func sleep(ctx context.Context, period time.Duration) error {
	timer := time.NewTimer(period)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
