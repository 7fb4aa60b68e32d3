package provisioner

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// The library adds the core types to client-go's scheme for each provisioner
// (controller.NewProvisionController), although they are in it. A scheme is not to
// be written while somebody reads it, and other clusters of the process do.
func init() {
	add := corev1.AddToScheme
	corev1.AddToScheme = func(to *runtime.Scheme) error {
		if to == scheme.Scheme {
			return nil
		}
		return add(to)
	}
}
