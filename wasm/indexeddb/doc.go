// Package indexeddb keeps a cluster's objects in the browser's IndexedDB.
//
// A cluster is a database "tabernetes/<name>". Its object store "objects" has
// a record {revision, expires, object} for each registry key, the object as
// JavaScript's own, so that the browser's developer tools show it; "history" has
// a record {key, time, replaced} for each revision, replaced being a record
// {revision, expires, encoded} of what the key had before, in bytes of the store; "meta" has the record "state" {schema, revision, time,
// seed}, under numbers the names of its owners, by which a writer is stopped once
// another one has come, and "batch <number>" for batches whose turn has not come.
// A batch is one transaction over all three.
//
// Which tab may write is decided beforehand (web/src/worker/ownership.ts).
// Errors have a Reason, which the page puts into words. wasm/controlplane
// uses the package; it implements journal.Log and knows nothing of the
// cluster.
package indexeddb
