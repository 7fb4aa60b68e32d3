// Package journal keeps what a cluster's store commits in durable storage.
//
// A [Journal] takes commits from the store (store.Options.OnCommit), collects them
// in batches and writes each batch as a whole through a [Log]. There is no timer:
// a batch is written as soon as the log is not busy, because timers here run on
// cluster time, which may stand still. wasm/indexeddb implements Log; nothing in
// this package may know about the browser.
package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tabernetes/engine/controlplane/store"
)

// MaxFlights bounds the batches that are being written at the same time. At the
// bound, new commits wait until a batch has been written.
const MaxFlights = 100

// Stored is a cluster as a log holds it.
type Stored struct {
	// Snapshot is the objects at one revision.
	Snapshot store.Snapshot
	// Time is the cluster time of the last batch. Cluster time continues from
	// there: it does not pass while the cluster is closed.
	Time time.Time
	// Seed is the seed of the cluster's random source, in the page's form.
	Seed float64
	// Disks are the contents of the machines' disks, a JSON object, or nothing.
	Disks []byte
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
	// Undo undoes every change since the previous batch, oldest first.
	Undo []Undo
	// First is the oldest revision that must stay available: the entries that undo
	// the change that made it, and everything before, can be deleted. A revision
	// is one change, so First is MaxHistoryChanges before Revision, or later
	// because of MaxHistoryBytes.
	First int64
	// Disks are the contents of the machines' disks, or nil where they are as they
	// were. A batch may have nothing else.
	Disks []byte
}

// Change is the new value of a key.
type Change struct {
	// Value has no Encoded when the key was deleted.
	store.Value
}

// Log is durable storage for one cluster.
type Log interface {
	// Append begins to write a batch and returns a channel that reports the end of
	// the write, once. A batch is written as a whole or not at all, after the
	// batches before it, and not at all if one that was in flight with it fails.
	Append(ctx context.Context, batch Batch) (ended <-chan error)
	// Busy reports whether the next batch should wait for more changes, or until a
	// batch in flight has been written.
	Busy() bool
}

// Journal writes commits to a log. It is safe for concurrent use.
type Journal struct {
	log     Log
	history *History
	// Disks, if set before Run, returns the contents of the machines' disks when they
	// have changed since it last did, and nil otherwise. Unless they are urgent, it
	// may wait for more changes.
	Disks func(urgent bool) []byte
	// dirty holds one token while there is something to write.
	dirty chan struct{}

	mu sync.Mutex
	// pending has one change for each key that changed since the last batch, so it
	// is bounded by the number of objects. guarded by mu
	pending map[string]*Change
	order   []string // guarded by mu
	last    int64    // guarded by mu
	// undo has the changes since the last batch. Beyond the bounds of the history,
	// the oldest are left out. guarded by mu
	undo []Undo
	// written is the revision up to which everything is in the log. guarded by mu
	written int64
	// progress is closed and replaced when written has changed or failed is set.
	// guarded by mu
	progress chan struct{}
	failed   error // guarded by mu
	// urgent says that a Flush waits for the pending changes. guarded by mu
	urgent bool
	// asked counts the Flushes, served those whose changes are in the log. guarded by
	// mu
	asked, served int
}

// New returns a journal that writes to log while Run runs, and has the log delete
// what the history has dropped.
func New(log Log, history *History) *Journal {
	return &Journal{
		log: log, history: history, dirty: make(chan struct{}, 1), pending: map[string]*Change{}, progress: make(chan struct{}),
	}
}

// Commit records a commit. It is quick, as store.Options.OnCommit requires.
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

// flight is a batch that is being written.
type flight struct {
	batch Batch
	asked int
	ended <-chan error
}

func (f flight) isEmpty() bool { return len(f.batch.Changes) == 0 && f.batch.Disks == nil }

