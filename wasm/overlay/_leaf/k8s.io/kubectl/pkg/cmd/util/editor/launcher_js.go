//go:build js && wasm

package editor

import "fmt"

// Edit lets the user edit the file at a path and returns when it is saved: it
// stands for starting an editor program. wasm/kubectl sets it before the first
// command.
var Edit = func(path string) error { return fmt.Errorf("no editor defined, can't open %s", path) }

// Launch lets the user edit the file, whatever program the environment names.
func (e Editor) Launch(path string) error { return Edit(path) }
