package pod

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// failedToRetrieveSecret is the reason of pkg/kubelet/kubelet.go, where it stands
// in the code.
const failedToRetrieveSecret = "FailedToRetrieveImagePullSecret"

// reportMissingSecrets writes an event when a sync has tried to pull an image in
// vain and a pull secret does not exist.
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
