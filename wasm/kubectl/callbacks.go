//go:build js && wasm

package main

import "syscall/js"

// callbacks are the functions that the worker calls, by their names in GoApi of
// web/src/worker/kubectl/host.ts. None of them waits.
func callbacks(cluster *transport, terminal *terminal, edits *edits) map[string]js.Func {
	all := map[string]func(arguments []js.Value){
		"kubectl": func(arguments []js.Value) {
			list := make([]string, arguments[1].Length())
			for index := range list {
				list[index] = arguments[1].Index(index).String()
			}
			terminal.kubectl(arguments[0].Int(), list, arguments[2].String(), readFiles(arguments[3]))
		},
		"input": func(arguments []js.Value) {
			text, present := optionalText(arguments[1])
			terminal.typed(arguments[0].Int(), text, present)
		},
		"interrupt": func(arguments []js.Value) { terminal.interrupt(arguments[0].Int()) },
		"consumed":  func(arguments []js.Value) { terminal.consumed(arguments[0].Int(), arguments[1].Int()) },
		"run": func(arguments []js.Value) {
			terminal.run(arguments[0].Int(), arguments[1].String(), arguments[2].String())
		},
		"complete": func(arguments []js.Value) {
			terminal.complete(arguments[0].Int(), arguments[1].String(), arguments[2].String(), arguments[3].Int())
		},
		"prompt": func(arguments []js.Value) { terminal.prompt(arguments[0].Int(), arguments[1].String()) },
		"close":  func(arguments []js.Value) { terminal.close(arguments[0].String()) },
		"file": func(arguments []js.Value) {
			text, present := optionalText(arguments[2])
			terminal.file(arguments[0].Int(), arguments[1].String(), text, present)
		},
		"edited": func(arguments []js.Value) {
			text, saved := optionalText(arguments[1])
			edits.finish(arguments[0].Int(), edited{text, saved})
		},
		"response": func(arguments []js.Value) {
			cluster.response(arguments[0].Int(), arguments[1].Int(), arguments[2])
		},
		"chunk":   func(arguments []js.Value) { cluster.chunk(arguments[0].Int(), fromBytes(arguments[1])) },
		"sent":    func(arguments []js.Value) { cluster.sent(arguments[0].Int()) },
		"end":     func(arguments []js.Value) { cluster.end(arguments[0].Int()) },
		"refused": func(arguments []js.Value) { cluster.refused(arguments[0].Int(), arguments[1].String()) },
	}
	functions := make(map[string]js.Func, len(all))
	for name, callback := range all {
		functions[name] = js.FuncOf(func(_ js.Value, arguments []js.Value) any {
			callback(arguments)
			return nil
		})
	}
	return functions
}
