//go:build js && wasm

package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"syscall/js"

	"github.com/norunners/vert"

	"tabernetes/engine/controlplane/journal"
	"tabernetes/lessons/plan"
	"tabernetes/wasm/parking"
)

// hostName is the global that the worker sets before it starts Go.
const hostName = "tabernetesHost"

// Host is the worker, as Go calls it. Every method returns at once.
type Host struct {
	value js.Value
}

// Options are what the page asked for. The fields are those of BootOptions in
// web/src/protocol/messages.ts that concern Go; the worker keeps the clock to itself.
type Options struct {
	Cluster        string  `js:"cluster"`
	Seed           float64 `js:"seed"`
	Storage        string  `js:"storage"`
	InstantKubelet bool    `js:"instantKubelet"`
	Nodes          int     `js:"nodes"`
	// Machines describe the nodes one by one, in JSON; empty for Nodes equal ones.
	Machines string `js:"machines"`
}

// Described are the machines that the page describes one by one; nil when it does not.
func (o Options) Described() ([]plan.Node, error) {
	if o.Machines == "" {
		return nil, nil
	}
	var described []plan.Node
	if err := json.Unmarshal([]byte(o.Machines), &described); err != nil {
		return nil, fmt.Errorf("read options: machines: %w", err)
	}
	return described, nil
}

// Stage is a stage of the start that Go reports.
type Stage string

// The stages, in order.
const (
	StageRestore     Stage = "restore"
	StageControllers Stage = "controllers"
)

// StorageState says where objects are kept.
type StorageState string

// The states of storage, as in web/src/protocol/messages.ts.
const (
	StorageOK     StorageState = "ok"
	StorageMemory StorageState = "memory"
	StorageFailed StorageState = "failed"
)

// Version is what the page shows about the program.
type Version struct {
	Tabernetes string `js:"tabernetes"`
	Kubernetes string `js:"kubernetes"`
}

// Level is the severity of a log line.
type Level string

// The levels of log lines that are passed on.
const (
	LevelWarning Level = "warning"
	LevelError   Level = "error"
)

// OpenHost finds the worker's object.
func OpenHost() (*Host, error) {
	value := js.Global().Get(hostName)
	if value.Type() != js.TypeObject {
		return nil, fmt.Errorf("open host: globalThis.%s is not set", hostName)
	}
	return &Host{value: value}, nil
}

// HeapGrowth is the percentage by which Go's heap grows before a collection
// (GOGC); 0 leaves that to the program.
func (h *Host) HeapGrowth() int { return h.value.Get("heapGrowth").Int() }

// Options reads the options of the start.
func (h *Host) Options() (Options, error) {
	var options Options
	if err := (vert.Value{Value: h.value.Get("options")}).AssignTo(&options); err != nil {
		return Options{}, fmt.Errorf("read options: %w", err)
	}
	if options.Nodes < 0 {
		return Options{}, fmt.Errorf("read options: %d nodes", options.Nodes)
	}
	return options, nil
}

// PendingReset says whether the page has asked for a reset before the cluster
// was there, and returns the function that answers it. It is called once,
// before Serve.
func (h *Host) PendingReset() (answer func(error), asked bool) {
	id := h.value.Call("pendingReset")
	if id.Type() != js.TypeNumber {
		return nil, false
	}
	return func(err error) {
		if err != nil {
			h.failed(id.Int(), err)
			return
		}
		h.reply(id.Int(), js.Null())
	}, true
}

// Archive is the cluster file that the page wants to start from, or nil.
func (h *Host) Archive() []byte {
	value := h.value.Get("archive")
	if value.Type() != js.TypeObject {
		return nil
	}
	return bytesOf(value)
}

func bytesOf(value js.Value) []byte {
	bytes := make([]byte, value.Length())
	js.CopyBytesToGo(bytes, value)
	return bytes
}

// Progress reports that a stage of the start has begun.
func (h *Host) Progress(stage Stage) { h.value.Call("progress", string(stage)) }

// Ready reports that the controllers run.
func (h *Host) Ready(version Version, restored bool) {
	h.value.Call("ready", vert.ValueOf(version).JSValue(), restored)
}

// PointReady is the point at which a new cluster is ready and no seed has been used
// yet.
const PointReady parking.Point = "ready"

// Park stops at a point of the start until the worker goes on, see package parking.
func (h *Host) Park(point parking.Point) { parking.Park(h.value, point) }

// Storage reports where objects are kept and, if something is wrong, the reason
// (an indexeddb.Reason) and the details.
func (h *Host) Storage(state StorageState, reason, message string) {
	h.value.Call("storage", string(state), reason, message)
}

// Taken reports that another tab has taken the cluster over. The worker ends.
func (h *Host) Taken() { h.value.Call("taken") }

// Owner is the text with which this worker marks the database as its own.
func (h *Host) Owner() string { return h.value.Get("owner").String() }

// Upgrade is the worker's listener that lays out the database of a cluster.
func (h *Host) Upgrade() js.Value { return h.value.Get("upgrade") }

// Log hands over a line of the log.
func (h *Host) Log(level Level, message string) { h.value.Call("log", string(level), message) }

// Fail reports that the cluster has ended with an error. No call may follow.
func (h *Host) Fail(err error) {
	if err == nil {
		err = errors.New("the cluster has ended")
	}
	h.value.Call("crash", err.Error(), refusalOf(err))
}

// Restored reports what the cluster starts from: cluster time goes on at a
// moment, in milliseconds since 1970, and randomness from a seed and a revision.
// It may only be called before the cluster is built.
func (h *Host) Restored(milliseconds int64, seed float64, revision int64) {
	h.value.Call("restored", float64(milliseconds), seed, float64(revision))
}

// Hold reports that the browser is busy with work for which a skip has to wait,
// such as a write to IndexedDB. The caller releases it once.
func (h *Host) Hold() (release func()) {
	h.value.Call("hold")
	return func() { h.value.Call("release") }
}

func (h *Host) dirty()           { h.value.Call("dirty") }
func (h *Host) stepped(step int) { h.value.Call("stepped", step) }

func (h *Host) response(id, status int, headers js.Value) {
	h.value.Call("response", id, status, headers)
}

func (h *Host) chunk(id int, data []byte) { h.value.Call("chunk", id, toBytes(data)) }

func toBytes(data []byte) js.Value {
	bytes := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(bytes, data)
	return bytes
}

// sent reports that the data sent over a connection have been taken.
func (h *Host) sent(id int)                  { h.value.Call("sent", id) }
func (h *Host) end(id int)                   { h.value.Call("end", id) }
func (h *Host) failed(id int, err error)     { h.value.Call("failed", id, err.Error(), refusalOf(err)) }
func (h *Host) reply(id int, value js.Value) { h.value.Call("reply", id, value) }

// refusalOf describes what is wrong with a cluster file, or is nil for an error
// about something else.
func refusalOf(err error) any {
	var refused *journal.ArchiveError
	if !errors.As(err, &refused) {
		return nil
	}
	return map[string]any{"fault": string(refused.Fault), "at": refused.At}
}

// fromJSON converts a Go value to a JavaScript value by way of JSON.
func fromJSON(value any) (js.Value, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return js.Value{}, err
	}
	return js.Global().Get("JSON").Call("parse", string(encoded)), nil
}
