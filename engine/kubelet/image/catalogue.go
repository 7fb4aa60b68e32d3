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

// Catalogue is a set of repositories. It is read-only and safe for concurrent
// use.
type Catalogue struct {
	repositories map[string]*Repository
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

// Load reads every *.yaml file in the root of files. An error names the file
// and the field.
func Load(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list catalogue: %w", err)
	}
	sort.Strings(names)
	catalogue := &Catalogue{repositories: map[string]*Repository{}}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read catalogue file %q: %w", name, err)
		}
		repository, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("catalogue file %q: %w", name, err)
		}
		if _, exists := catalogue.repositories[repository.Repository]; exists {
			return nil, fmt.Errorf("catalogue file %q: repository %q is in another file too", name, repository.Repository)
		}
		catalogue.repositories[repository.Repository] = repository
		if repository.Preloaded {
			catalogue.preloaded = append(catalogue.preloaded, repository.Repository+":"+repository.Tags[0].Names[0])
		}
	}
	return catalogue, nil
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
	if repository.HTTP != nil && repository.HTTP.Status == 0 {
		repository.HTTP.Status = 200
	}
	return repository, nil
}

// Preloaded are the images that a node has from the start.
func (c *Catalogue) Preloaded() []string { return c.preloaded }

// Repositories are the names of all repositories, sorted.
func (c *Catalogue) Repositories() []string {
	names := make([]string, 0, len(c.repositories))
	for name := range c.repositories {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return path.Base(names[i]) < path.Base(names[j]) })
	return names
}
