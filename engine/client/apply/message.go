package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	kjson "sigs.k8s.io/json"

	"tabernetes/engine/refusal"
)

// describe words an error as kubectl prints it and finds its place.
func (applier *Applier) describe(ctx context.Context, err error, object object) *Error {
	described := &Error{Message: message(err)}
	if status := (*apierrors.StatusError)(nil); errors.As(err, &status) {
		described.Reason = status.ErrStatus.Reason
	}
	if refused, found := refusal.Read(described.Message); found {
		described.Refusal = &refused
	}
	described.Line, described.Column = object.place.of(applier.fault(ctx, err, object))
	return described
}

// fault is the field that an error is about.
func (applier *Applier) fault(ctx context.Context, err error, object object) field {
	if noMatch := (*meta.NoKindMatchError)(nil); errors.As(err, &noMatch) {
		// For a kind that is served in another version, the version is at fault.
		if _, err := applier.mapper.RESTMappingWithContext(ctx, noMatch.GroupKind); err == nil {
			return field{path: "apiVersion", wrong: anyValue}
		}
		return field{path: "kind", wrong: anyValue}
	}
	if errors.Is(err, errNoName) {
		return field{path: "metadata.name", wrong: anyValue}
	}
	status := (*apierrors.StatusError)(nil)
	if !errors.As(err, &status) {
		return decodingFault(object)
	}
	details := status.ErrStatus.Details
	if details == nil {
		details = &metav1.StatusDetails{}
	}
	if len(details.Causes) > 0 && details.Causes[0].Field != patchField {
		return field{path: details.Causes[0].Field, wrong: anyValue}
	}
	if apierrors.IsNotFound(err) && details.Kind == "namespaces" {
		return field{path: "metadata.namespace", wrong: anyValue}
	}
	if found := fieldOf(status.ErrStatus.Message); found.path != "" {
		return found
	}
	if apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) {
		return decodingFault(object)
	}
	return field{}
}

// patchField is what the API server names, instead of a field of the object, in
// its errors about a patch that does not decode.
const patchField = "patch"

// decodingFault decodes an object of a built-in type as the API server does, to
// find the field where that fails: some of the server's errors do not name it.
func decodingFault(object object) field {
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if err != nil {
		return field{}
	}
	content, err := object.MarshalJSON()
	if err != nil {
		return field{}
	}
	unknown, err := kjson.UnmarshalStrict(content, typed)
	if err != nil {
		return fieldOf(err.Error())
	}
	if len(unknown) > 0 {
		return fieldOf(unknown[0].Error())
	}
	return field{}
}

// message is checkErr of k8s.io/kubectl/pkg/cmd/util for the errors that apply
// can meet, without the prefix "error: " of those that are not the server's.
func message(err error) string {
	status := (*apierrors.StatusError)(nil)
	switch {
	case !errors.As(err, &status):
		return err.Error()
	case status.ErrStatus.Reason == metav1.StatusReasonInvalid:
		return invalidMessage(status.ErrStatus)
	case status.ErrStatus.Reason == metav1.StatusReasonUnauthorized:
		return fmt.Sprintf("You must be logged in to the server (%s)", status.ErrStatus.Message)
	case status.ErrStatus.Reason != "":
		return fmt.Sprintf("Error from server (%s): %s", status.ErrStatus.Reason, err)
	default:
		return fmt.Sprintf("Error from server: %s", err)
	}
}

// invalidMessage puts several errors of an object on a line each.
func invalidMessage(status metav1.Status) string {
	details := status.Details
	if details == nil {
		details = &metav1.StatusDetails{}
	}
	text := "The request is invalid"
	if details.Kind != "" || details.Name != "" {
		text = fmt.Sprintf("The %s %q is invalid", details.Kind, details.Name)
	}
	var causes []string
	for _, cause := range details.Causes {
		line := fmt.Sprintf("%s: %s", cause.Field, withoutPatch(cause))
		if !slices.Contains(causes, line) {
			causes = append(causes, line)
		}
	}
	switch {
	case len(causes) == 1:
		return text + ": " + causes[0]
	case len(causes) > 1:
		return text + ": \n* " + strings.Join(causes, "\n* ")
	case details.Kind == "" && details.Name == "" && status.Message != "":
		return text + ": " + status.Message
	default:
		return text
	}
}

// withoutPatch is the message of a cause without the dump of the whole patch
// that the API server puts into its errors about one. This is the only place
// where a message says less than kubectl's.
func withoutPatch(cause metav1.StatusCause) string {
	label, rest, found := strings.Cut(cause.Message, ": ")
	if cause.Field != patchField || !found {
		return cause.Message
	}
	dump, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return cause.Message
	}
	return label + strings.TrimPrefix(rest, dump)
}

// unmapped words an error of looking up a kind (infoForData in
// k8s.io/cli-runtime/pkg/resource).
func unmapped(err error, object *unstructured.Unstructured, source string) error {
	from := ""
	if source != "" {
		from = fmt.Sprintf(" from %q", source)
	}
	if meta.IsNoMatchError(err) {
		return fmt.Errorf("resource mapping not found for name: %q namespace: %q%s: %w\nensure CRDs are installed first",
			object.GetName(), object.GetNamespace(), from, err)
	}
	return fmt.Errorf("unable to recognize%s: %w", strings.TrimPrefix(from, " from"), err)
}

// inSource adds the action and the file that it concerned (AddSourceToErr in
// k8s.io/kubectl/pkg/cmd/util). Without a file, or an error, it adds nothing.
func inSource(doing, source string, err error) error {
	if err == nil || source == "" {
		return err
	}
	status := (*apierrors.StatusError)(nil)
	if errors.As(err, &status) {
		worded := *status
		worded.ErrStatus.Message = fmt.Sprintf("error when %s %q: %v", doing, source, status.ErrStatus.Message)
		return &worded
	}
	return fmt.Errorf("error when %s %q: %w", doing, source, err)
}
