//go:build js && wasm

package term

// monitorResizeEvents sends nothing: no terminal here changes its size.
func monitorResizeEvents(uintptr, chan<- TerminalSize, chan struct{}) {}
