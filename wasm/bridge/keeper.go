//go:build js && wasm

package bridge

import (
	"encoding/json"
	"syscall/js"

	"github.com/norunners/vert"

	"tabernetes/engine/cluster"
)

// Keeper is what keeps a cluster's objects and its past. Its methods are called
// in goroutines of their own.
type Keeper interface {
	// Reset ends the cluster and deletes what is stored of it.
	Reset() error
	// Revisions are the oldest and the newest revision that can be shown.
	Revisions() (first, last int64, err error)
	// At is every object at a revision, as JSON.
	At(revision int64) ([]json.RawMessage, error)
	// Past is what the diagram showed at a moment, in milliseconds since 1970; of
	// one before all that is kept, the earliest that is.
	Past(moment int64) (cluster.Past, error)
	// PastManifest is the YAML of an object, told by its UID, at a revision.
	PastManifest(revision int64, uid string) (string, error)
	// Archive is the cluster at a revision as a file; 0 is now. history says
	// whether the changes that led there come along, page is a JSON object that
	// the page wants to find in the file again.
	Archive(revision int64, history bool, page []byte) ([]byte, error)
	// Check says what is wrong with a file.
	Check(archive []byte) error
}

// keeping are the callbacks that the keeper answers.
func (s *server) keeping() map[string]func(arguments []js.Value) any {
	return map[string]func(arguments []js.Value) any{
		"reset": s.answering(func([]js.Value) (js.Value, error) {
			return js.Null(), s.keeper.Reset()
		}),
		"revisions": s.answering(func([]js.Value) (js.Value, error) {
			first, last, err := s.keeper.Revisions()
			return js.ValueOf(map[string]any{"first": first, "last": last}), err
		}),
		"at": s.answering(func(arguments []js.Value) (js.Value, error) {
			objects, err := s.keeper.At(int64(arguments[0].Int()))
			if err != nil {
				return js.Null(), err
			}
			return fromJSON(objects)
		}),
		"past": s.answering(func(arguments []js.Value) (js.Value, error) {
			past, err := s.keeper.Past(int64(arguments[0].Float()))
			if err != nil {
				return js.Null(), err
			}
			arithmetic, err := fromJSON(past.Arithmetic)
			if err != nil {
				return js.Null(), err
			}
			return js.ValueOf(map[string]any{"frame": vert.ValueOf(past.Frame).JSValue(), "arithmetic": arithmetic}), nil
		}),
		"pastManifest": s.answering(func(arguments []js.Value) (js.Value, error) {
			manifest, err := s.keeper.PastManifest(int64(arguments[0].Int()), arguments[1].String())
			return js.ValueOf(manifest), err
		}),
		"archive": s.answering(func(arguments []js.Value) (js.Value, error) {
			page := []byte(nil)
			if arguments[2].Type() == js.TypeString {
				page = []byte(arguments[2].String())
			}
			archive, err := s.keeper.Archive(int64(arguments[0].Int()), arguments[1].Bool(), page)
			if err != nil {
				return js.Null(), err
			}
			return toBytes(archive), nil
		}),
		"check": s.answering(func(arguments []js.Value) (js.Value, error) {
			return js.Null(), s.keeper.Check(bytesOf(arguments[0]))
		}),
	}
}

// answering makes a callback of answer, which runs in a goroutine: the first
// argument is the number of the request, and answer gets the others.
func (s *server) answering(answer func(arguments []js.Value) (js.Value, error)) func([]js.Value) any {
	return func(arguments []js.Value) any {
		s.running.Go(func() {
			value, err := answer(arguments[1:])
			if err != nil {
				s.host.failed(arguments[0].Int(), err)
				return
			}
			s.host.reply(arguments[0].Int(), value)
		})
		return nil
	}
}