// Run writes batches until ctx ends, then writes what is left. Batches that fail
// are written once more, since a transaction may be aborted through no fault of
// its own. If that fails too, Run returns the error: from then on nothing is
// stored, and the cluster can continue in memory.
func (j *Journal) Run(ctx context.Context) error {
	writing := context.WithoutCancel(ctx)
	var flights []flight
	for {
		var ended <-chan error
		if len(flights) > 0 {
			ended = flights[0].ended
		}
		select {
		case <-j.dirty:
		case err := <-ended:
			if err != nil {
				if err := j.again(writing, flights); err != nil {
					return err
				}
				flights = nil
				break
			}
			j.note(flights[0], nil)
			flights = flights[1:]
		case <-ctx.Done():
			return j.finish(writing, flights)
		}
		waits := len(flights) > 0 && j.log.Busy() && !j.wanted()
		if waits || len(flights) >= MaxFlights {
			continue
		}
		next := j.take(false)
		switch {
		case !next.isEmpty():
			next.ended = j.log.Append(writing, next.batch)
			flights = append(flights, next)
		case len(flights) == 0:
			j.note(next, nil)
		default:
			flights[len(flights)-1].asked = next.asked
		}
	}
}

// finish waits for the batches in flight and writes the rest.
func (j *Journal) finish(ctx context.Context, flights []flight) error {
	for i, flight := range flights {
		if err := <-flight.ended; err != nil {
			if err := j.again(ctx, flights[i:]); err != nil {
				return err
			}
			break
		}
		j.note(flight, nil)
	}
	last := j.take(true)
	if last.isEmpty() {
		j.note(last, nil)
		return nil
	}
	if err := <-j.log.Append(ctx, last.batch); err != nil {
		return j.again(ctx, []flight{last})
	}
	j.note(last, nil)
	return nil
}

// again writes batches once more, one after the other. The first of them has
// failed, so the others will fail too.
func (j *Journal) again(ctx context.Context, flights []flight) error {
	for _, flight := range flights[1:] {
		_ = <-flight.ended //nolint:staticcheck // it is written again, whatever the result
	}
	for _, current := range flights {
		batch := current.batch
		if err := <-j.log.Append(ctx, batch); err != nil {
			err = fmt.Errorf("write %d changes up to revision %d: %w", len(batch.Changes), batch.Revision, err)
			j.note(flight{}, err)
			return err
		}
		j.note(current, nil)
	}
	return nil
}

func (j *Journal) wanted() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.urgent
}

// note records that a batch has been written, or that nothing is any more.
func (j *Journal) note(written flight, failed error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.written, j.served, j.failed = max(j.written, written.batch.Revision), max(j.served, written.asked), failed
	close(j.progress)
	j.progress = make(chan struct{})
}

// Flush returns when every change so far is in the log, or with the error that
// prevents it. Pending changes are written at once, even if the log is busy.
func (j *Journal) Flush(ctx context.Context) error {
	j.mu.Lock()
	wanted := j.last
	if j.Disks != nil {
		j.asked++
	}
	asked := j.asked
	if len(j.order) > 0 || j.Disks != nil {
		j.urgent = true
		select {
		case j.dirty <- struct{}{}:
		default:
		}
	}
	for (j.written < wanted || j.served < asked) && j.failed == nil {
		progress := j.progress
		j.mu.Unlock()
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
		j.mu.Lock()
	}
	defer j.mu.Unlock()
	return j.failed
}

func (j *Journal) take(last bool) flight {
	j.mu.Lock()
	defer j.mu.Unlock()
	batch := Batch{
		Revision: j.last, Time: time.Now(), Changes: make([]Change, 0, len(j.order)),
		Undo: j.undo, First: max(j.last-MaxHistoryChanges, j.history.Dropped()),
	}
	for _, key := range j.order {
		batch.Changes = append(batch.Changes, *j.pending[key])
	}
	// A batch is of the revision of the last commit, so there is none before the
	// first.
	if j.Disks != nil && j.last > 0 {
		batch.Disks = j.Disks(last || j.urgent)
	}
	j.order, j.undo, j.urgent = nil, nil, false
	clear(j.pending)
	return flight{batch: batch, asked: j.asked}
}
