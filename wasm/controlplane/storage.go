//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"

	"tabernetes/engine/journal"
	"tabernetes/engine/store"
	"tabernetes/wasm/bridge"
	"tabernetes/wasm/indexeddb"
)

// storage is where the cluster's objects are kept. With a nil log they are kept
// in memory alone.
type storage struct {
	host    *bridge.Host
	log     *indexeddb.Log
	journal *journal.Journal
	// history is that of this visit; the keeper puts what is stored before it.
	history *journal.History
	// stored is what the cluster starts from, or nil.
	stored *journal.Stored
	// imported says that stored came in a file and is not in the log yet.
	imported bool
}

// openStorage opens what the page asked for. Whatever is wrong with it the page
// is told, and the cluster runs in memory.
//
// With an archive the cluster starts from that, and what is stored is replaced
// by it once the cluster could be built.
func openStorage(ctx context.Context, host *bridge.Host, options bridge.Options, archive *journal.Archive) *storage {
	kept := openLog(ctx, host, options, archive == nil)
	revision := int64(1)
	if archive != nil {
		kept.stored, kept.imported = &archive.Stored, true
	}
	if kept.stored != nil {
		revision = kept.stored.Snapshot.Revision
		host.SetTime(kept.stored.Time.UnixMilli())
	}
	kept.history = journal.NewHistory(revision)
	if archive != nil {
		kept.history.Restore(archive.History)
	}
	return kept
}

func openLog(ctx context.Context, host *bridge.Host, options bridge.Options, load bool) *storage {
	kept := &storage{host: host}
	if options.Storage != "indexeddb" {
		host.Storage(bridge.StorageMemory, "")
		return kept
	}
	host.Progress(bridge.StageRestore)
	if !indexeddb.Lock(options.Cluster) {
		host.Storage(bridge.StorageMemory, "Another tab has this cluster open. This one has a cluster of its own, and nothing of it is saved.")
		return kept
	}
	log, err := indexeddb.Open(ctx, options.Cluster, host.Hold)
	if err != nil {
		host.Storage(bridge.StorageMemory, err.Error())
		return kept
	}
	if load {
		if kept.stored, err = log.Load(ctx); err != nil {
			// What cannot be read is left as it is: nothing is written over it.
			host.Storage(bridge.StorageFailed, err.Error())
			return kept
		}
	}
	kept.log, kept.journal = log, journal.New(log)
	host.Storage(bridge.StorageOK, "")
	return kept
}

// snapshot is what the cluster starts from, or nil.
func (s *storage) snapshot() *store.Snapshot {
	if s.stored == nil {
		return nil
	}
	return &s.stored.Snapshot
}

// adopt writes an archive that the cluster was built from over what is stored.
// When that goes wrong the cluster runs in memory.
func (s *storage) adopt(ctx context.Context) {
	if !s.imported || s.log == nil {
		return
	}
	if err := s.log.Replace(ctx, *s.stored, s.history.Changes()); err != nil {
		s.host.Storage(bridge.StorageFailed, fmt.Sprintf("store the cluster file: %v. What happens from now on is not saved.", err))
		s.log, s.journal = nil, nil
	}
}

func (s *storage) commit(commit store.Commit) {
	s.history.Commit(commit)
	if s.journal != nil {
		s.journal.Commit(commit)
	}
}

// run writes until ctx ends or a write goes wrong, of which the page is told:
// the cluster goes on in memory.
func (s *storage) run(ctx context.Context) {
	if s.journal == nil {
		return
	}
	if err := s.journal.Run(ctx); err != nil {
		s.host.Storage(bridge.StorageFailed, fmt.Sprintf("%v. What happens from now on is not saved.", err))
	}
}

// clear removes what is stored.
func (s *storage) clear() error {
	if s.log == nil {
		return nil
	}
	return s.log.Clear(context.Background())
}

// clearStorage removes what is stored of a cluster that does not run.
func clearStorage(ctx context.Context, host *bridge.Host, options bridge.Options) error {
	if options.Storage != "indexeddb" {
		return nil
	}
	if !indexeddb.Lock(options.Cluster) {
		return errors.New("another tab has this cluster open")
	}
	log, err := indexeddb.Open(ctx, options.Cluster, host.Hold)
	if err != nil {
		return err
	}
	return log.Clear(ctx)
}
