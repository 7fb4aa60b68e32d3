// Package store keeps the cluster's objects in memory, with the semantics that
// the API server expects of etcd: one revision counter for all resources,
// optimistic concurrency, watches from any kept revision, consistent paged
// lists, expiry, and a bounded history behind a compaction revision.
//
// A guided tour:
//
//   - [Store] is the whole database: an ordered tree of live entries, the
//     history of recent changes, and the watchers. [New] makes an empty one,
//     [Store.Restore] fills it before anything is served, [Store.Close] ends it.
//   - [Store.Resource] registers one resource and returns its
//     k8s.io/apiserver/pkg/storage.Interface. [RESTOptionsGetter] does so for
//     the generic registry.
//   - A write encodes the object with the resource's storage codec and decodes it
//     again, exactly as a round trip through etcd would normalise it (defaults,
//     times in whole seconds, absent instead of empty). The decoded object is
//     what all later reads and watch events are made from; it never changes
//     after its commit. The encoded form stays beside it for [Options.OnCommit]
//     and [Store.Snapshot].
//   - A commit, under the one lock: the tree changes, the history grows, OnCommit
//     is told, each interested watcher gets the event, in the order in which the
//     watchers registered.
//   - Custom resources are decoded for each reader, in its version, since another
//     version may have other fields and a conversion may be a webhook: never under
//     the lock, and for a watch in the watcher's own goroutine.
//
// The API server's registry is the caller of the storage interfaces; the cluster
// wires the journal to OnCommit, Snapshot and Restore. The package knows nothing
// of Kubernetes resources, of the journal's format or of the host.
package store
