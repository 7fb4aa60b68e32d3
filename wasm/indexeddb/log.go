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

	"tabernetes/engine/journal"
	"tabernetes/engine/store"
)

const (
	databasePrefix = "tabernetes/"
	objectsStore   = "objects"
	historyStore   = "history"
	metaStore      = "meta"
	stateKey       = "state"

	// schema is the version of the data base's layout: 1 had no history.
	schema = 2
)

// header is a record of the object store "objects" without its object.
type header struct {
	Revision float64 `js:"revision"`
	// Expires is in milliseconds since 1970, 0 for never.
	Expires float64 `js:"expires"`
}

// state is the record "state".
type state struct {
	Schema   float64 `js:"schema"`
	Revision float64 `js:"revision"`
	// Time is the cluster time in milliseconds since 1970.
	Time float64 `js:"time"`
}

// Log is the data base of one cluster.
type Log struct {
	database *idb.Database
	// hold tells the clock of a write under way and returns what ends it.
	hold func() (release func())
	json js.Value
}

var _ journal.Log = &Log{}

// Open opens the data base of the cluster of that name, and makes it if there is
// none. hold is called around every write.
func Open(ctx context.Context, cluster string, hold func() (release func())) (*Log, error) {
	if js.Global().Get("indexedDB").Type() != js.TypeObject {
		return nil, errors.New("this browser gives the page no IndexedDB")
	}
	request, err := idb.Global().Open(ctx, databasePrefix+cluster, schema, func(database *idb.Database, oldVersion, _ uint) error {
		added := []string{objectsStore, metaStore, historyStore}
		if oldVersion == 1 {
			added = []string{historyStore}
		}
		for _, name := range added {
			if _, err := database.CreateObjectStore(name, idb.ObjectStoreOptions{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open data base of cluster %q: %w", cluster, err)
	}
	database, err := request.Await(ctx)
	if err != nil {
		return nil, fmt.Errorf("open data base of cluster %q: %w", cluster, err)
	}
	return &Log{database: database, hold: hold, json: js.Global().Get("JSON")}, nil
}

// Load reads the whole cluster in one transaction. It returns nil when nothing
// was stored yet.
func (l *Log) Load(ctx context.Context) (*journal.Stored, error) {
	transaction, err := l.database.Transaction(idb.TransactionReadOnly, objectsStore, metaStore)
	if err != nil {
		return nil, fmt.Errorf("read stored objects: %w", err)
	}
	meta, err := transaction.ObjectStore(metaStore)
	if err != nil {
		return nil, fmt.Errorf("read stored state: %w", err)
	}
	objects, err := transaction.ObjectStore(objectsStore)
	if err != nil {
		return nil, fmt.Errorf("read stored objects: %w", err)
	}
	request, err := meta.Get(js.ValueOf(stateKey))
	if err != nil {
		return nil, fmt.Errorf("read stored state: %w", err)
	}
	// A request tells its listeners once, so each is awaited before the next.
	found, err := request.Await(ctx)
	if err != nil {
		return nil, fmt.Errorf("read stored state: %w", err)
	}
	if found.Type() != js.TypeObject {
		return nil, nil
	}
	var current state
	if err := (vert.Value{Value: found}).AssignTo(&current); err != nil {
		return nil, fmt.Errorf("read stored state: %w", err)
	}
	if current.Schema < 1 || current.Schema > schema {
		return nil, fmt.Errorf("read stored state: its layout is version %v, this page knows version %d", current.Schema, schema)
	}
	cursor, err := objects.OpenCursor(idb.CursorNext)
	if err != nil {
		return nil, fmt.Errorf("read stored objects: %w", err)
	}
	stored := &journal.Stored{}
	err = cursor.Iter(ctx, func(at *idb.CursorWithValue) error {
		value, err := l.read(at)
		if err != nil {
			return err
		}
		stored.Snapshot.Values = append(stored.Snapshot.Values, value)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read stored objects: %w", err)
	}
	stored.Snapshot.Revision = int64(current.Revision)
	stored.Time = time.UnixMilli(int64(current.Time))
	return stored, nil
}

func (l *Log) read(at *idb.CursorWithValue) (store.Value, error) {
	key, err := at.Key()
	if err != nil {
		return store.Value{}, err
	}
	record, err := at.Value()
	if err != nil {
		return store.Value{}, err
	}
	return l.value(key.String(), record)
}

// Append implements journal.Log.
func (l *Log) Append(ctx context.Context, batch journal.Batch) error {
	return l.write(ctx, false, batch)
}

// write writes a batch in one transaction, and first drops all there is if it is
// to replace it.
func (l *Log) write(ctx context.Context, replace bool, batch journal.Batch) error {
	release := l.hold()
	defer release()
	transaction, err := l.database.Transaction(idb.TransactionReadWrite, objectsStore, metaStore, historyStore)
	if err != nil {
		return err
	}
	if replace {
		err = clearStores(transaction)
	}
	if err == nil {
		err = l.put(transaction, batch)
	}
	if err != nil {
		return errors.Join(err, transaction.Abort())
	}
	return transaction.Await(ctx)
}

func (l *Log) put(transaction *idb.Transaction, batch journal.Batch) error {
	objects, err := transaction.ObjectStore(objectsStore)
	if err != nil {
		return err
	}
	for _, change := range batch.Changes {
		key := js.ValueOf(change.Key)
		if change.Encoded == nil {
			if _, err := objects.Delete(key); err != nil {
				return fmt.Errorf("delete %q: %w", change.Key, err)
			}
			continue
		}
		if _, err := objects.PutKey(key, l.record(change.Value)); err != nil {
			return fmt.Errorf("put %q: %w", change.Key, err)
		}
	}
	history, err := transaction.ObjectStore(historyStore)
	if err != nil {
		return err
	}
	if err := l.putHistory(history, batch.Undo, batch.First); err != nil {
		return err
	}
	meta, err := transaction.ObjectStore(metaStore)
	if err != nil {
		return err
	}
	current := state{Schema: schema, Revision: float64(batch.Revision), Time: float64(batch.Time.UnixMilli())}
	_, err = meta.PutKey(js.ValueOf(stateKey), vert.ValueOf(current).JSValue())
	return err
}

// Clear removes every object.
func (l *Log) Clear(ctx context.Context) error {
	transaction, err := l.database.Transaction(idb.TransactionReadWrite, objectsStore, metaStore, historyStore)
	if err != nil {
		return fmt.Errorf("clear stored objects: %w", err)
	}
	if err := clearStores(transaction); err != nil {
		return fmt.Errorf("clear stored objects: %w", err)
	}
	if err := transaction.Await(ctx); err != nil {
		return fmt.Errorf("clear stored objects: %w", err)
	}
	return nil
}

func clearStores(transaction *idb.Transaction) error {
	for _, name := range []string{objectsStore, metaStore, historyStore} {
		objects, err := transaction.ObjectStore(name)
		if err != nil {
			return err
		}
		if _, err := objects.Clear(); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the data base.
func (l *Log) Close() error { return l.database.Close() }
