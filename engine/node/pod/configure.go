package pod

import (
	"errors"
	"fmt"
	"math"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/util/format"
	"k8s.io/kubernetes/pkg/securitycontext"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/environment"
	"tabernetes/engine/node/image"
	"tabernetes/engine/userland/filesystem"
)

// errCreateContainer is the waiting reason of a container that the runtime cannot make.
var errCreateContainer = errors.New("CreateContainerError")

// errCreateContainerConfig is the waiting reason that pkg/kubelet/kuberuntime
// gives a container that cannot be configured.
var errCreateContainerConfig = errors.New("CreateContainerConfigError")

// configure makes the configuration of a container, as the kubelet's
// generateContainerConfig does. An error leaves the container in
// CreateContainerConfigError.
func (w *Worker) configure(spec *corev1.Container, from image.Image, images map[string]*filesystem.FileSystem) (container.Config, error) {
	environment, err := environment.Of(spec, w, w.node)
	if err != nil {
		return container.Config{}, err
	}
	mounts, err := w.volumes.Mounts(spec, environment, images)
	if err != nil {
		return container.Config{}, err
	}
	if err := verifyRunAsNonRoot(w.pod, spec, from.User.UID); err != nil {
		return container.Config{}, err
	}
	config := container.Config{Environment: environment, Mounts: mounts}
	config.Command, config.Args = kubecontainer.ExpandContainerCommandAndArgs(spec, environment)
	return config, nil
}

// verifyRunAsNonRoot checks the user that a container would run as, if the spec
// demands that it is not root. imageUser is the user of the image's configuration.
func verifyRunAsNonRoot(pod *corev1.Pod, spec *corev1.Container, imageUser int64) error {
	effective := securitycontext.DetermineEffectiveSecurityContext(pod, spec)
	if effective == nil || effective.RunAsNonRoot == nil || !*effective.RunAsNonRoot {
		return nil
	}
	if effective.RunAsUser != nil {
		if *effective.RunAsUser == 0 {
			return fmt.Errorf("container's runAsUser breaks non-root policy (pod: %q, container: %s)", format.Pod(pod), spec.Name)
		}
		return nil
	}
	if imageUser == 0 {
		return fmt.Errorf("container has runAsNonRoot and image will run as root (pod: %q, container: %s)", format.Pod(pod), spec.Name)
	}
	if problems := validation.IsValidUserID(imageUser); len(problems) > 0 {
		return fmt.Errorf("container has runAsNonRoot and image has an invalid user id (%d). (Must be 1-(%d)): %s (pod: %q, container: %s)",
			imageUser, math.MaxInt32, strings.Join(problems, "; "), format.Pod(pod), spec.Name)
	}
	return nil
}
