//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"syscall/js"

	"tabernetes/engine/refusal"
)

// hostName is the global that the worker sets before it starts Go.
const hostName = "tabernetesKubectlHost"

// host is the worker, as Go calls it. Every method returns at once.
type host struct{ value js.Value }

// storedFile is a file that outlives a reload of the page.
type storedFile struct{ path, text string }

func openHost() (host, error) {
	value := js.Global().Get(hostName)
	if value.Type() != js.TypeObject {
		return host{}, fmt.Errorf("open host: globalThis.%s is not set", hostName)
	}
	return host{value}, nil
}

// files are the files that an earlier visit left.
func (h host) files() []storedFile { return readFiles(h.value.Get("files")) }

func readFiles(value js.Value) []storedFile {
	files := make([]storedFile, value.Length())
	for index := range files {
		one := value.Index(index)
		files[index] = storedFile{path: one.Get("path").String(), text: one.Get("text").String()}
	}
	return files
}

// fail reports that the program has ended with an error. No call may follow.
func (h host) fail(err error) {
	if err == nil {
		err = errors.New("kubectl has ended")
	}
	h.value.Call("crash", err.Error())
}

// fetch sends a request, its headers in the order of their names.
func (h host) fetch(id int, method, path string, header http.Header, body []byte) {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	var headers []any
	for _, name := range names {
		for _, value := range header[name] {
			headers = append(headers, []any{name, value})
		}
	}
	content := js.Null()
	if len(body) > 0 {
		content = toBytes(body)
	}
	h.value.Call("fetch", id, method, path, headers, content)
}

// dial opens a connection, and send writes to it.
func (h host) dial(id int)              { h.value.Call("dial", id) }
func (h host) send(id int, data []byte) { h.value.Call("send", id, toBytes(data)) }

func (h host) pull(id int)   { h.value.Call("pull", id) }
func (h host) cancel(id int) { h.value.Call("cancel", id) }

func (h host) output(id int, stream string, text []byte) {
	h.value.Call("output", id, stream, toBytes(text))
}

// exit says with which status a run has ended, who has refused its requests, and what
// was typed for it that it has not read.
func (h host) exit(id, status int, refusals []refusal.Refusal, unread string) {
	list := make([]any, len(refusals))
	for index, refused := range refusals {
		parameters := map[string]any{}
		for name, value := range refused.Parameters {
			parameters[name] = value
		}
		list[index] = map[string]any{"by": string(refused.By), "parameters": parameters, "command": refused.Command}
	}
	h.value.Call("exit", id, status, list, unread)
}

func (h host) raw(id int, raw bool)            { h.value.Call("raw", id, raw) }
func (h host) reply(id int, value any)         { h.value.Call("reply", id, value) }
func (h host) failed(id int, err error)        { h.value.Call("failed", id, err.Error()) }
func (h host) edit(id int, file, text string)  { h.value.Call("edit", id, file, text) }
func (h host) register(api map[string]js.Func) { h.value.Call("register", functions(api)) }

// keep reports which files are to outlive a reload.
func (h host) keep(files []storedFile) {
	list := make([]any, len(files))
	for index, file := range files {
		list[index] = map[string]any{"path": file.path, "text": file.text}
	}
	h.value.Call("keep", list)
}

func functions(api map[string]js.Func) js.Value {
	object := js.Global().Get("Object").New()
	for name, function := range api {
		object.Set(name, function)
	}
	return object
}

func toBytes(text []byte) js.Value {
	bytes := js.Global().Get("Uint8Array").New(len(text))
	js.CopyBytesToJS(bytes, text)
	return bytes
}

func fromBytes(value js.Value) []byte {
	text := make([]byte, value.Length())
	js.CopyBytesToGo(text, value)
	return text
}

// optionalText is a string, or absent when the value is null.
func optionalText(value js.Value) (text string, present bool) {
	if value.Type() != js.TypeString {
		return "", false
	}
	return value.String(), true
}
