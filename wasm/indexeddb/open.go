//go:build js && wasm

package indexeddb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"syscall/js"

	"github.com/hack-pad/go-indexeddb/idb"

	"tabernetes/engine/controlplane/journal"
)

// Options say how a cluster's database is opened.
type Options struct {
	// Owner names the writer to people who inspect the database.
	Owner string
	// Hold tells the clock that a write is in progress and returns the function to call
	// when it ends.
	Hold func() (release func())
	// Upgrade is the JavaScript listener for "upgradeneeded", which gives a new or
	// older database the present layout (web/src/worker/layout.ts).
	Upgrade js.Value
	// JSON converts a stored object to a readable one.
	JSON func(encoded []byte) ([]byte, error)
}

// Open opens the database of the cluster of that name, and creates it if there
// is none. From then on its previous owner cannot write any more.
func Open(ctx context.Context, cluster string, options Options) (*Log, error) {
	log, err := open(ctx, cluster, options)
	if err != nil {
		return nil, err
	}
	if err := log.claim(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("claim the database of cluster %q: %w", cluster, err), log.Close())
	}
	return log, nil
}

func open(ctx context.Context, cluster string, options Options) (*Log, error) {
	raw, blocked, err := openDatabase(databasePrefix+cluster, options.Upgrade)
	if err != nil {
		return nil, err
	}
	// idb has no way to listen to "blocked", so it gets the request that we made.
	give := js.FuncOf(func(js.Value, []js.Value) any { return raw })
	defer give.Release()
	factory := js.Global().Get("Object").New()
	factory.Set("open", give)
	wrapped, err := idb.WrapFactory(factory)
	if err != nil {
		return nil, fmt.Errorf("open database of cluster %q: %w", cluster, err)
	}
	request, err := wrapped.Open(ctx, databasePrefix+cluster, schema, migrate)
	if err != nil {
		return nil, fmt.Errorf("open database of cluster %q: %w", cluster, err)
	}
	type opened struct {
		database *idb.Database
		err      error
	}
	result := make(chan opened, 1)
	go func() {
		database, err := request.Await(ctx)
		result <- opened{database, err}
	}()
	select {
	case <-blocked:
		return nil, failure(Blocked, "open database of cluster %q: another tab has it open with an older layout", cluster)
	case got := <-result:
		if got.err != nil {
			return nil, fmt.Errorf("open database of cluster %q: %w", cluster, got.err)
		}
		log := &Log{
			database: got.database, connection: raw.Get("result"), json: js.Global().Get("JSON"),
			options: options,
		}
		log.connected, log.lose = context.WithCancelCause(context.Background())
		log.watch()
		return log, nil
	}
}

// migrate has nothing left to do, as Options.Upgrade was called before it.
func migrate(*idb.Database, uint, uint) error { return nil }

// claim makes this owner the owner of the database, by a record under the next
// number. The numbers of the previous owners stay, so that each can see that it is
// not the last.
func (l *Log) claim(ctx context.Context) error {
	transaction, err := l.database.Transaction(idb.TransactionReadWrite, metaStore)
	if err != nil {
		return err
	}
	meta, err := transaction.ObjectStore(metaStore)
	if err != nil {
		return err
	}
	keys, err := meta.GetAllKeys()
	if err != nil {
		return err
	}
	found, err := keys.Await(ctx)
	if err != nil {
		return err
	}
	l.claimed = 1
	for _, key := range found {
		if key.Type() == js.TypeNumber {
			l.claimed = max(l.claimed, key.Int()+1)
		}
	}
	if _, err := meta.PutKey(js.ValueOf(l.claimed), js.ValueOf(l.options.Owner)); err != nil {
		return err
	}
	forgotten := js.Global().Get("IDBKeyRange").Call("upperBound", l.claimed-maxOwners)
	if _, err := meta.Delete(forgotten); err != nil {
		return err
	}
	barred := js.Global().Get("IDBKeyRange").Call("bound", barPrefix, barPrefix+"~")
	if _, err := meta.Delete(barred); err != nil {
		return err
	}
	for number := 2; number <= journal.MaxFlights; number++ {
		if _, err := meta.PutKey(bar(number), js.ValueOf("")); err != nil {
			return err
		}
	}
	return <-commit(ctx, transaction)
}

