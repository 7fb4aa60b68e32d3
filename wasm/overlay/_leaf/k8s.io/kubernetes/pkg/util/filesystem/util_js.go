//go:build js && wasm

package filesystem

import (
	"os"
	"path"
)

// IsUnixDomainSocket reports the file's own error, or that it is no socket:
// a browser tab has no sockets.
func IsUnixDomainSocket(filePath string) (bool, error) {
	if _, err := os.Stat(filePath); err != nil {
		return false, err
	}
	return false, nil
}

// Chmod is os.Chmod.
func Chmod(name string, mode os.FileMode) error {
	return os.Chmod(name, mode)
}

// MkdirAll is os.MkdirAll.
func MkdirAll(name string, perm os.FileMode) error {
	return os.MkdirAll(name, perm)
}

// IsAbs reports whether the path begins with a slash.
func IsAbs(name string) bool {
	return path.IsAbs(name)
}
