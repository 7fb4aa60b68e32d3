// Package journal keeps what a cluster's store commits in durable storage.
//
// A [Journal] takes commits from the store (store.Options.OnCommit), gathers
// them into batches and writes each batch whole through a [Log]. There is no
// timer: a batch is written as soon as the one before it is, because timers
// here run on cluster time, which may stand still. wasm/indexeddb implements
// Log; nothing in this package may know about the browser.
package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tabernetes/engine/store"
)

// Stored is a cluster as a log holds it.
type Stored struct {
	// Snapshot is the objects at one revision.
	Snapshot store.Snapshot
	// Time is the cluster time of the last batch. Cluster time goes on from there:
	// it does not pass while the cluster is closed.
	Time time.Time
}

// Batch is what is written at once: the last value of each key that changed, and
// the changes themselves.
type Batch struct {
	// Revision is the revision of the store after the batch.
	Revision int64
	// Time is the cluster time of the batch.
	Time time.Time
	// Changes are in the order in which their keys first changed.
	Changes []Change
	// Undo takes back every change since the batch before, oldest first.
	Undo []Undo
	// First is the oldest revision that is to be shown: what takes back the change
	// that made it, and everything before, can go. A revision is one change, so
	// that is MaxHistoryChanges before Revision.
	First int64
}

// Change is the new value of a key.
type Change struct {
	// Value has no Encoded when the key was deleted.
	store.Value
}

// Log is durable storage for one cluster.
type Log interface {
	// Append writes a batch whole or not at all.
	Append(ctx context.Context, batch Batch) error
}

// Journal writes commits to a log. It is safe for concurrent use.
type Journal struct {
	log Log
	// dirty holds one token while there is something to write.
	dirty chan struct{}

	mu sync.Mutex
	// pending has one change for each key that changed since the last batch, so
	// the number of objects bounds it. guarded by mu
	pending map[string]*Change
	order   []string // guarded by mu
	last    int64    // guarded by mu
	// undo has the changes since the last batch; of more than the history keeps,
	// the oldest are left out. guarded by mu
	undo []Undo
}

// New returns a journal that writes to log while Run runs.
func New(log Log) *Journal {
	return &Journal{log: log, dirty: make(chan struct{}, 1), pending: map[string]*Change{}}
}

// Commit takes a commit. It only takes a note, as store.Options.OnCommit asks.
func (j *Journal) Commit(commit store.Commit) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change, known := j.pending[commit.Key]
	if !known {
		change = &Change{}
		j.pending[commit.Key] = change
		j.order = append(j.order, commit.Key)
	}
	change.Value = store.Value{
		Key: commit.Key, Revision: commit.Revision, Encoded: commit.Encoded, Expires: commit.Expires,
	}
	j.last = commit.Revision
	if len(j.undo) == MaxHistoryChanges {
		j.undo = j.undo[1:]
	}
	j.undo = append(j.undo, undo(commit))
	select {
	case j.dirty <- struct{}{}:
	default:
	}
}

// Run writes batches until ctx ends, then writes what is left. It returns the
// first error of the log: from then on nothing is stored any more, and the
// cluster can go on in memory.
func (j *Journal) Run(ctx context.Context) error {
	for {
		select {
		case <-j.dirty:
			if err := j.write(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return j.write(context.WithoutCancel(ctx))
		}
	}
}

func (j *Journal) write(ctx context.Context) error {
	batch := j.take()
	if len(batch.Changes) == 0 {
		return nil
	}
	if err := j.log.Append(context.WithoutCancel(ctx), batch); err != nil {
		return fmt.Errorf("write %d changes up to revision %d: %w", len(batch.Changes), batch.Revision, err)
	}
	return nil
}

func (j *Journal) take() Batch {
	j.mu.Lock()
	defer j.mu.Unlock()
	batch := Batch{
		Revision: j.last, Time: time.Now(), Changes: make([]Change, 0, len(j.order)),
		Undo: j.undo, First: j.last - MaxHistoryChanges,
	}
	for _, key := range j.order {
		batch.Changes = append(batch.Changes, *j.pending[key])
	}
	j.order, j.undo = nil, nil
	clear(j.pending)
	return batch
}
