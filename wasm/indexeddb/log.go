//go:build js && wasm

package indexeddb

import (
	"context"
	"fmt"
	"syscall/js"

	"github.com/hack-pad/go-indexeddb/idb"
	"github.com/norunners/vert"

	"tabernetes/engine/controlplane/journal"
)

const (
	databasePrefix = "tabernetes/"
	objectsStore   = "objects"
	historyStore   = "history"
	metaStore      = "meta"
	stateKey       = "state"
	disksKey       = "disks"
	// barPrefix begins the keys of the batches that may not be written yet.
	barPrefix = "batch "

	// schema is the version of the database's layout: 1 had no history, 2 had
	// readable objects in the history.
	schema = 3

	// maxOwners is how many owners the database remembers: an owner that has been
	// followed by as many others could write into a database that is no longer its
	// own.
	maxOwners = 1000

	// spacing is how many milliseconds of host time are between batches.
	spacing = 25
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
	// Seed is the seed of the cluster's random source; 0 in data stored without one.
	Seed float64 `js:"seed"`
}

// Log is the database of one cluster.
type Log struct {
	database *idb.Database
	options  Options
	// connection is the JavaScript object of database, for calls that idb has no method
	// for.
	connection js.Value
	json       js.Value
	// Seed is written with each batch. It is set before the first batch.
	Seed float64
	// claimed is the number under which this owner has claimed the database.
	claimed int
	// number is the number of the last batch begun, written that of the last one
	// written; flying counts the batches in flight, of which the last was begun
	// at begun.
	number, written, flying int
	begun                   float64
	// connected ends, with its cause, when the database is closed from outside.
	connected context.Context
	lose      context.CancelCauseFunc
}

var _ journal.Log = &Log{}

// Connected ends, with a Failure as its cause, when the browser closes the
// connection: by deleting the database, or for a newer version of this program.
func (l *Log) Connected() context.Context { return l.connected }

// Append implements journal.Log.
func (l *Log) Append(ctx context.Context, batch journal.Batch) <-chan error {
	return l.begin(ctx, false, batch)
}

// Busy implements journal.Log. Waiting for the answers to the previous batch
// would mean waiting for a turn of the worker, which may be long; a batch for
// each change would cost more than the change.
func (l *Log) Busy() bool {
	return hostNow()-l.begun < spacing
}

func hostNow() float64 { return js.Global().Get("performance").Call("now").Float() }

// begin begins to write a batch in one transaction, which first deletes
// everything if the batch is to replace it. Transactions run one after the other,
// so of two writers that both believe to own the database one is late and changes
// nothing.
func (l *Log) begin(ctx context.Context, replace bool, batch journal.Batch) <-chan error {
	ended := make(chan error, 1)
	if l.flying == 0 {
		// After a failure the numbers go on from the last one written.
		l.number = l.written
	}
	l.flying++
	l.number++
	l.begun = hostNow()
	number, release := l.number, l.options.Hold()
	end := func(err error) {
		release()
		l.flying--
		if err == nil {
			l.written = number
		}
		ended <- err
	}
	transaction, err := l.database.Transaction(idb.TransactionReadWrite, objectsStore, metaStore, historyStore)
	if err != nil {
		end(err)
		return ended
	}
	if err := l.put(transaction, number, replace, batch); err != nil {
		// It may be aborted already and then takes no requests.
		if isException(err, "InvalidStateError") {
			err = failure(Aborted, "the transaction was aborted: %w", err)
		}
		_ = transaction.Abort()
		end(err)
		return ended
	}
	// A transaction whose connection is closed may fire no more events.
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(l.connected, cancel)
	committed := commit(ctx, transaction)
	go func() {
		err := <-committed
		stop()
		cancel()
		switch {
		case isException(err, "ConstraintError"):
			err = failure(Taken, "another tab has taken the cluster over")
		case err != nil && l.connected.Err() != nil:
			err = context.Cause(l.connected)
		}
		end(err)
	}()
	return ended
}

func (l *Log) put(transaction *idb.Transaction, number int, replace bool, batch journal.Batch) error {
	meta, err := transaction.ObjectStore(metaStore)
	if err != nil {
		return err
	}
	if err := l.demandOwner(meta); err != nil {
		return err
	}
	if err := demandBefore(meta, number); err != nil {
		return err
	}
	if replace {
		if err := clearStores(transaction); err != nil {
			return err
		}
	}
	if err := l.putObjects(transaction, batch.Changes); err != nil {
		return err
	}
	history, err := transaction.ObjectStore(historyStore)
	if err != nil {
		return err
	}
	if err := l.putHistory(history, batch.Undo, batch.First); err != nil {
		return err
	}
	current := state{
		Schema: schema, Revision: float64(batch.Revision), Time: float64(batch.Time.UnixMilli()), Seed: l.Seed,
	}
	if err := putDisks(meta, replace, batch.Disks); err != nil {
		return err
	}
	_, err = meta.PutKey(js.ValueOf(stateKey), vert.ValueOf(current).JSValue())
	return err
}

// putDisks writes the contents of the machines' disks, if there are any new ones.
func putDisks(meta *idb.ObjectStore, replace bool, disks []byte) error {
	key := js.ValueOf(disksKey)
	if disks != nil {
		_, err := meta.PutKey(key, js.ValueOf(string(disks)))
		return err
	}
	if replace {
		_, err := meta.Delete(key)
		return err
	}
	return nil
}

func (l *Log) putObjects(transaction *idb.Transaction, changes []journal.Change) error {
	objects, err := transaction.ObjectStore(objectsStore)
	if err != nil {
		return err
	}
	for _, change := range changes {
		key := js.ValueOf(change.Key)
		if change.Encoded == nil {
			if _, err := objects.Delete(key); err != nil {
				return fmt.Errorf("delete %q: %w", change.Key, err)
			}
			continue
		}
		record, err := l.record(change.Value)
		if err == nil {
			_, err = objects.PutKey(key, record)
		}
		if err != nil {
			return fmt.Errorf("put %q: %w", change.Key, err)
		}
	}
	return nil
}

// Clear removes the cluster. Its owners' numbers stay.
func (l *Log) Clear(ctx context.Context) error {
	transaction, err := l.database.Transaction(idb.TransactionReadWrite, objectsStore, metaStore, historyStore)
	if err != nil {
		return fmt.Errorf("clear stored objects: %w", err)
	}
	if err := clearStores(transaction); err != nil {
		return fmt.Errorf("clear stored objects: %w", err)
	}
	meta, err := transaction.ObjectStore(metaStore)
	if err != nil {
		return fmt.Errorf("clear stored objects: %w", err)
	}
	for _, key := range []string{stateKey, disksKey} {
		if _, err := meta.Delete(js.ValueOf(key)); err != nil {
			return fmt.Errorf("clear stored state: %w", err)
		}
	}
	if err := <-commit(ctx, transaction); err != nil {
		return fmt.Errorf("clear stored objects: %w", err)
	}
	return nil
}

func clearStores(transaction *idb.Transaction) error {
	for _, name := range []string{objectsStore, historyStore} {
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

// Close closes the database.
func (l *Log) Close() error { return l.database.Close() }
