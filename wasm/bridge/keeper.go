//go:build js && wasm

package bridge

import (
	"encoding/json"
	"syscall/js"

	"github.com/norunners/vert"

	"tabernetes/engine/cluster"
)

// Keeper stores a cluster's objects and its past. Its methods are called in
// goroutines of their own.
type Keeper interface {
	// Reset ends the cluster and deletes what is stored of it.
	Reset() error
	// Close ends the cluster once everything is stored.
	Close() error
	// Flush returns when every change so far is stored.
	Flush() error
	// Save stores everything again after storing had stopped.
	Save() error
	// Store stores a file as a cluster under a name that no other has.
	Store(cluster string, archive []byte) error
	// Revisions are the oldest and the newest revision that can be shown.
	Revisions() (first, last int64, err error)
	// At is every object at a revision, as JSON.
	At(revision int64) ([]json.RawMessage, error)
	// Past is what the diagram showed at a moment, in milliseconds since 1970;
	// for a moment earlier than all that is kept, it is the earliest one kept.
	Past(moment int64) (cluster.Past, error)
	// PastManifest is the YAML of the object with a UID at a revision.
	PastManifest(revision int64, uid string) (string, error)
	// Archive is the cluster as a file.
	Archive(wanted ArchiveOptions) ([]byte, error)
	// Manifests are the objects that a user has made, as YAML that kubectl apply
	// takes.
	Manifests() ([]byte, error)
	// Check describes the content of a file, or says what is wrong with it.
	Check(archive []byte) (Summary, error)
}

// ArchiveOptions say what a file contains.
type ArchiveOptions struct {
	// Revision is the revision that the file shows; 0 is now.
	Revision int64
	// History includes the changes that led to the revision.
	History bool
	// Small leaves out the objects that every cluster makes by itself.
	Small bool
	// Untouched says that the page has asked for no change since the start.
	Untouched bool
	// Page is a JSON object of the page's to store in the file, or nil.
	Page []byte
}

// Summary describes the content of a file.
type Summary struct {
	Kubernetes string          `json:"kubernetes"`
	Revision   int64           `json:"revision"`
	Objects    int             `json:"objects"`
	Page       json.RawMessage `json:"page"`
}

// keeping are the callbacks that the keeper answers.
func (s *server) keeping() map[string]func(arguments []js.Value) any {
	done := func(do func([]js.Value) error) func([]js.Value) any {
		return s.answering(func(arguments []js.Value) (js.Value, error) { return js.Null(), do(arguments) })
	}
	return map[string]func(arguments []js.Value) any{
		"reset": done(func([]js.Value) error { return s.keeper.Reset() }),
		"close": done(func([]js.Value) error { return s.keeper.Close() }),
		"flush": done(func([]js.Value) error { return s.keeper.Flush() }),
		"save":  done(func([]js.Value) error { return s.keeper.Save() }),
		"store": done(func(arguments []js.Value) error {
			return s.keeper.Store(arguments[0].String(), bytesOf(arguments[1]))
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
			wanted := ArchiveOptions{
				Revision: int64(arguments[0].Int()), History: arguments[1].Bool(), Small: arguments[2].Bool(),
				Untouched: !s.touched,
			}
			if arguments[3].Type() == js.TypeString {
				wanted.Page = []byte(arguments[3].String())
			}
			archive, err := s.keeper.Archive(wanted)
			if err != nil {
				return js.Null(), err
			}
			return toBytes(archive), nil
		}),
		"manifests": s.answering(func([]js.Value) (js.Value, error) {
			yaml, err := s.keeper.Manifests()
			return js.ValueOf(string(yaml)), err
		}),
		"check": s.answering(func(arguments []js.Value) (js.Value, error) {
			summary, err := s.keeper.Check(bytesOf(arguments[0]))
			if err != nil {
				return js.Null(), err
			}
			return fromJSON(summary)
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
