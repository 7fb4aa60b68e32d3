//go:build js && wasm

package main

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"tabernetes/engine/client/kubectl"
	"tabernetes/engine/userland/filesystem"
)

const (
	kubeconfigFile = homeDirectory + "/.kube/config"
	// maxKept bounds how much of the files is kept across a reload, in bytes.
	// Files beyond it, in the order of their paths, are lost on a reload.
	maxKept = 1 << 20
)

// notKept are the directories whose files can be made again: upstream's
// discovery cache and temporary files.
var notKept = []string{homeDirectory + "/.kube/cache", "/dev", "/proc", "/tmp"}

// newFiles makes the file system of the terminal with the files of an earlier
// visit.
func newFiles(stored []storedFile) (*filesystem.FileSystem, error) {
	files := filesystem.New(filesystem.Options{})
	for _, directory := range []string{path.Dir(kubeconfigFile), "/tmp"} {
		if err := files.MkdirAll(directory, 0o755); err != nil {
			return nil, fmt.Errorf("make the files: %w", err)
		}
	}
	if err := files.WriteFile(kubeconfigFile, kubectl.Kubeconfig(), 0o600); err != nil {
		return nil, fmt.Errorf("make the files: %w", err)
	}
	for _, file := range stored {
		if err := writeFile(files, file); err != nil {
			return nil, fmt.Errorf("restore the files: %w", err)
		}
	}
	return files, nil
}

func writeFile(files *filesystem.FileSystem, file storedFile) error {
	name := file.path
	if !path.IsAbs(name) {
		name = path.Join(homeDirectory, name)
	}
	if err := files.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	return files.WriteFile(name, []byte(file.text), 0o644)
}

// kept remembers which files the page has been told to keep.
type kept struct {
	host  host
	files *filesystem.FileSystem
	told  []storedFile
}

// tell tells the page which files to keep, if they have changed.
func (k *kept) tell() {
	if now := collect(k.files); !slices.Equal(now, k.told) {
		k.told = now
		k.host.keep(now)
	}
}

// collect returns the texts among the files that are kept.
func collect(files *filesystem.FileSystem) []storedFile {
	var all []storedFile
	size := 0
	// The root can be read, and files removed meanwhile are not kept.
	_ = fs.WalkDir(files, "/", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case entry.IsDir() && slices.Contains(notKept, name):
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		text, err := files.ReadFile(name)
		if err != nil || !utf8.Valid(text) || strings.ContainsRune(string(text), 0) || size+len(text) > maxKept {
			return nil
		}
		size += len(text)
		all = append(all, storedFile{path: name, text: string(text)})
		return nil
	})
	return all
}
