//go:build js && wasm

package indexeddb

import "syscall/js"

// Lock makes this worker the only one that writes to the cluster of that name,
// for as long as the worker lives. It returns false when another tab has the
// cluster. Where the browser has no Web Locks (a page over plain http from
// another machine) there is nothing to ask, and the answer is true.
func Lock(cluster string) bool {
	locks := js.Global().Get("navigator").Get("locks")
	if locks.Type() != js.TypeObject {
		return true
	}
	held := make(chan bool, 1)
	// The callbacks are never released: the lock is held until the worker ends.
	never := js.FuncOf(func(js.Value, []js.Value) any { return nil })
	granted := js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		if arguments[0].IsNull() {
			held <- false
			return nil
		}
		held <- true
		return js.Global().Get("Promise").New(never)
	})
	options := js.ValueOf(map[string]any{"ifAvailable": true})
	locks.Call("request", databasePrefix+cluster, options, granted)
	return <-held
}
