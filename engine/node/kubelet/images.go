package kubelet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/image"
	"tabernetes/engine/node/variation"
)

// What a registry needs to answer that it has an image, or has not.
const resolveShortest, resolveLongest = 200 * time.Millisecond, 600 * time.Millisecond

// registryTimeout is how long containerd tries to reach a registry that does not
// answer (net.Dialer.Timeout of its default host configuration).
const registryTimeout = 30 * time.Second

// pullVariation is how much faster or slower than the catalogue's speed a pull
// can be.
const pullVariation = 0.15

// imageStore is a node's images and the pulls of new ones. Like a kubelet with
// its default configuration it pulls one image at a time; a pull waits in a
// queue, which the node's containers bound: each waits for one image.
type imageStore struct {
	catalogue *image.Catalogue
	present   map[string]image.Image // by full name
	layers    map[string]int64       // bytes of the layers of these images, by name
	// logins are those that an image was pulled with, by full name; an image that
	// needed none has no entry. Bounded by the images times the secrets.
	logins   map[string][]image.Login
	queue    []*pull
	active   bool
	failures map[string]string // the last error of a pull that is in back-off, by its key
}

type pull struct {
	name     string
	logins   []image.Login
	settings image.Settings
	vary     variation.Source
	done     func(pulled image.Image, took time.Duration, err error)
}

func newImageStore(catalogue *image.Catalogue) (*imageStore, error) {
	store := &imageStore{
		catalogue: catalogue, present: map[string]image.Image{}, layers: map[string]int64{},
		logins: map[string][]image.Login{}, failures: map[string]string{},
	}
	for _, name := range catalogue.Preloaded() {
		preloaded, err := catalogue.Resolve(name)
		if err != nil {
			return nil, fmt.Errorf("preload image %q: %w", name, err)
		}
		store.add(preloaded)
	}
	return store, nil
}

func (s *imageStore) add(pulled image.Image) {
	s.present[pulled.Name] = pulled
	for _, layer := range pulled.Layers {
		s.layers[layer.Name] = layer.SizeBytes
	}
}

func (s *imageStore) hasLayer(name string) bool {
	_, present := s.layers[name]
	return present
}

// restart forgets the pulls that were under way or have failed: the machine has
// started anew, and its disk is all that is left.
func (s *imageStore) restart() {
	s.queue, s.active, s.failures = nil, false, map[string]string{}
}

// size is what the images take on the disk: a layer that several have is there
// once.
func (s *imageStore) size() int64 {
	total := int64(0)
	for _, bytes := range s.layers {
		total += bytes
	}
	return total
}

// keep removes the images that are not used, and the layers that only they have.
func (s *imageStore) keep(used map[string]bool) {
	maps.DeleteFunc(s.present, func(name string, _ image.Image) bool { return !used[name] })
	clear(s.layers)
	for _, present := range s.present {
		s.add(present)
	}
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

// mayUse says whether a pod with these logins may use an image that is present
// without asking the registry: an image that was pulled with a secret is only for
// pods that have it too (KEP-2535, KubeletEnsureSecretPulledImages).
func (s *imageStore) mayUse(name string, logins []image.Login) bool {
	needed, private := s.logins[name]
	if !private {
		return true
	}
	return slices.ContainsFunc(logins, func(login image.Login) bool { return slices.Contains(needed, login) })
}

// pulled remembers an image, and who may use it. An image that a pull without a
// login has given is for everybody.
func (s *imageStore) pulled(found image.Image, logins []image.Login) {
	_, private := s.logins[found.Name]
	_, present := s.present[found.Name]
	s.add(found)
	switch {
	case len(logins) == 0:
		delete(s.logins, found.Name)
	case private || !present:
		for _, login := range logins {
			if !slices.Contains(s.logins[found.Name], login) {
				s.logins[found.Name] = append(s.logins[found.Name], login)
			}
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
	found, err := p.resolve(store.catalogue)
	took := n.pullTime(p, found, err)
	n.loop.After(took, func() {
		if err == nil {
			store.pulled(found, p.logins)
		}
		p.done(found, took, err)
		n.pullNext()
	})
}

// resolve is what the registry answers.
func (p *pull) resolve(catalogue *image.Catalogue) (image.Image, error) {
	found, err := catalogue.Pull(p.name, p.logins)
	if err == nil && p.settings.PullFault != "" {
		return found, catalogue.Fail(found, p.settings.PullFault)
	}
	return found, err
}

// pullTime is how long a pull takes: the registry's answer, then the layers that
// are not on the node.
func (n *node) pullTime(p *pull, found image.Image, err error) time.Duration {
	took := p.vary.Between(resolveShortest, resolveLongest)
	factor := 1 + pullVariation*(2*p.vary.Random.Float64()-1)
	switch {
	case n.loop.Instant:
		return 0
	case faultOf(err) == image.FaultTimeout:
		return registryTimeout
	case err != nil:
		return took
	case p.settings.PullTime != nil:
		return *p.settings.PullTime
	}
	return took + n.overNetwork(time.Duration(factor*float64(found.PullDuration(n.images.hasLayer))))
}

// findImage looks for an image on the node. An instant node has every image.
func (n *node) findImage(name string) (image.Image, bool) {
	found, err := n.images.catalogue.Resolve(name)
	if err != nil {
		return image.Image{}, false
	}
	if n.loop.Instant {
		n.images.add(found)
		return found, true
	}
	present, ok := n.images.present[found.Name]
	return present, ok
}
