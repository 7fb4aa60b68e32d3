package kubelet

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/events"
	"k8s.io/kubernetes/pkg/util/parsers"

	"tabernetes/engine/kubelet/image"
)

// The reasons of pkg/kubelet/images/types.go, which is not imported because it
// brings the credential provider plugins with it.
var (
	errImagePullBackOff = errors.New("ImagePullBackOff")
	errImagePull        = errors.New("ErrImagePull")
	errImageNeverPull   = errors.New("ErrImageNeverPull")
	errInvalidImageName = errors.New("InvalidImageName")
)

// What a registry needs to answer that it has an image, or has not.
const resolveShortest, resolveLongest = 200 * time.Millisecond, 600 * time.Millisecond

// pullVariation is how much faster or slower than the catalogue's speed a pull
// can be.
const pullVariation = 0.15

// imageStore is a node's images and the pulls of new ones. Like a kubelet with
// its default configuration it pulls one image at a time; a pull waits in a
// queue, which the node's containers bound: each waits for one image.
type imageStore struct {
	catalogue *image.Catalogue
	present   map[string]image.Image // by full name
	queue     []*pull
	active    bool
	failures  map[string]string // the last error of a pull that is in back-off, by its key
}

type pull struct {
	name string
	vary variation
	done func(pulled image.Image, took time.Duration, err error)
}

func newImageStore(catalogue *image.Catalogue) (*imageStore, error) {
	store := &imageStore{catalogue: catalogue, present: map[string]image.Image{}, failures: map[string]string{}}
	for _, name := range catalogue.Preloaded() {
		preloaded, err := catalogue.Resolve(name)
		if err != nil {
			return nil, fmt.Errorf("preload image %q: %w", name, err)
		}
		store.present[preloaded.Name] = preloaded
	}
	return store, nil
}

// restart forgets the pulls that were under way or have failed: the machine has
// started anew, and its disk is all that is left.
func (s *imageStore) restart() {
	s.queue, s.active, s.failures = nil, false, map[string]string{}
}

// size is what the images take on the disk.
func (s *imageStore) size() int64 {
	total := int64(0)
	for _, present := range s.present {
		total += present.SizeBytes
	}
	return total
}

// keep removes the images that are not used.
func (s *imageStore) keep(used map[string]bool) {
	maps.DeleteFunc(s.present, func(name string, _ image.Image) bool { return !used[name] })
}

// list is the images by size, the largest first, as the node's status has them.
func (s *imageStore) list() []kubecontainer.Image {
	list := make([]kubecontainer.Image, 0, len(s.present))
	for _, present := range s.present {
		entry := kubecontainer.Image{ID: present.Digest, RepoDigests: []string{present.ID()}, Size: present.SizeBytes}
		if present.Tag != "" {
			entry.RepoTags = []string{present.Name}
		}
		list = append(list, entry)
	}
	slices.SortFunc(list, func(a, b kubecontainer.Image) int {
		if a.Size != b.Size {
			return int(b.Size - a.Size)
		}
		return strings.Compare(a.RepoDigests[0], b.RepoDigests[0])
	})
	return list
}

// forget drops what is remembered about the pulls of a pod.
func (s *imageStore) forget(uid string) {
	for key := range s.failures {
		if strings.HasPrefix(key, uid+"_") {
			delete(s.failures, key)
		}
	}
}

// enqueue asks for a pull. done is called on the sync loop.
func (n *node) enqueue(p *pull) {
	n.images.queue = append(n.images.queue, p)
	if !n.images.active {
		n.pullNext()
	}
}

func (n *node) pullNext() {
	store := n.images
	if len(store.queue) == 0 {
		store.active = false
		return
	}
	store.active = true
	p := store.queue[0]
	store.queue = store.queue[1:]
	found, err := store.catalogue.Resolve(p.name)
	took := p.vary.between(resolveShortest, resolveLongest)
	if err == nil && !n.instant {
		if _, present := store.present[found.Name]; !present {
			took += n.overNetwork(p.time(found))
		}
	}
	n.after(took, func() {
		if err == nil {
			store.present[found.Name] = found
		}
		p.done(found, took, err)
		n.pullNext()
	})
}

// time is how long the layers take.
func (p *pull) time(wanted image.Image) time.Duration {
	factor := 1 + pullVariation*(2*p.vary.random.Float64()-1)
	return time.Duration(factor * float64(wanted.PullDuration()))
}

// ensureImage sees that the image of a container is on the node, as its pull
// policy asks, with the events of the kubelet's image manager
// (pkg/kubelet/images/image_manager.go). The message and the error given to done
// are those of the waiting state.
func (w *podWorker) ensureImage(spec *corev1.Container, done func(found image.Image, message string, err error)) {
	n := w.node
	name, err := withDefaultTag(spec.Image)
	if err != nil {
		message := fmt.Sprintf("Failed to apply default image tag %q: %v", spec.Image, err)
		w.containerEvent(spec, corev1.EventTypeWarning, events.FailedToInspectImage, message)
		done(image.Image{}, message, errInvalidImageName)
		return
	}
	if spec.ImagePullPolicy != corev1.PullAlways {
		if found, present := n.findImage(name); present {
			w.containerEvent(spec, corev1.EventTypeNormal, events.PulledImage,
				fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", spec.Image))
			done(found, "", nil)
			return
		}
		if spec.ImagePullPolicy == corev1.PullNever {
			message := fmt.Sprintf("Container image %q is not present with pull policy of Never", spec.Image)
			w.containerEvent(spec, corev1.EventTypeWarning, events.ErrImageNeverPullPolicy, message)
			done(image.Image{}, message, errImageNeverPull)
			return
		}
	}
	key := string(w.uid()) + "_" + name
	if n.backOff.pull.IsInBackOffSinceUpdate(key, n.now) {
		message := fmt.Sprintf("Back-off pulling image %q", name)
		w.containerEvent(spec, corev1.EventTypeNormal, events.BackOffPullImage, message)
		if cause, known := n.images.failures[key]; known {
			message += ": " + cause
		}
		done(image.Image{}, message, errImagePullBackOff)
		return
	}
	delete(n.images.failures, key)
	w.containerEvent(spec, corev1.EventTypeNormal, events.PullingImage, fmt.Sprintf("Pulling image %q", name))
	asked := n.now
	n.enqueue(&pull{name: name, vary: w.vary, done: func(pulled image.Image, took time.Duration, err error) {
		if w.gone {
			return
		}
		if err != nil {
			w.containerEvent(spec, corev1.EventTypeWarning, events.FailedToPullImage, fmt.Sprintf("Failed to pull image %q: %v", name, err))
			n.backOff.pull.Next(key, n.now)
			n.images.failures[key] = fmt.Sprintf("%s: %s", errImagePull, err)
			done(image.Image{}, err.Error(), errImagePull)
			return
		}
		w.containerEvent(spec, corev1.EventTypeNormal, events.PulledImage,
			fmt.Sprintf("Successfully pulled image %q in %v (%v including waiting). Image size: %v bytes.",
				name, took.Truncate(time.Millisecond), n.now.Sub(asked).Truncate(time.Millisecond), pulled.SizeBytes))
		done(pulled, "", nil)
	}})
}

// findImage looks for an image on the node. An instant node has every image.
func (n *node) findImage(name string) (image.Image, bool) {
	found, err := n.images.catalogue.Resolve(name)
	if err != nil {
		return image.Image{}, false
	}
	if n.instant {
		n.images.present[found.Name] = found
		return found, true
	}
	present, ok := n.images.present[found.Name]
	return present, ok
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
