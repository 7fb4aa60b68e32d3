package image

import (
	"errors"
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// Repository is one file of the catalogue.
type Repository struct {
	// Repository is the full name, with the registry, as a container runtime
	// shows it: "docker.io/library/nginx".
	Repository string `json:"repository"`
	// Summary says in one line what the image is.
	Summary string `json:"summary"`
	// Tags are all tags of the repository.
	Tags []Tag `json:"tags"`
	// Variants are endings of tags: with "alpine" each release X has X-alpine too,
	// which behaves alike.
	Variants []string `json:"variants,omitempty"`
	// PullBytesPerSecond is the download speed of its layers. Default 25,000,000.
	PullBytesPerSecond int64 `json:"pullBytesPerSecond,omitempty"`
	// Base is the layer that every tag is built on, unless it names its own.
	Base *Layer `json:"base,omitempty"`
	// Preloaded says that every node has the repository's first tag from the
	// start, like the pause image.
	Preloaded bool `json:"preloaded,omitempty"`
	// WorkingDir is where its processes start; default "/".
	WorkingDir string `json:"workingDir,omitempty"`
	// Programs are the commands that the image has.
	Programs Programs `json:"programs,omitempty"`
	// Private says who may pull; nil means everybody.
	Private *Private `json:"private,omitempty"`

	Behaviour

	// Arguments are the behaviours that replace the image's own for a certain
	// first argument, as in "agnhost liveness".
	Arguments []ArgumentBehaviour `json:"arguments,omitempty"`
}

// Tag is a set of tags that name the same image.
type Tag struct {
	// Names are the tags, for example "1.27" and "1.27.5".
	Names []string `json:"names"`
	// SizeBytes is the compressed size, which containerd reports.
	SizeBytes int64 `json:"sizeBytes"`
	// Maintained says that newer releases of the entry's lines exist too: with
	// "1.29.4" also "1.29.5" to "1.29.16", with "18.1" also "18.2" to "18.4".
	Maintained bool `json:"maintained,omitempty"`
	// Base is the layer that these tags are built on instead of the repository's.
	Base *Layer `json:"base,omitempty"`
	// Set changes the behaviour of these tags: the keys and values of the
	// annotations without their prefix, see Settings.
	Set map[string]string `json:"set,omitempty"`
}

// Layer is a part of an image that other images can share. A layer that is on a
// node is not pulled again.
type Layer struct {
	// Name identifies the layer across all repositories: "debian-12".
	Name string `json:"name"`
	// SizeBytes is the compressed size.
	SizeBytes int64 `json:"sizeBytes"`
}

// Private makes a repository require a login.
type Private struct {
	// Logins are those that are allowed to pull. Empty means nobody.
	Logins []Login `json:"logins,omitempty"`
}

// Login is a user of a registry.
type Login struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// ArgumentBehaviour is the behaviour of an image when its first argument is First.
// It replaces the whole behaviour except the user.
type ArgumentBehaviour struct {
	First string `json:"first"`

	Behaviour
}

const defaultPullBytesPerSecond = 25_000_000

// validate returns the first error, with the path of its field, or nil.
func (r *Repository) validate() error {
	named, err := reference.ParseNormalizedNamed(r.Repository)
	switch {
	case err != nil:
		return fmt.Errorf("repository %q: %w", r.Repository, err)
	case !reference.IsNameOnly(named):
		return fmt.Errorf("repository %q: has a tag or a digest", r.Repository)
	case named.Name() != r.Repository:
		return fmt.Errorf("repository %q: write it in full, as %q", r.Repository, named.Name())
	case r.Summary == "":
		return errors.New("summary: is empty")
	case len(r.Tags) == 0:
		return errors.New("tags: is empty; a repository without tags cannot be pulled")
	case r.PullBytesPerSecond < 0:
		return fmt.Errorf("pullBytesPerSecond: must not be negative, got %d", r.PullBytesPerSecond)
	}
	if err := r.Behaviour.validate(); err != nil {
		return err
	}
	if err := r.Programs.validate(); err != nil {
		return err
	}
	for i := range r.Arguments {
		if r.Arguments[i].First == "" {
			return fmt.Errorf("arguments[%d].first: is empty", i)
		}
		if err := r.Arguments[i].validate(); err != nil {
			return fmt.Errorf("arguments[%d].%w", i, err)
		}
	}
	return r.validateTags(named)
}

func (r *Repository) validateTags(named reference.Named) error {
	seen := map[string]bool{}
	for i, tag := range r.Tags {
		if len(tag.Names) == 0 {
			return fmt.Errorf("tags[%d].names: is empty", i)
		}
		if tag.SizeBytes <= 0 {
			return fmt.Errorf("tags[%d].sizeBytes: must be positive, got %d", i, tag.SizeBytes)
		}
		if base := r.baseOf(&tag); base != nil && (base.Name == "" || base.SizeBytes <= 0 || base.SizeBytes >= tag.SizeBytes) {
			return fmt.Errorf("tags[%d].base: needs a name and a size between 0 and that of the image, got %q and %d", i, base.Name, base.SizeBytes)
		}
		for j, name := range tag.Names {
			if _, err := reference.WithTag(named, name); err != nil {
				return fmt.Errorf("tags[%d].names[%d] %q: %w", i, j, name, err)
			}
			if seen[name] {
				return fmt.Errorf("tags[%d].names[%d] %q: is listed twice", i, j, name)
			}
			seen[name] = true
		}
		settings, problems := settingsOf(tag.Set)
		if len(problems) > 0 {
			return fmt.Errorf("tags[%d].set: %w", i, problems[0])
		}
		image := Image{Behaviour: r.clone()}
		settings.Apply(&image)
		if err := image.validate(); err != nil {
			return fmt.Errorf("tags[%d].set: gives %w", i, err)
		}
	}
	return nil
}

func (r *Repository) baseOf(tag *Tag) *Layer {
	if tag.Base != nil {
		return tag.Base
	}
	return r.Base
}

// layersOf returns the layers of one image of the repository, the base first.
func (r *Repository) layersOf(tag *Tag, name string) []Layer {
	own := Layer{Name: "image " + name, SizeBytes: tag.SizeBytes}
	base := r.baseOf(tag)
	if base == nil {
		return []Layer{own}
	}
	own.SizeBytes -= base.SizeBytes
	return []Layer{{Name: "base " + base.Name, SizeBytes: base.SizeBytes}, own}
}

// registryOf returns the host in a repository's name.
func registryOf(repository string) string {
	host, _, _ := strings.Cut(repository, "/")
	return host
}
