package overlay

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// JSON returns the content of the file that go build -overlay reads, for the
// module whose root directory is given. The go command wants every path in it
// absolute. The module's vendor directory must exist.
func JSON(root string) ([]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("resolve %q: %w", root, err)
	}
	replace := map[string]string{}
	for _, leaf := range Leaves() {
		upstream := filepath.Join(root, "vendor", filepath.FromSlash(leaf.Package))
		for _, name := range leaf.Replaced {
			path := filepath.Join(upstream, name)
			if _, err := os.Stat(path); err != nil {
				return nil, fmt.Errorf("find upstream file (run go mod vendor; after an upstream bump review package overlay): %w", err)
			}
			replace[path] = "" // an empty path removes the file from the build
		}
		ours := filepath.Join(root, "wasm", "overlay", "_leaf", filepath.FromSlash(leaf.Package), leaf.Ours)
		if _, err := os.Stat(ours); err != nil {
			return nil, fmt.Errorf("find our file for %q: %w", leaf.Package, err)
		}
		replace[filepath.Join(upstream, leaf.Ours)] = ours
	}
	return json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
}

// Root finds the module's root: the nearest directory at or above the working
// directory that has a go.mod.
func Root() (string, error) {
	directory, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find module root: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(directory, "go.mod")); err == nil {
			return directory, nil
		}
		parent := filepath.Dir(directory)
		if parent == directory {
			return "", errors.New("find module root: no go.mod above the working directory")
		}
		directory = parent
	}
}
