package pod

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// failedToRetrieveSecret is an event reason that pkg/kubelet/kubelet.go has as a
// literal.
const failedToRetrieveSecret = "FailedToRetrieveImagePullSecret"

// reportMissingSecrets records an event when a sync has failed to pull an image
// and a pull secret does not exist.
func (w *Worker) reportMissingSecrets() {
	var missing []string
	for _, reference := range w.pod.Spec.ImagePullSecrets {
		if reference.Name == "" {
			continue
		}
		if _, err := w.node.Secret(w.pod.Namespace, reference.Name); err != nil {
			missing = append(missing, reference.Name)
		}
	}
	if len(missing) > 0 {
		w.Event(corev1.EventTypeWarning, failedToRetrieveSecret,
			fmt.Sprintf("Unable to retrieve some image pull secrets (%s); attempting to pull the image may not succeed.", strings.Join(missing, ", ")))
	}
}
