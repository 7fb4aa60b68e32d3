//go:build js && wasm

package indexeddb

import (
	"errors"
	"fmt"
	"syscall/js"

	"github.com/hack-pad/go-indexeddb/idb"
)

// Reason says why a cluster cannot be stored. The page puts it into words, so
// the values are those of StorageReason in web/src/protocol/storage.ts.
type Reason string

// The reasons.
const (
	// Denied: the browser gives this page no IndexedDB, as in a sandboxed frame.
	Denied Reason = "denied"
	// Blocked: another tab has the database open with an older layout.
	Blocked Reason = "blocked"
	// Full: the site's quota or the disk is used up.
	Full Reason = "full"
	// Evicted: the browser or the user has deleted the database under the page.
	Evicted Reason = "evicted"
	// Corrupted: something that is stored cannot be read.
	Corrupted Reason = "corrupted"
	// Newer: a newer version of this program has made the database.
	Newer Reason = "newer"
	// Aborted: a transaction was aborted half-way, and again when it was repeated.
	Aborted Reason = "aborted"
	// Taken: another tab has taken the cluster over.
	Taken Reason = "taken"
	// Failed is every other error of the database.
	Failed Reason = "failed"
)

// Failure is an error of storage with its reason.
type Failure struct {
	Reason Reason
	Err    error
}

// Error implements error.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the error from which the reason was derived.
func (f *Failure) Unwrap() error { return f.Err }

// exceptions maps names of the browser's exceptions to reasons.
var exceptions = []struct {
	name   string
	reason Reason
}{
	{"QuotaExceededError", Full},
	{"VersionError", Newer},
	{"SecurityError", Denied},
	{"AbortError", Aborted},
	{"TransactionInactiveError", Aborted},
	// The connection is closing because its database is being deleted.
	{"InvalidStateError", Evicted},
	// A value that the browser can no longer read from its disk.
	{"DataError", Corrupted},
	{"NotReadableError", Corrupted},
}

// ReasonOf is the reason of an error from this package.
func ReasonOf(err error) Reason {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Reason
	}
	for _, known := range exceptions {
		if isException(err, known.name) {
			return known.reason
		}
	}
	return Failed
}

// isException says whether the browser has thrown an exception of that name.
// For some calls idb returns it unchanged.
func isException(err error, name string) bool {
	if errors.Is(err, idb.NewDOMException(name)) {
		return true
	}
	var thrown js.Error
	return errors.As(err, &thrown) && thrown.Type() == js.TypeObject && thrown.Get("name").Equal(js.ValueOf(name))
}

func failure(reason Reason, format string, arguments ...any) *Failure {
	return &Failure{Reason: reason, Err: fmt.Errorf(format, arguments...)}
}

// watch ends connected when the connection is closed from outside. The listeners
// are never released: they are there as long as the worker.
func (l *Log) watch() {
	l.connection.Call("addEventListener", "close", js.FuncOf(func(js.Value, []js.Value) any {
		l.lose(failure(Evicted, "the browser has closed the database"))
		return nil
	}))
	// idb closes the connection, so that the other side can go on.
	l.connection.Call("addEventListener", "versionchange", js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		if arguments[0].Get("newVersion").IsNull() {
			l.lose(failure(Evicted, "the database was deleted"))
		} else {
			l.lose(failure(Newer, "another tab has brought the database to a newer layout"))
		}
		return nil
	}))
}

// openDatabase opens a database, or says that another tab prevents its upgrade
// to the present layout.
func openDatabase(name string, upgrade js.Value) (request js.Value, blocked <-chan struct{}, err error) {
	defer func() {
		if thrown, ok := recover().(js.Error); ok {
			err = failure(Denied, "open database %q: %s", name, thrown.Value.Call("toString").String())
		}
	}()
	factory := js.Global().Get("indexedDB")
	if factory.Type() != js.TypeObject {
		return js.Value{}, nil, failure(Denied, "this browser gives the page no IndexedDB")
	}
	request = factory.Call("open", name, schema)
	request.Call("addEventListener", "upgradeneeded", upgrade)
	waiting := make(chan struct{}, 1)
	request.Call("addEventListener", "blocked", js.FuncOf(func(js.Value, []js.Value) any {
		waiting <- struct{}{}
		return nil
	}))
	return request, waiting, nil
}
