package apiserver

import (
	"context"
	"io"

	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/apis/networking"
)

// notEnforced is the one admission plugin that is not upstream's. It admits
// everything, and warns about objects that a cluster with a suitable network
// plug-in would enforce and this one does not.
type notEnforced struct{ *admission.Handler }

const notEnforcedName = "NotEnforced"

var _ admission.ValidationInterface = notEnforced{}

func registerNotEnforced(plugins *admission.Plugins) {
	plugins.Register(notEnforcedName, func(io.Reader) (admission.Interface, error) {
		return notEnforced{admission.NewHandler(admission.Create, admission.Update)}, nil
	})
}

// Validate implements admission.ValidationInterface.
func (notEnforced) Validate(ctx context.Context, attributes admission.Attributes, _ admission.ObjectInterfaces) error {
	if attributes.GetResource().GroupResource() == networking.Resource("networkpolicies") {
		warning.AddWarning(ctx, "", "NetworkPolicy is stored and not enforced: this cluster's simulated network lets every connection through")
	}
	return nil
}
