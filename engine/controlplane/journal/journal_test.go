package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
)

// memoryLog keeps batches; each write waits for a token of gate, if there is one,
// and for the previous write. It is busy while limit writes are in flight, one if
// it is not set. The test may use the fields while nothing is being written.
type memoryLog struct {
	gate  chan struct{}
	limit int

	mu      sync.Mutex
	batches []journal.Batch
	flying  int
	// last is closed when the newest write has ended.
	last <-chan struct{}
	// err is the error of the first writes, as many as failures says, and of those
	// in flight with them.
	err      error
	failures int
	failed   bool
}

func (l *memoryLog) Append(_ context.Context, batch journal.Batch) <-chan error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flying == 0 {
		l.failed = false
	}
	l.flying++
	ended, before, written := make(chan error, 1), l.last, make(chan struct{})
	l.last = written
	go func() {
		defer close(written)
		if before != nil {
			<-before
		}
		if l.gate != nil {
			<-l.gate
		}
		ended <- l.write(batch)
	}()
	return ended
}

func (l *memoryLog) write(batch journal.Batch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flying--
	if l.failures > 0 {
		l.failures--
		l.failed = true
	}
	if l.failed {
		return l.err
	}
	l.batches = append(l.batches, batch)
	return nil
}

func (l *memoryLog) Busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flying >= max(1, l.limit)
}

func commit(key string, revision int64, encoded string) store.Commit {
	made := store.Commit{Key: key, Revision: revision}
	if encoded != "" {
		made.Encoded = []byte(encoded)
	}
	return made
}

func TestChangesDuringAWriteBecomeOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{gate: make(chan struct{})}
		written := journal.New(log, journal.NewHistory(1))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- written.Run(ctx) }()

		written.Commit(commit("/registry/pods/a", 2, "1"))
		synctest.Wait()
		written.Commit(commit("/registry/pods/b", 3, "1"))
		written.Commit(commit("/registry/pods/a", 4, "2"))
		written.Commit(commit("/registry/pods/b", 5, ""))
		log.gate <- struct{}{}
		log.gate <- struct{}{}
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if got := len(log.batches); got != 2 {
			t.Fatalf("batches: got %d, want 2", got)
		}
		second := log.batches[1]
		if undo := second.Undo; len(undo) != 3 || undo[0].Revision != 3 || undo[2].Revision != 5 {
			t.Errorf("second batch: got undo %+v, want one for each change from 3 to 5", undo)
		}
		if second.Revision != 5 || len(second.Changes) != 2 {
			t.Fatalf("second batch: got revision %d and %d changes, want 5 and 2", second.Revision, len(second.Changes))
		}
		if b := second.Changes[0]; b.Key != "/registry/pods/b" || b.Encoded != nil || b.Revision != 5 {
			t.Errorf("first change: got %+v, want the deletion of b at 5", b)
		}
		if a := second.Changes[1]; a.Key != "/registry/pods/a" || string(a.Encoded) != "2" {
			t.Errorf("second change: got %+v, want the second value of a", a)
		}
	})
}

func TestTheRestIsWrittenAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{}
		written := journal.New(log, journal.NewHistory(1))
		ctx, stop := context.WithCancel(t.Context())
		stop()
		written.Commit(commit("/registry/pods/a", 2, "1"))
		if err := written.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if len(log.batches) != 1 {
			t.Errorf("batches: got %d, want 1", len(log.batches))
		}
	})
}

func TestAnErrorOfTheLogEndsTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("the disk is full")
		written := journal.New(&memoryLog{err: full, failures: 2}, journal.NewHistory(1))
		written.Commit(commit("/registry/pods/a", 2, "1"))
		if err := written.Run(t.Context()); !errors.Is(err, full) {
			t.Errorf("run: got %v, want %v", err, full)
		}
	})
}

func TestAWriteThatFailsOnceIsWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{err: errors.New("aborted"), failures: 1}
		written := journal.New(log, journal.NewHistory(1))
		ctx, stop := context.WithCancel(t.Context())
		stop()
		written.Commit(commit("/registry/pods/a", 2, "1"))
		if err := written.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if len(log.batches) != 1 || log.batches[0].Revision != 2 {
			t.Errorf("batches: got %+v, want the one of revision 2", log.batches)
		}
	})
}

func TestFlushWaitsForTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{gate: make(chan struct{})}
		written := journal.New(log, journal.NewHistory(1))
		ended := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- written.Run(ctx) }()
		if err := written.Flush(t.Context()); err != nil {
			t.Fatalf("flush of nothing: %v", err)
		}
		written.Commit(commit("/registry/pods/a", 2, "1"))
		flushed := make(chan error, 1)
		go func() { flushed <- written.Flush(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-flushed:
			t.Fatalf("flush: returned before the batch was written: %v", err)
		default:
		}
		log.gate <- struct{}{}
		if err := <-flushed; err != nil {
			t.Errorf("flush: %v", err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
}

// The disks are written with the changes, and by themselves when a Flush or the end
// asks for them; never before the first change.
func TestDisksAreWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{}
		written := journal.New(log, journal.NewHistory(1))
		var disks []byte
		urgent := 0
		written.Disks = func(now bool) []byte {
			if now {
				urgent++
			}
			changed := disks
			disks = nil
			return changed
		}
		ended := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- written.Run(ctx) }()
		disks = []byte("before")
		if err := written.Flush(t.Context()); err != nil || len(log.batches) != 0 {
			t.Errorf("flush before the first change: got %v and %d batches", err, len(log.batches))
		}
		written.Commit(commit("/registry/pods/a", 2, "1"))
		synctest.Wait()
		disks = []byte("flushed")
		if err := written.Flush(t.Context()); err != nil {
			t.Errorf("flush: %v", err)
		}
		if err := written.Flush(t.Context()); err != nil {
			t.Errorf("flush of nothing: %v", err)
		}
		disks = []byte("last")
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, batch := range log.batches {
			got = append(got, fmt.Sprintf("%d %d %s", batch.Revision, len(batch.Changes), batch.Disks))
		}
		if want := []string{"2 1 before", "2 0 flushed", "2 0 last"}; !slices.Equal(got, want) {
			t.Errorf("batches: got %q, want %q", got, want)
		}
		if urgent != 3 {
			t.Errorf("asked %d times at once, want at two flushes and at the end", urgent)
		}
	})
}

func TestFlushWritesWhatABusyLogKeepsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{gate: make(chan struct{})}
		written := journal.New(log, journal.NewHistory(1))
		ended := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- written.Run(ctx) }()
		for revision := int64(2); revision < 4; revision++ {
			written.Commit(commit("/registry/pods/a", revision, "1"))
			synctest.Wait()
		}
		if log.flying != 1 {
			t.Fatalf("under way: got %d batches, want 1", log.flying)
		}
		flushed := make(chan error, 1)
		go func() { flushed <- written.Flush(t.Context()) }()
		synctest.Wait()
		if log.flying != 2 {
			t.Fatalf("under way after the flush: got %d batches, want 2", log.flying)
		}
		for range 2 {
			log.gate <- struct{}{}
		}
		if err := <-flushed; err != nil {
			t.Errorf("flush: %v", err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
}

func TestFlushTellsOfAFailedWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("the disk is full")
		written := journal.New(&memoryLog{err: full, failures: 2}, journal.NewHistory(1))
		written.Commit(commit("/registry/pods/a", 2, "1"))
		flushed := make(chan error, 1)
		go func() { flushed <- written.Flush(t.Context()) }()
		synctest.Wait()
		_ = written.Run(t.Context())
		if err := <-flushed; !errors.Is(err, full) {
			t.Errorf("flush: got %v, want %v", err, full)
		}
	})
}

func TestBatchesUnderWayAreWrittenAgainInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{gate: make(chan struct{}), limit: 3, err: errors.New("aborted"), failures: 1}
		written := journal.New(log, journal.NewHistory(1))
		ended := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- written.Run(ctx) }()
		for revision := int64(2); revision < 6; revision++ {
			written.Commit(commit("/registry/pods/a", revision, "1"))
			synctest.Wait()
		}
		if log.flying != 3 {
			t.Fatalf("under way: got %d batches, want 3", log.flying)
		}
		// The first fails with the two in flight; all three and the rest follow.
		for range 7 {
			log.gate <- struct{}{}
			synctest.Wait()
		}
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		var revisions []int64
		for _, batch := range log.batches {
			revisions = append(revisions, batch.Revision)
		}
		if want := []int64{2, 3, 4, 5}; !slices.Equal(revisions, want) {
			t.Errorf("written: got revisions %v, want %v", revisions, want)
		}
	})
}

func TestTheLogDropsWhatTheHistoryDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memoryLog{}
		history := journal.NewHistory(1)
		written := journal.New(log, history)
		large := strings.Repeat("x", journal.MaxHistoryBytes/4)
		for revision := int64(2); revision < 12; revision++ {
			change := commit("/registry/configmaps/default/large", revision, large)
			if revision > 2 {
				change.Replaced = &store.Value{Key: change.Key, Revision: revision - 1, Encoded: []byte(large)}
			}
			history.Commit(change)
			written.Commit(change)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := written.Run(ctx); err != nil {
			t.Fatal(err)
		}
		first, _ := history.Revisions()
		if got := log.batches[0].First; got != first || first < 5 {
			t.Errorf("first: got %d, want that of the history, %d, and not the first of all", got, first)
		}
	})
}
