package apply

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// discover has the mapper forget what it knows if that lacks the kind of an object:
// somebody may have defined it since. The mapper then asks when the first object is
// applied, so that it does not see what the objects themselves define.
func (applier *Applier) discover(ctx context.Context, contents []content) {
	for _, content := range contents {
		for _, object := range content.objects {
			if object.err != nil {
				continue
			}
			kind := object.GroupVersionKind()
			if _, err := applier.mapper.RESTMappingWithContext(ctx, kind.GroupKind(), kind.Version); meta.IsNoMatchError(err) {
				applier.mapper.ResetWithContext(ctx)
				return
			}
		}
	}
}

// isUnserved says whether an error is that nothing answers at the path of a
// resource, as after its definition was deleted.
func isUnserved(err error) bool {
	return apierrors.IsNotFound(err) && apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse)
}
