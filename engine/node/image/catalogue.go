package image

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sort"

	"sigs.k8s.io/yaml"
)

//go:embed catalogue/*.yaml
var builtIn embed.FS

// registriesFile is the one file of a catalogue that is not a repository.
const registriesFile = "registries.yaml"

// Catalogue is a set of repositories. It is read-only and safe for concurrent
// use.
type Catalogue struct {
	repositories map[string]*Repository
	registries   map[string]*Registry
	preloaded    []string
}

// BuiltIn reads the catalogue that is part of the program.
func BuiltIn() (*Catalogue, error) {
	directory, err := fs.Sub(builtIn, "catalogue")
	if err != nil {
		return nil, fmt.Errorf("open catalogue: %w", err)
	}
	return Load(directory)
}

// Load reads every *.yaml file in the root of files: registries.yaml holds a
// list of Registry, each other file a Repository. An error names the file and
// the field.
func Load(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list catalogue: %w", err)
	}
	sort.Strings(names)
	catalogue := &Catalogue{repositories: map[string]*Repository{}, registries: map[string]*Registry{}}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read catalogue file %q: %w", name, err)
		}
		add := catalogue.addRepository
		if name == registriesFile {
			add = catalogue.addRegistries
		}
		if err := add(text); err != nil {
			return nil, fmt.Errorf("catalogue file %q: %w", name, err)
		}
	}
	return catalogue, nil
}

func (c *Catalogue) addRepository(text []byte) error {
	repository, err := parse(text)
	if err != nil {
		return err
	}
	if _, exists := c.repositories[repository.Repository]; exists {
		return fmt.Errorf("repository %q is in another file too", repository.Repository)
	}
	c.repositories[repository.Repository] = repository
	if repository.Preloaded {
		c.preloaded = append(c.preloaded, repository.Repository+":"+repository.Tags[0].Names[0])
	}
	return nil
}

func (c *Catalogue) addRegistries(text []byte) error {
	var registries []Registry
	if err := yaml.UnmarshalStrict(text, &registries); err != nil {
		return err
	}
	for i := range registries {
		registry := &registries[i]
		if err := registry.validate(); err != nil {
			return fmt.Errorf("[%d].%w", i, err)
		}
		if _, exists := c.registries[registry.Host]; exists {
			return fmt.Errorf("[%d].host %q: is listed twice", i, registry.Host)
		}
		c.registries[registry.Host] = registry
	}
	return nil
}

func parse(text []byte) (*Repository, error) {
	repository := &Repository{}
	if err := yaml.UnmarshalStrict(text, repository); err != nil {
		return nil, err
	}
	if err := repository.validate(); err != nil {
		return nil, err
	}
	if repository.PullBytesPerSecond == 0 {
		repository.PullBytesPerSecond = defaultPullBytesPerSecond
	}
	return repository, nil
}

// Preloaded returns the images that a node has from the start.
func (c *Catalogue) Preloaded() []string { return c.preloaded }

// Repository returns what the catalogue knows of a repository by its full name, nil for
// one that is not in it.
func (c *Catalogue) Repository(name string) *Repository { return c.repositories[name] }

// Repositories returns the names of all repositories, sorted.
func (c *Catalogue) Repositories() []string {
	names := make([]string, 0, len(c.repositories))
	for name := range c.repositories {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return path.Base(names[i]) < path.Base(names[j]) })
	return names
}
