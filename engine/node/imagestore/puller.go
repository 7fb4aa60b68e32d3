package imagestore

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/kubelet/events"
	"k8s.io/kubernetes/pkg/util/parsers"

	"tabernetes/engine/node/image"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
)

// The reasons of pkg/kubelet/images/types.go, which is not imported because it
// brings the credential provider plugins with it.
var (
	ErrImagePullBackOff = errors.New("ImagePullBackOff")
	ErrImagePull        = errors.New("ErrImagePull")
	errImageNeverPull   = errors.New("ErrImageNeverPull")
	errInvalidImageName = errors.New("InvalidImageName")
)

// How long a registry takes to answer whether it has an image.
const resolveShortest, resolveLongest = 200 * time.Millisecond, 600 * time.Millisecond

// registryTimeout is how long containerd tries to reach a registry that does not
// answer (net.Dialer.Timeout of its default host configuration).
const registryTimeout = 30 * time.Second

// pullVariation is how much faster or slower than the catalogue's speed a pull can
// be, as a fraction.
const pullVariation = 0.15

// The back-off of a pull that has failed, with the values of pkg/kubelet/kubelet.go.
const (
	pullBackOffBase = 10 * time.Second
	pullBackOffMax  = 5 * time.Minute
)

// Pod is the pod that needs an image.
type Pod interface {
	// Object is the newest state of the pod.
	Object() *corev1.Pod
	// ContainerEvent records an event about a container of the pod.
	ContainerEvent(spec *corev1.Container, kind, reason, message string)
}

// Host is the node that pulls.
type Host interface {
	// Secret finds a pull secret.
	Secret(namespace, name string) (*corev1.Secret, error)
	// Exists says whether the node's registries have a repository that is not in
	// the catalogue.
	Exists(repository string) bool
	// OverNetwork returns how long an operation takes now that usually takes the
	// given time.
	OverNetwork(usual time.Duration) time.Duration
}

// Puller pulls images for the pods of a node. Like a kubelet with its default
// configuration it pulls one image at a time. Further pulls wait in a queue, which
// is bounded by the node's containers, since each waits for one image. It belongs
// to the loop.
type Puller struct {
	store    *Store
	host     Host
	loop     *syncloop.Loop
	backOff  *flowcontrol.Backoff // an entry for each image of a pod; Collect drops old ones
	queue    []*pull
	active   bool
	failures map[string]string // the last error of a pull that is in back-off, by its key
}

// NewPuller makes a puller with an empty queue.
func NewPuller(store *Store, on Host, loop *syncloop.Loop) *Puller {
	return &Puller{
		store: store, host: on, loop: loop,
		backOff: flowcontrol.NewBackOff(pullBackOffBase, pullBackOffMax), failures: map[string]string{},
	}
}

type pull struct {
	name     string
	logins   []image.Login
	settings image.Settings
	vary     variation.Source
	done     func(pulled image.Image, took time.Duration, err error)
}

// Request is a container's request for its image.
type Request struct {
	Pod   Pod
	Scope *syncloop.Scope
	Vary  variation.Source
	Spec  *corev1.Container
	// Settings are those of the pod's annotations.
	Settings image.Settings
	// Done gets the image, or the message and the error of the waiting state. It is
	// called on the loop, unless the pod has gone.
	Done func(found image.Image, message string, err error)
}

// Collect drops old back-off entries.
func (p *Puller) Collect() { p.backOff.GC() }

// Forget drops what is remembered about the pulls of a pod.
func (p *Puller) Forget(uid string) {
	for key := range p.failures {
		if strings.HasPrefix(key, uid+"_") {
			delete(p.failures, key)
		}
	}
}

// Ensure ensures that the image of a container is on the node, as its pull policy
// demands, with the events of the kubelet's image manager
// (pkg/kubelet/images/image_manager.go).
func (p *Puller) Ensure(r Request) {
	spec := r.Spec
	name, err := withDefaultTag(spec.Image)
	if err != nil {
		message := fmt.Sprintf("Failed to apply default image tag %q: %v", spec.Image, err)
		r.Pod.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToInspectImage, message)
		r.Done(image.Image{}, message, errInvalidImageName)
		return
	}
	logins, err := p.logins(r.Pod.Object(), name)
	if spec.ImagePullPolicy != corev1.PullAlways {
		found, present := p.findImage(name)
		if present && err == nil && p.store.mayUse(found.Name, logins) {
			r.Pod.ContainerEvent(spec, corev1.EventTypeNormal, events.PulledImage,
				fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", spec.Image))
			r.Done(found, "", nil)
			return
		}
		if spec.ImagePullPolicy == corev1.PullNever {
			message := fmt.Sprintf("Container image %q is not present with pull policy of Never", spec.Image)
			r.Pod.ContainerEvent(spec, corev1.EventTypeWarning, events.ErrImageNeverPullPolicy, message)
			r.Done(image.Image{}, message, errImageNeverPull)
			return
		}
	}
	if err != nil {
		r.Done(image.Image{}, err.Error(), err)
		return
	}
	p.pullImage(r, name, logins)
}

func (p *Puller) pullImage(r Request, name string, logins []image.Login) {
	spec := r.Spec
	key := string(r.Pod.Object().UID) + "_" + spec.Image
	if p.backOff.IsInBackOffSinceUpdate(key, p.loop.Now()) {
		message := fmt.Sprintf("Back-off pulling image %q", spec.Image)
		r.Pod.ContainerEvent(spec, corev1.EventTypeNormal, events.BackOffPullImage, message)
		if cause, known := p.failures[key]; known {
			message += ": " + cause
		}
		r.Done(image.Image{}, message, ErrImagePullBackOff)
		return
	}
	delete(p.failures, key)
	r.Pod.ContainerEvent(spec, corev1.EventTypeNormal, events.PullingImage, fmt.Sprintf("Pulling image %q", spec.Image))
	asked := p.loop.Now()
	p.enqueue(&pull{name: name, logins: logins, settings: r.Settings, vary: r.Vary, done: func(pulled image.Image, took time.Duration, err error) {
		if r.Scope.Ended() {
			return
		}
		if err != nil {
			r.Pod.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToPullImage, fmt.Sprintf("Failed to pull image %q: %v", spec.Image, err))
			p.backOff.Next(key, p.loop.Now())
			p.failures[key] = fmt.Sprintf("%s: %s", ErrImagePull, err)
			r.Done(image.Image{}, err.Error(), ErrImagePull)
			return
		}
		r.Pod.ContainerEvent(spec, corev1.EventTypeNormal, events.PulledImage,
			fmt.Sprintf("Successfully pulled image %q in %v (%v including waiting). Image size: %v bytes.",
				spec.Image, took.Truncate(time.Millisecond), p.loop.Now().Sub(asked).Truncate(time.Millisecond), pulled.SizeBytes))
		r.Done(pulled, "", nil)
	}})
}

// logins returns the logins of a pod's pull secrets for an image. An error says
// that a secret cannot be read.
func (p *Puller) logins(pod *corev1.Pod, name string) ([]image.Login, error) {
	keyring := &credentialprovider.BasicDockerKeyring{}
	for _, reference := range pod.Spec.ImagePullSecrets {
		secret, err := p.host.Secret(pod.Namespace, reference.Name)
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
