package hardware

import (
	"errors"
	"slices"
	"strings"
)

// Values of the setting "registry".
const (
	registryOpen   = "open"
	registryStrict = "strict"
)

// Registry says which images outside of the catalogue exist. The zero value is all
// of them.
type Registry struct {
	strict       bool
	repositories []string // full names; one that ends in "/" stands for all below it
}

// Has says whether a repository that is not in the catalogue exists.
func (r Registry) Has(repository string) bool {
	return !r.strict || slices.ContainsFunc(r.repositories, func(known string) bool {
		return repository == known || strings.HasSuffix(known, "/") && strings.HasPrefix(repository, known)
	})
}

func applyRegistry(s *Settings, value string) error {
	words := strings.Split(value, ",")
	for n := range words {
		words[n] = strings.TrimSpace(words[n])
	}
	switch {
	case value == registryOpen:
	case words[0] != registryStrict || slices.Contains(words, ""):
		return errors.New(`must be "open", or "strict" with repositories after it such as "strict,ghcr.io/acme/shop"`)
	default:
		s.Registry = Registry{strict: true, repositories: words[1:]}
	}
	return nil
}
