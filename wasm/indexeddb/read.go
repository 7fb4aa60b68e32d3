//go:build js && wasm

package indexeddb

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"github.com/norunners/vert"

	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
)

// Load reads the whole cluster in one transaction. It returns nil when nothing
// has been stored yet. Records that cannot be read are left out; the error is
// then a Failure that names the first of them, returned together with what
// could be read.
func (l *Log) Load(ctx context.Context) (*journal.Stored, error) {
	found, err := l.state(ctx)
	if err != nil {
		return nil, err
	}
	if found.Type() == js.TypeUndefined {
		return nil, nil
	}
	var current state
	if found.Type() != js.TypeObject {
		return nil, failure(Corrupted, "read stored state: it is no record")
	}
	if err := (vert.Value{Value: found}).AssignTo(&current); err != nil {
		return nil, failure(Corrupted, "read stored state: %w", err)
	}
	switch {
	case current.Schema > schema:
		return nil, failure(Newer, "read stored state: its layout is version %v, this page knows version %d", current.Schema, schema)
	case current.Schema < 1 || current.Revision < 1:
		return nil, failure(Corrupted, "read stored state: layout %v at revision %v is none", current.Schema, current.Revision)
	}
	stored := &journal.Stored{
		Snapshot: store.Snapshot{Revision: int64(current.Revision)},
		Time:     time.UnixMilli(int64(current.Time)), Seed: current.Seed,
	}
	disks, err := l.meta(ctx, disksKey)
	if err != nil {
		return nil, err
	}
	if disks.Type() == js.TypeString {
		stored.Disks = []byte(disks.String())
	}
	var damage error
	err = l.everything(objectsStore, func(key, record js.Value) {
		value, err := l.read(key, record)
		if err == nil && (value.Revision < 1 || value.Revision > stored.Snapshot.Revision) {
			err = fmt.Errorf("read %q: revision %d is not within 1 to %d", value.Key, value.Revision, stored.Snapshot.Revision)
		}
		if err == nil {
			stored.Snapshot.Values = append(stored.Snapshot.Values, value)
		} else if damage == nil {
			damage = failure(Corrupted, "%w", err)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read stored objects: %w", err)
	}
	return stored, damage
}

func (l *Log) read(key, record js.Value) (store.Value, error) {
	if key.Type() != js.TypeString {
		return store.Value{}, errors.New("a key is no text")
	}
	return l.value(key.String(), record)
}

// everything reads an object store in one go, in the order of its keys. A cursor
// would need a browser event for each record.
func (l *Log) everything(name string, record func(key, value js.Value)) error {
	keys, values, err := l.readAll(name)
	if err != nil {
		return err
	}
	for i := range keys.Length() {
		record(keys.Index(i), values.Index(i))
	}
	return nil
}

func (l *Log) readAll(name string) (keys, values js.Value, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			var ok bool
			if err, ok = thrown.(js.Error); !ok {
				panic(thrown)
			}
		}
	}()
	records := l.connection.Call("transaction", name, "readonly").Call("objectStore", name)
	askedKeys, askedValues := records.Call("getAllKeys"), records.Call("getAll")
	ended := make(chan error, 2)
	success := js.FuncOf(func(js.Value, []js.Value) any {
		ended <- nil
		return nil
	})
	defer success.Release()
	failed := js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		ended <- js.Error{Value: arguments[0].Get("target").Get("error")}
		return nil
	})
	defer failed.Release()
	for _, request := range []js.Value{askedKeys, askedValues} {
		request.Set("onsuccess", success)
		request.Set("onerror", failed)
	}
	err = errors.Join(<-ended, <-ended)
	return askedKeys.Get("result"), askedValues.Get("result"), err
}
