package apply

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func (options Options) dryRun() []string {
	if options.DryRun {
		return []string{metav1.DryRunAll}
	}
	return nil
}

// change is an object before and after it was applied; before is nil for a new
// one, and both are the same when nothing was changed.
type change struct {
	before, after *unstructured.Unstructured
}

func changeTo(object *unstructured.Unstructured) change {
	return change{after: object}
}

func (change change) texts() (before, after string, err error) {
	if before, err = text(change.before); err != nil {
		return "", "", err
	}
	if change.after == change.before {
		return before, before, nil
	}
	after, err = text(change.after)
	return before, after, err
}

// text is the YAML of an object for comparing versions by eye: without its managed
// fields and without the last-applied annotation. "" stands for no object.
func text(object *unstructured.Unstructured) (string, error) {
	if object == nil {
		return "", nil
	}
	object = object.DeepCopy()
	object.SetManagedFields(nil)
	if annotations := object.GetAnnotations(); annotations[corev1.LastAppliedConfigAnnotation] != "" {
		delete(annotations, corev1.LastAppliedConfigAnnotation)
		if len(annotations) == 0 {
			annotations = nil
		}
		object.SetAnnotations(annotations)
	}
	encoded, err := yaml.Marshal(object.Object)
	if err != nil {
		return "", fmt.Errorf("write %s %q as YAML: %w", object.GetKind(), object.GetName(), err)
	}
	return string(encoded), nil
}

// announced are the namespaces that a dry run's text creates for objects
// further down. The API server cannot know them since it stores nothing.
type announced map[string]bool

func (announced announced) add(object object) {
	if object.Unstructured != nil && object.GetKind() == "Namespace" && object.GetAPIVersion() == "v1" {
		announced[object.GetName()] = true
	}
}

// explains says whether an error is there only because a dry run makes no namespaces.
func (announced announced) explains(err error) bool {
	status := (*apierrors.StatusError)(nil)
	if !apierrors.IsNotFound(err) || !errors.As(err, &status) || status.ErrStatus.Details == nil {
		return false
	}
	details := status.ErrStatus.Details
	return details.Kind == "namespaces" && announced[details.Name]
}
