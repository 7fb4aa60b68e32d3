package kubelet

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/kubelet/events"
	"k8s.io/kubernetes/pkg/util/parsers"

	"tabernetes/engine/node/image"
)

// The reasons of pkg/kubelet/images/types.go, which is not imported because it
// brings the credential provider plugins with it.
var (
	errImagePullBackOff = errors.New("ImagePullBackOff")
	errImagePull        = errors.New("ErrImagePull")
	errImageNeverPull   = errors.New("ErrImageNeverPull")
	errInvalidImageName = errors.New("InvalidImageName")
)

// failedToRetrieveSecret is the reason of pkg/kubelet/kubelet.go, where it stands
// in the code.
const failedToRetrieveSecret = "FailedToRetrieveImagePullSecret"

// ensureImage sees that the image of a container is on the node, as its pull
// policy asks, with the events of the kubelet's image manager
// (pkg/kubelet/images/image_manager.go). The message and the error given to done
// are those of the waiting state.
func (w *podWorker) ensureImage(spec *corev1.Container, done func(found image.Image, message string, err error)) {
	n := w.node
	name, err := withDefaultTag(spec.Image)
	if err != nil {
		message := fmt.Sprintf("Failed to apply default image tag %q: %v", spec.Image, err)
		w.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToInspectImage, message)
		done(image.Image{}, message, errInvalidImageName)
		return
	}
	logins, err := w.logins(name)
	if spec.ImagePullPolicy != corev1.PullAlways {
		found, present := n.findImage(name)
		if present && err == nil && n.images.mayUse(found.Name, logins) {
			w.ContainerEvent(spec, corev1.EventTypeNormal, events.PulledImage,
				fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", spec.Image))
			done(found, "", nil)
			return
		}
		if spec.ImagePullPolicy == corev1.PullNever {
			message := fmt.Sprintf("Container image %q is not present with pull policy of Never", spec.Image)
			w.ContainerEvent(spec, corev1.EventTypeWarning, events.ErrImageNeverPullPolicy, message)
			done(image.Image{}, message, errImageNeverPull)
			return
		}
	}
	if err != nil {
		done(image.Image{}, err.Error(), err)
		return
	}
	w.pullImage(spec, name, logins, done)
}

func (w *podWorker) pullImage(spec *corev1.Container, name string, logins []image.Login, done func(found image.Image, message string, err error)) {
	n := w.node
	key := string(w.uid()) + "_" + spec.Image
	if n.backOff.pull.IsInBackOffSinceUpdate(key, n.loop.Now()) {
		message := fmt.Sprintf("Back-off pulling image %q", spec.Image)
		w.ContainerEvent(spec, corev1.EventTypeNormal, events.BackOffPullImage, message)
		if cause, known := n.images.failures[key]; known {
			message += ": " + cause
		}
		done(image.Image{}, message, errImagePullBackOff)
		return
	}
	delete(n.images.failures, key)
	w.ContainerEvent(spec, corev1.EventTypeNormal, events.PullingImage, fmt.Sprintf("Pulling image %q", spec.Image))
	asked := n.loop.Now()
	n.enqueue(&pull{name: name, logins: logins, settings: w.settings(spec.Name), vary: w.vary, done: func(pulled image.Image, took time.Duration, err error) {
		if w.scope.Ended() {
			return
		}
		if err != nil {
			w.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToPullImage, fmt.Sprintf("Failed to pull image %q: %v", spec.Image, err))
			n.backOff.pull.Next(key, n.loop.Now())
			n.images.failures[key] = fmt.Sprintf("%s: %s", errImagePull, err)
			done(image.Image{}, err.Error(), errImagePull)
			return
		}
		w.ContainerEvent(spec, corev1.EventTypeNormal, events.PulledImage,
			fmt.Sprintf("Successfully pulled image %q in %v (%v including waiting). Image size: %v bytes.",
				spec.Image, took.Truncate(time.Millisecond), n.loop.Now().Sub(asked).Truncate(time.Millisecond), pulled.SizeBytes))
		done(pulled, "", nil)
	}})
}

// logins are those that the pod's pull secrets have for an image. An error says
// that a secret cannot be read.
func (w *podWorker) logins(name string) ([]image.Login, error) {
	keyring := &credentialprovider.BasicDockerKeyring{}
	for _, reference := range w.pod.Spec.ImagePullSecrets {
		secret, err := w.node.Secret(w.pod.Namespace, reference.Name)
		if reference.Name == "" || err != nil {
			continue
		}
		config, err := dockerConfigOf(secret)
		if err != nil {
			return nil, err
		}
		keyring.Add(nil, config)
	}
	repository, _, _, err := parsers.ParseImageName(name)
	if err != nil {
		return nil, err
	}
	found, _ := keyring.Lookup(repository)
	logins := make([]image.Login, 0, len(found))
	for _, entry := range found {
		logins = append(logins, image.Login{Username: entry.Username, Password: entry.Password})
	}
	return logins, nil
}

// dockerConfigOf is the configuration in a pull secret, empty for a secret of
// another type (pkg/credentialprovider/secrets, whose function is not exported).
func dockerConfigOf(secret *corev1.Secret) (credentialprovider.DockerConfig, error) {
	switch text, ok := secret.Data[corev1.DockerConfigJsonKey]; {
	case secret.Type == corev1.SecretTypeDockerConfigJson && ok && len(text) > 0:
		var config credentialprovider.DockerConfigJSON
		err := json.Unmarshal(text, &config)
		return config.Auths, err
	}
	var config credentialprovider.DockerConfig
	if text := secret.Data[corev1.DockerConfigKey]; secret.Type == corev1.SecretTypeDockercfg && len(text) > 0 {
		err := json.Unmarshal(text, &config)
		return config, err
	}
	return config, nil
}

// reportMissingSecrets writes an event when a sync has tried to pull an image in
// vain and a pull secret does not exist.
func (w *podWorker) reportMissingSecrets() {
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

// faultOf is the fault of a pull's error, or empty.
func faultOf(err error) image.Fault {
	var failure *image.PullError
	if errors.As(err, &failure) {
		return failure.Fault
	}
	return ""
}

// withDefaultTag adds ":latest" to a name that has neither a tag nor a digest,
// and leaves it as it is otherwise.
func withDefaultTag(name string) (string, error) {
	_, tag, digest, err := parsers.ParseImageName(name)
	if err != nil {
		return "", err
	}
	if digest == "" && tag != "" && !strings.HasSuffix(name, ":"+tag) {
		name += ":" + tag
	}
	return name, nil
}
