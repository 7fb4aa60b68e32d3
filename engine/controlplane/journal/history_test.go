package journal_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
)

// recording is a store's contents as a map, and a snapshot of every revision.
type recording struct {
	t         *testing.T
	now       map[string]store.Value
	revision  int64
	snapshots map[int64]store.Snapshot
	history   *journal.History
}

func newRecording(t *testing.T) *recording {
	r := &recording{t: t, now: map[string]store.Value{}, revision: 1, snapshots: map[int64]store.Snapshot{}, history: journal.NewHistory(1)}
	r.snapshots[1] = r.snapshot()
	return r
}

func (r *recording) snapshot() store.Snapshot {
	snapshot := store.Snapshot{Revision: r.revision}
	for _, value := range r.now {
		snapshot.Values = append(snapshot.Values, value)
	}
	slices.SortFunc(snapshot.Values, func(a, b store.Value) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return snapshot
}

// change writes an object, or deletes it with an empty text.
func (r *recording) change(key, object string) {
	r.revision++
	commit := store.Commit{Key: key, Revision: r.revision}
	if before, exists := r.now[key]; exists {
		commit.Replaced = &before
	}
	if object == "" {
		delete(r.now, key)
	} else {
		commit.Encoded = []byte(object)
		r.now[key] = store.Value{Key: key, Revision: r.revision, Encoded: commit.Encoded}
	}
	r.history.Commit(commit)
	r.snapshots[r.revision] = r.snapshot()
}

func (r *recording) random(seed uint64, changes int) {
	random := rand.New(rand.NewPCG(seed, 0))
	for range changes {
		key := fmt.Sprintf("/registry/pods/default/pod-%d", random.IntN(20))
		object := ""
		if _, exists := r.now[key]; !exists || random.IntN(3) > 0 {
			object = fmt.Sprintf(`{"kind":"Pod","random":%d}`, random.IntN(1000))
		}
		r.change(key, object)
	}
}

// check compares every revision that the history keeps with the recording.
func (r *recording) check(history *journal.History) {
	r.t.Helper()
	first, last := history.Revisions()
	if last != r.revision {
		r.t.Fatalf("last revision: got %d, want %d", last, r.revision)
	}
	for revision := first; revision <= last; revision++ {
		got, err := history.At(r.snapshot(), revision)
		if err != nil {
			r.t.Fatal(err)
		}
		if want := r.snapshots[revision]; !reflect.DeepEqual(got, want) {
			r.t.Fatalf("at revision %d: got %+v, want %+v", revision, got, want)
		}
	}
}

func TestHistoryShowsEveryRevision(t *testing.T) {
	const seed = 1
	t.Logf("seed %d", seed)
	r := newRecording(t)
	r.random(seed, 300)
	r.check(r.history)
	if first, _ := r.history.Revisions(); first != 1 {
		t.Errorf("first revision: got %d, want 1", first)
	}
	for _, revision := range []int64{0, r.revision + 1} {
		if _, err := r.history.At(r.snapshot(), revision); err == nil {
			t.Errorf("at revision %d: no error", revision)
		}
	}
}

func TestHistoryGoesOnAfterARestore(t *testing.T) {
	r := newRecording(t)
	r.random(2, 100)
	stored := r.history.Changes()
	r.history = journal.NewHistory(r.revision)
	r.random(3, 100)
	if first, _ := r.history.Revisions(); first != 101 {
		t.Fatalf("first revision before what was stored is known: got %d, want 101", first)
	}
	r.history.Restore(stored[50:])
	r.check(r.history)
	if first, _ := r.history.Revisions(); first != 51 {
		t.Errorf("first revision: got %d, want 51", first)
	}
	// Changes followed by a gap are useless.
	other := journal.NewHistory(r.revision)
	other.Restore(stored)
	if first, _ := other.Revisions(); first != r.revision {
		t.Errorf("first revision after a gap: got %d, want %d", first, r.revision)
	}
}

// The stored changes may already include some of this visit when they are
// restored.
func TestRestoreOfChangesThatAreKnown(t *testing.T) {
	r := newRecording(t)
	r.random(2, 100)
	stored := r.history.Changes()
	r.history = journal.NewHistory(r.revision)
	r.random(3, 100)
	r.history.Restore(slices.Concat(stored, r.history.Changes()[:7]))
	r.check(r.history)
	if first, _ := r.history.Revisions(); first != 1 {
		t.Errorf("first revision: got %d, want 1", first)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	r := newRecording(t)
	for i := range journal.MaxHistoryChanges + 10 {
		r.revision++
		r.history.Commit(store.Commit{Key: fmt.Sprint("/registry/a/", i), Revision: r.revision, Encoded: []byte("{}")})
	}
	if first, last := r.history.Revisions(); last-first != journal.MaxHistoryChanges {
		t.Errorf("%d changes are kept, want %d", last-first, journal.MaxHistoryChanges)
	}
	large := store.Value{Key: "/registry/a/0", Revision: 1, Encoded: make([]byte, journal.MaxHistoryBytes/2)}
	for range 5 {
		r.revision++
		r.history.Commit(store.Commit{Key: large.Key, Revision: r.revision, Encoded: large.Encoded, Replaced: &large})
	}
	if changes := r.history.Changes(); len(changes) != 2 {
		t.Errorf("%d changes of half the bound are kept, want 2", len(changes))
	}
}

func TestGoingBackCanBeTakenBack(t *testing.T) {
	r := newRecording(t)
	r.random(5, 120)
	then, err := r.history.At(r.snapshot(), 60)
	if err != nil {
		t.Fatal(err)
	}
	now := r.snapshot()
	restored, changes := journal.GoBack(now, then, time.Now())
	if len(changes) == 0 || restored.Revision != now.Revision+int64(len(changes)) {
		t.Fatalf("%d changes lead from revision %d to %d", len(changes), now.Revision, restored.Revision)
	}
	if !reflect.DeepEqual(restored.Values, r.snapshots[60].Values) {
		t.Errorf("restored: got %+v, want %+v", restored.Values, r.snapshots[60].Values)
	}
	history := journal.NewHistory(restored.Revision)
	history.Restore(append(r.history.Changes(), changes...))
	for revision, want := range r.snapshots {
		got, err := history.At(restored, revision)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("at revision %d after going back: got %+v, want %+v", revision, got, want)
		}
	}
	if same, none := journal.GoBack(now, now, time.Now()); len(none) != 0 || same.Revision != now.Revision {
		t.Errorf("going back to now: got %d changes at revision %d", len(none), same.Revision)
	}
}

func TestHistoryKnowsTheRevisionOfAMoment(t *testing.T) {
	history := journal.NewHistory(10)
	now := time.Now()
	if revision, _ := history.AtTime(now); revision != 10 {
		t.Errorf("without a change: got revision %d, want 10", revision)
	}
	var changes []journal.Undo
	for index := range 3 {
		changes = append(changes, journal.Undo{Revision: int64(8 + index), Time: now.Add(time.Duration(index) * time.Second), Key: "/registry/pods/default/a"})
	}
	history.Restore(changes)
	for _, test := range []struct {
		moment   time.Duration
		revision int64
		since    time.Duration
	}{
		{-time.Hour, 7, 0},
		{0, 8, 0},
		{1500 * time.Millisecond, 9, time.Second},
		{time.Hour, 10, 2 * time.Second},
	} {
		revision, since := history.AtTime(now.Add(test.moment))
		if revision != test.revision || !since.Equal(now.Add(test.since)) {
			t.Errorf("after %s: got revision %d since %s, want %d since %s", test.moment, revision, since.Sub(now), test.revision, test.since)
		}
	}
}
