package imagestore

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/image"
)

// Store is the images on a machine's disk. It belongs to the loop of the node
// that runs on the machine.
type Store struct {
	catalogue *image.Catalogue
	present   map[string]image.Image // by full name
	layers    map[string]int64       // bytes of the layers of these images, by name
	// logins are those that an image was pulled with, by full name; an image that
	// needed none has no entry. Bounded by the number of images times the number
	// of secrets.
	logins map[string][]image.Login
}

// NewStore makes a store with the preloaded images of a catalogue.
func NewStore(catalogue *image.Catalogue) (*Store, error) {
	store := &Store{
		catalogue: catalogue, present: map[string]image.Image{}, layers: map[string]int64{},
		logins: map[string][]image.Login{},
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

// TakeOver adds and returns the image of an adopted container.
func (s *Store) TakeOver(name string) (image.Image, error) {
	found, err := s.catalogue.Resolve(name)
	if err == nil {
		s.add(found)
	}
	return found, err
}

func (s *Store) add(pulled image.Image) {
	s.present[pulled.Name] = pulled
	for _, layer := range pulled.Layers {
		s.layers[layer.Name] = layer.SizeBytes
	}
}

func (s *Store) hasLayer(name string) bool {
	_, present := s.layers[name]
	return present
}

// Size is the disk usage of the images: a shared layer counts once.
func (s *Store) Size() int64 {
	total := int64(0)
	for _, bytes := range s.layers {
		total += bytes
	}
	return total
}

// Keep removes the images that are not used, and the layers that only they have.
func (s *Store) Keep(used map[string]bool) {
	maps.DeleteFunc(s.present, func(name string, _ image.Image) bool { return !used[name] })
	clear(s.layers)
	for _, present := range s.present {
		s.add(present)
	}
}

// List returns the images by size, the largest first, as in the node's status.
func (s *Store) List() []kubecontainer.Image {
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

// mayUse reports whether a pod with these logins may use a present image without
// asking the registry: an image that was pulled with a secret is only for pods
// that have that secret too (KEP-2535, KubeletEnsureSecretPulledImages).
func (s *Store) mayUse(name string, logins []image.Login) bool {
	needed, private := s.logins[name]
	if !private {
		return true
	}
	return slices.ContainsFunc(logins, func(login image.Login) bool { return slices.Contains(needed, login) })
}

// pulled adds an image, and remembers who may use it. An image that was pulled
// without a login is for everybody.
func (s *Store) pulled(found image.Image, logins []image.Login) {
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
