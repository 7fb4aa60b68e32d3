//go:build js && wasm

package indexeddb

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"github.com/hack-pad/go-indexeddb/idb"
	"github.com/norunners/vert"

	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
)

// undoHeader is a record of the object store "history" without what the change
// replaced.
type undoHeader struct {
	Key string `js:"key"`
	// Time is in milliseconds since 1970.
	Time float64 `js:"time"`
}

// History reads the changes that are stored, oldest first.
func (l *Log) History() ([]journal.Undo, error) {
	var changes []journal.Undo
	var damage error
	err := l.everything(historyStore, func(revision, record js.Value) {
		change, err := l.readUndo(revision, record)
		if err != nil {
			damage = err
			return
		}
		changes = append(changes, change)
	})
	if err := errors.Join(err, damage); err != nil {
		return nil, fmt.Errorf("read stored history: %w", err)
	}
	return changes, nil
}

func (l *Log) readUndo(revision, record js.Value) (journal.Undo, error) {
	if revision.Type() != js.TypeNumber || record.Type() != js.TypeObject {
		return journal.Undo{}, failure(Corrupted, "a change is no record under a revision")
	}
	var fields undoHeader
	if err := (vert.Value{Value: record}).AssignTo(&fields); err != nil {
		return journal.Undo{}, failure(Corrupted, "read the change of revision %v: %w", revision.Float(), err)
	}
	change := journal.Undo{Revision: int64(revision.Float()), Key: fields.Key, Time: time.UnixMilli(int64(fields.Time))}
	if replaced := record.Get("replaced"); replaced.Type() == js.TypeObject {
		value, err := l.value(fields.Key, replaced)
		if err != nil {
			return journal.Undo{}, err
		}
		change.Replaced = &value
	}
	return change, nil
}

// putHistory adds changes to the stored history and drops those up to first.
func (l *Log) putHistory(history *idb.ObjectStore, changes []journal.Undo, first int64) error {
	for _, change := range changes {
		record := vert.ValueOf(undoHeader{Key: change.Key, Time: float64(change.Time.UnixMilli())}).JSValue()
		if change.Replaced != nil {
			record.Set("replaced", l.replaced(*change.Replaced))
		}
		if _, err := history.PutKey(js.ValueOf(float64(change.Revision)), record); err != nil {
			return fmt.Errorf("put the change of revision %d: %w", change.Revision, err)
		}
	}
	if first < 1 {
		return nil
	}
	// IDBObjectStore.delete takes a range too.
	dropped := js.Global().Get("IDBKeyRange").Call("upperBound", float64(first))
	if _, err := history.Delete(dropped); err != nil {
		return fmt.Errorf("drop the history up to revision %d: %w", first, err)
	}
	return nil
}

// Replace replaces the stored cluster with another, in one transaction.
func (l *Log) Replace(ctx context.Context, stored journal.Stored, changes []journal.Undo) error {
	batch := journal.Batch{Revision: stored.Snapshot.Revision, Time: stored.Time, Undo: changes, Disks: stored.Disks}
	l.Seed = stored.Seed
	for _, value := range stored.Snapshot.Values {
		batch.Changes = append(batch.Changes, journal.Change{Value: value})
	}
	return <-l.begin(ctx, true, batch)
}

// record is a value as it is stored in the database: an object readable in
// developer tools.
func (l *Log) record(value store.Value) (js.Value, error) {
	readable, err := l.options.JSON(value.Encoded)
	if err != nil {
		return js.Value{}, err
	}
	record := recordOf(value)
	record.Set("object", l.json.Call("parse", string(readable)))
	return record, nil
}

// replaced is a value as it is stored in the history, which has one for each
// change: the bytes of the store.
func (l *Log) replaced(value store.Value) js.Value {
	encoded := js.Global().Get("Uint8Array").New(len(value.Encoded))
	js.CopyBytesToJS(encoded, value.Encoded)
	record := recordOf(value)
	record.Set("encoded", encoded)
	return record
}

func recordOf(value store.Value) js.Value {
	fields := header{Revision: float64(value.Revision)}
	if !value.Expires.IsZero() {
		fields.Expires = float64(value.Expires.UnixMilli())
	}
	return vert.ValueOf(fields).JSValue()
}

// value decodes what record and replaced encoded. Up to version 2 of the layout
// a replaced value was an object, too.
func (l *Log) value(key string, record js.Value) (store.Value, error) {
	if record.Type() != js.TypeObject {
		return store.Value{}, fmt.Errorf("read %q: it is no record", key)
	}
	var fields header
	if err := (vert.Value{Value: record}).AssignTo(&fields); err != nil {
		return store.Value{}, fmt.Errorf("read %q: %w", key, err)
	}
	value := store.Value{Key: key, Revision: int64(fields.Revision)}
	if encoded := record.Get("encoded"); encoded.Type() == js.TypeObject {
		value.Encoded = make([]byte, encoded.Length())
		js.CopyBytesToGo(value.Encoded, encoded)
	} else if object := record.Get("object"); object.Type() == js.TypeObject {
		value.Encoded = []byte(l.json.Call("stringify", object).String())
	} else {
		return store.Value{}, fmt.Errorf("read %q: it has no object", key)
	}
	if fields.Expires != 0 {
		value.Expires = time.UnixMilli(int64(fields.Expires))
	}
	return value, nil
}
