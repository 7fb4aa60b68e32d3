package overlay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Write writes the file that go build -overlay reads, for the module whose root
// directory is given, and the files of [Reduced] and of Go's runtime into the
// directory of the same name without ".json". The go command wants every path in it absolute. The
// module's vendor directory must exist. A file that already has the same content
// is left alone.
func Write(root, output string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("resolve %q: %w", root, err)
	}
	if !filepath.IsAbs(output) {
		output = filepath.Join(root, output)
	}
	replace, err := leafReplacements(root)
	if err != nil {
		return err
	}
	reduced, err := Reduced(root)
	if err != nil {
		return err
	}
	directory := strings.TrimSuffix(output, ".json")
	for file, content := range reduced {
		path := filepath.Join(directory, filepath.FromSlash(file))
		if err := write(path, content); err != nil {
			return err
		}
		replace[filepath.Join(root, "vendor", filepath.FromSlash(file))] = path
	}
	file, symbols, err := changedRuntime()
	if err != nil {
		return err
	}
	replace[file] = filepath.Join(directory, "runtime", filepath.Base(file))
	if err := write(replace[file], symbols); err != nil {
		return err
	}
	content, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return err
	}
	return write(output, content)
}

// leafReplacements maps each path that the leaves change to its replacement.
func leafReplacements(root string) (map[string]string, error) {
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
	return replace, nil
}

func write(path string, content []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
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
