//go:build js && wasm

package parking

import "syscall/js"

// Point is a point of a program's start at which its memory can be captured.
type Point string

// Built is the point at which everything that is the same at each visit is built
// and nothing runs yet. Every program has it.
const Built Point = "built"

// Park stops at a point until the worker resumes the program: in the same memory
// or, if that was captured, in a copy of it, in another worker and at another
// time. So nothing that depends on a visit may be held across the call. The memory
// is tidied first. If the worker ignores the point, nothing happens.
func Park(worker js.Value, point Point) {
	if !worker.Call("parks", string(point)).Bool() {
		return
	}
	tidy()
	woken := make(chan struct{})
	wake := js.FuncOf(func(js.Value, []js.Value) any {
		close(woken)
		return nil
	})
	worker.Call("parked", string(point), wake)
	<-woken
	wake.Release()
}
