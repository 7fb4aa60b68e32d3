// Package journal keeps what a cluster's store commits in durable storage.
//
// A [Journal] takes commits from the store (store.Options.OnCommit), gathers
// them into batches and writes each batch whole through a [Log]. There is no
// timer: a batch is on its way as soon as the log does not ask to wait, because
// timers here run on cluster time, which may stand still. wasm/indexeddb
// implements Log; nothing in this package may know about the browser.
package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tabernetes/engine/controlplane/store"
)

// MaxFlights bounds the batches that are being written at one time. When there
// are as many, what is committed waits for one of them to end.
const MaxFlights = 100

// Stored is a cluster as a log holds it.
type Stored struct {
	// Snapshot is the objects at one revision.
	Snapshot store.Snapshot
	// Time is the cluster time of the last batch. Cluster time goes on from there:
	// it does not pass while the cluster is closed.
	Time time.Time
	// Seed is that of the cluster's random source, as the page gives it.
	Seed float64
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
	// that is MaxHistoryChanges before Revision, or later for MaxHistoryBytes.
	First int64
}

// Change is the new value of a key.
type Change struct {
	// Value has no Encoded when the key was deleted.
	store.Value
}

// Log is durable storage for one cluster.
type Log interface {
	// Append begins to write a batch and returns what tells its end, once. A batch
	// is written whole or not at all, after those before it, and not at all when
	// one of those that were under way with it is not.
	Append(ctx context.Context, batch Batch) (ended <-chan error)
	// Busy says that the next batch should wait for more changes, or until one
	// that is under way is written.
	Busy() bool
}

// Journal writes commits to a log. It is safe for concurrent use.
type Journal struct {
	log     Log
	history *History
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
	// written is the revision up to which all is in the log. guarded by mu
	written int64
	// progress is closed, and another one made, when written has changed or
	// failed is set. guarded by mu
	progress chan struct{}
	failed   error // guarded by mu
	// urgent says that somebody waits for what is pending. guarded by mu
	urgent bool
}

// New returns a journal that writes to log while Run runs, and has the log drop
// what the history has dropped.
func New(log Log, history *History) *Journal {
	return &Journal{
		log: log, history: history, dirty: make(chan struct{}, 1), pending: map[string]*Change{}, progress: make(chan struct{}),
	}
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

// flight is a batch that is being written.
type flight struct {
	batch Batch
	ended <-chan error
}

// Run writes batches until ctx ends, then writes what is left. Batches that the
// log refuses are written once more, as a transaction may be aborted for no fault
// of its own. The second error Run returns: from then on nothing is stored any
// more, and the cluster can go on in memory.
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
			j.note(flights[0].batch.Revision, nil)
			flights = flights[1:]
		case <-ctx.Done():
			return j.finish(writing, flights)
		}
		waits := len(flights) > 0 && j.log.Busy() && !j.wanted()
		if waits || len(flights) >= MaxFlights {
			continue
		}
		if batch := j.take(); len(batch.Changes) > 0 {
			flights = append(flights, flight{batch, j.log.Append(writing, batch)})
		}
	}
}

// finish waits for what is being written and writes the rest.
func (j *Journal) finish(ctx context.Context, flights []flight) error {
	for i, flight := range flights {
		if err := <-flight.ended; err != nil {
			if err := j.again(ctx, flights[i:]); err != nil {
				return err
			}
			break
		}
		j.note(flight.batch.Revision, nil)
	}
	batch := j.take()
	if len(batch.Changes) == 0 {
		return nil
	}
	if err := <-j.log.Append(ctx, batch); err != nil {
		return j.again(ctx, []flight{{batch: batch}})
	}
	j.note(batch.Revision, nil)
	return nil
}

// again writes batches once more, one after the other. The first of them has
// failed, and so will the others.
func (j *Journal) again(ctx context.Context, flights []flight) error {
	for _, flight := range flights[1:] {
		_ = <-flight.ended //nolint:staticcheck // whatever came of it, it is written again
	}
	for _, flight := range flights {
		batch := flight.batch
		if err := <-j.log.Append(ctx, batch); err != nil {
			err = fmt.Errorf("write %d changes up to revision %d: %w", len(batch.Changes), batch.Revision, err)
			j.note(0, err)
			return err
		}
		j.note(batch.Revision, nil)
	}
	return nil
}

func (j *Journal) wanted() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.urgent
}

func (j *Journal) note(written int64, failed error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.written, j.failed = max(j.written, written), failed
	close(j.progress)
	j.progress = make(chan struct{})
}

// Flush returns when every change so far is in the log, or with the error that
// keeps it from there. What is pending is written at once, however busy the log.
func (j *Journal) Flush(ctx context.Context) error {
	j.mu.Lock()
	wanted := j.last
	if len(j.order) > 0 {
		j.urgent = true
		select {
		case j.dirty <- struct{}{}:
		default:
		}
	}
	for j.written < wanted && j.failed == nil {
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

func (j *Journal) take() Batch {
	j.mu.Lock()
	defer j.mu.Unlock()
	batch := Batch{
		Revision: j.last, Time: time.Now(), Changes: make([]Change, 0, len(j.order)),
		Undo: j.undo, First: max(j.last-MaxHistoryChanges, j.history.Dropped()),
	}
	for _, key := range j.order {
		batch.Changes = append(batch.Changes, *j.pending[key])
	}
	j.order, j.undo, j.urgent = nil, nil, false
	clear(j.pending)
	return batch
}
