// Package template has the lesson that "tabernetes lesson new" writes: two steps
// that work as they are and show every part of the format. An author changes its
// texts. It knows nothing of what it writes.
package template

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed lesson
var files embed.FS

// Files are those of the template, without a directory around them.
func Files() (fs.FS, error) { return fs.Sub(files, "lesson") }

// Write makes a directory with the template in it. The error is that of fs.ErrExist
// when something is there already.
func Write(directory string) error {
	if _, err := os.Lstat(directory); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write a lesson to %q: %w", directory, errors.Join(err, fs.ErrExist))
	}
	from, err := Files()
	if err != nil {
		return err
	}
	if err := os.CopyFS(directory, from); err != nil {
		return fmt.Errorf("write a lesson to %q: %w", directory, err)
	}
	// Embedded files are read-only.
	return filepath.WalkDir(directory, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return os.Chmod(name, 0o644)
	})
}