// demandOwner makes a transaction fail if another owner has claimed the
// database since: that owner's number exists and cannot be added again.
func (l *Log) demandOwner(meta *idb.ObjectStore) error {
	next := js.ValueOf(l.claimed + 1)
	if _, err := meta.AddKey(next, js.ValueOf("")); err != nil {
		return err
	}
	_, err := meta.Delete(next)
	return err
}

// demandBefore makes the transaction of a batch fail if the batch before it has
// not been written. IndexedDB cannot require that a record exists, but it can
// require that one does not: so every batch is barred from the start, and the
// one before it lifts the bar.
func demandBefore(meta *idb.ObjectStore, number int) error {
	if _, err := meta.AddKey(bar(number), js.ValueOf("")); err != nil {
		return err
	}
	for _, lifted := range []int{number, number + 1} {
		if _, err := meta.Delete(bar(lifted)); err != nil {
			return err
		}
	}
	_, err := meta.PutKey(bar(number+journal.MaxFlights), js.ValueOf(""))
	return err
}

func bar(number int) js.Value { return js.ValueOf(barPrefix + strconv.Itoa(number)) }

// commit ends a transaction without waiting for its requests, so that nothing in
// this worker can hold it up: from here on it is the browser's business.
func commit(ctx context.Context, transaction *idb.Transaction) <-chan error {
	ended := make(chan error, 1)
	if err := transaction.Commit(); err != nil {
		ended <- failure(Aborted, "the transaction was aborted: %w", err)
		return ended
	}
	go func() { ended <- transaction.Await(ctx) }()
	return ended
}

// Create stores a cluster under a name that no cluster has.
func Create(ctx context.Context, cluster string, options Options, stored journal.Stored, changes []journal.Undo) (err error) {
	log, err := open(ctx, cluster, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	current, err := log.state(ctx)
	if err != nil {
		return err
	}
	if current.Type() == js.TypeObject {
		return fmt.Errorf("create cluster %q: there is one of that name", cluster)
	}
	if err := log.claim(ctx); err != nil {
		return fmt.Errorf("create cluster %q: %w", cluster, err)
	}
	if err := log.Replace(ctx, stored, changes); err != nil {
		return fmt.Errorf("create cluster %q: %w", cluster, err)
	}
	return nil
}

// state reads the record "state", which is undefined when nothing is stored.
func (l *Log) state(ctx context.Context) (js.Value, error) { return l.meta(ctx, stateKey) }

// meta reads a record of the object store "meta".
func (l *Log) meta(ctx context.Context, key string) (js.Value, error) {
	transaction, err := l.database.Transaction(idb.TransactionReadOnly, metaStore)
	if err != nil {
		return js.Value{}, fmt.Errorf("read stored %s: %w", key, err)
	}
	meta, err := transaction.ObjectStore(metaStore)
	if err != nil {
		return js.Value{}, fmt.Errorf("read stored %s: %w", key, err)
	}
	request, err := meta.Get(js.ValueOf(key))
	if err != nil {
		return js.Value{}, fmt.Errorf("read stored %s: %w", key, err)
	}
	found, err := request.Await(ctx)
	if err != nil {
		return js.Value{}, fmt.Errorf("read stored %s: %w", key, err)
	}
	return found, nil
}

// Delete deletes the database of a cluster, whatever is in it.
func Delete(ctx context.Context, cluster string) error {
	factory := js.Global().Get("indexedDB")
	if factory.Type() != js.TypeObject {
		return failure(Denied, "this browser gives the page no IndexedDB")
	}
	wrapped, err := idb.WrapFactory(factory)
	if err != nil {
		return fmt.Errorf("delete database of cluster %q: %w", cluster, err)
	}
	request, err := wrapped.DeleteDatabase(databasePrefix + cluster)
	if err != nil {
		return fmt.Errorf("delete database of cluster %q: %w", cluster, err)
	}
	if err := request.Await(ctx); err != nil {
		return fmt.Errorf("delete database of cluster %q: %w", cluster, err)
	}
	return nil
}
