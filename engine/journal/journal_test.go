package journal_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"tabernetes/engine/journal"
	"tabernetes/engine/store"
)

// memoryLog keeps batches; each write waits for a token of gate, if there is one.
type memoryLog struct {
	batches []journal.Batch
	gate    chan struct{}
	err     error
}

func (l *memoryLog) Append(_ context.Context, batch journal.Batch) error {
	if l.gate != nil {
		<-l.gate
	}
	if l.err != nil {
		return l.err
	}
	l.batches = append(l.batches, batch)
	return nil
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
		written := journal.New(log)
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
		written := journal.New(log)
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
		written := journal.New(&memoryLog{err: full})
		written.Commit(commit("/registry/pods/a", 2, "1"))
		if err := written.Run(t.Context()); !errors.Is(err, full) {
			t.Errorf("run: got %v, want %v", err, full)
		}
	})
}
