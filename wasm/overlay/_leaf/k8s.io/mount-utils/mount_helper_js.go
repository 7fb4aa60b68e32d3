//go:build js && wasm

package mount

import (
	"errors"
	"io/fs"
	"os"
)

// IsCorruptedMnt is false for every error: a browser tab has no mounts.
func IsCorruptedMnt(error) bool {
	return false
}

// PathExists reports whether os.Stat finds the path.
func PathExists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
