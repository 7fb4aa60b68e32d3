package apiserver

import (
	"context"

	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	networkingclient "k8s.io/client-go/kubernetes/typed/networking/v1"
)

// defaultServiceCIDRs is the client of upstream's controller of the default ServiceCIDR.
// At its start the controller looks for the object twice in a row, the second time
// before its informer has seen what it made the first time, so it makes it again. It
// goes on with what Create returns even when that says AlreadyExists, and then finds
// that nothing does not match its flags (KubernetesDefaultServiceCIDRInconsistent). So
// here Create returns the object that there is beside that error.
type defaultServiceCIDRs struct{ kubernetes.Interface }

// NetworkingV1 implements kubernetes.Interface.
func (c defaultServiceCIDRs) NetworkingV1() networkingclient.NetworkingV1Interface {
	return networkingWithDefault{c.Interface.NetworkingV1()}
}

type networkingWithDefault struct {
	networkingclient.NetworkingV1Interface
}

// ServiceCIDRs implements networkingclient.NetworkingV1Interface.
func (n networkingWithDefault) ServiceCIDRs() networkingclient.ServiceCIDRInterface {
	return existingServiceCIDRs{n.NetworkingV1Interface.ServiceCIDRs()}
}

type existingServiceCIDRs struct {
	networkingclient.ServiceCIDRInterface
}

// Create implements networkingclient.ServiceCIDRInterface.
func (e existingServiceCIDRs) Create(ctx context.Context, wanted *networkingv1.ServiceCIDR, options metav1.CreateOptions) (*networkingv1.ServiceCIDR, error) {
	made, err := e.ServiceCIDRInterface.Create(ctx, wanted, options)
	if apierrors.IsAlreadyExists(err) {
		if existing, getErr := e.Get(ctx, wanted.Name, metav1.GetOptions{}); getErr == nil {
			return existing, err
		}
	}
	return made, err
}
