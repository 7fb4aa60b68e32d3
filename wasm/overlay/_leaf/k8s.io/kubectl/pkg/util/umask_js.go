//go:build js && wasm

package util

import "errors"

// Umask answers with an error: a browser tab has no file mode mask.
func Umask(int) (int, error) {
	return 0, errors.New("no umask in a browser")
}
