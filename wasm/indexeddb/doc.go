// Package indexeddb keeps a cluster's objects in the browser's IndexedDB.
//
// A cluster is a data base "tabernetes/<name>". Its object store "objects" has
// a record {revision, expires, object} for each registry key, the object as
// JavaScript's own, so that the browser's developer tools show it; "history" has
// a record {key, time, replaced} for each revision, replaced being the record
// that the key had before; "meta" has one record "state" {schema, revision,
// time}. A batch is one transaction over all three. wasm/controlplane uses the package; it implements
// journal.Log and knows nothing of the cluster.
package indexeddb
