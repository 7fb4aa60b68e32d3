package journal

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"sync"
	"time"

	"tabernetes/engine/controlplane/store"
)

// Bounds of a History. When one is reached, the oldest change is dropped, and the
// revision before it can no longer be shown.
const (
	MaxHistoryChanges = 5000
	// MaxHistoryBytes bounds the encoded size of the replaced values in the
	// history.
	MaxHistoryBytes = 16 << 20
)

// Undo is one change, stored as what undoes it.
type Undo struct {
	// Revision is the revision that the change made.
	Revision int64
	// Time is the cluster time of the change.
	Time time.Time
	// Key is the whole registry key that changed.
	Key string
	// Replaced is the key's previous value; nil when the change created the key.
	Replaced *store.Value
}

// History is the bounded tail of a cluster's changes, from which it computes the
// cluster's state at any revision that is kept: the present state with the later
// changes undone. Nothing is stored twice, and dropping the oldest change costs
// nothing. It is safe for concurrent use.
type History struct {
	mu sync.Mutex
	// undo is in the order of revisions, without a gap. guarded by mu
	undo    []Undo
	bytes   int   // guarded by mu
	last    int64 // guarded by mu
	dropped int64 // guarded by mu
}

// NewHistory returns an empty history of a cluster that is at a revision.
func NewHistory(revision int64) *History {
	return &History{last: revision}
}

// Commit records a commit. It is quick, as store.Options.OnCommit requires.
func (h *History) Commit(commit store.Commit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = commit.Revision
	h.add(undo(commit))
}

func undo(commit store.Commit) Undo {
	return Undo{Revision: commit.Revision, Time: time.Now(), Key: commit.Key, Replaced: commit.Replaced}
}

// Restore puts earlier changes, stored on a previous visit, before those that the
// history has. Changes that do not lead up to the first known one are useless and
// left out, and so are those that it has already, as changes of this visit may
// have been stored too.
func (h *History) Restore(earlier []Undo) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := h.first() + 1
	for len(earlier) > 0 && earlier[len(earlier)-1].Revision >= next {
		earlier = earlier[:len(earlier)-1]
	}
	start := len(earlier)
	for start > 0 && earlier[start-1].Revision == next-1 {
		start--
		next--
	}
	later := h.undo
	h.undo, h.bytes = nil, 0
	for _, undo := range slices.Concat(earlier[start:], later) {
		h.add(undo)
	}
}

func (h *History) add(undo Undo) {
	h.undo = append(h.undo, undo)
	h.bytes += undo.size()
	drop := 0
	for len(h.undo)-drop > MaxHistoryChanges || (h.bytes > MaxHistoryBytes && drop < len(h.undo)) {
		h.bytes -= h.undo[drop].size()
		h.dropped = max(h.dropped, h.undo[drop].Revision)
		h.undo[drop] = Undo{}
		drop++
	}
	h.undo = h.undo[drop:]
}

func (u Undo) size() int {
	if u.Replaced == nil {
		return 0
	}
	return len(u.Replaced.Encoded)
}

// Dropped is the revision of the newest change that was dropped because of the
// bounds, 0 for none.
func (h *History) Dropped() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dropped
}

// Revisions returns the oldest and the newest revision that can be shown.
func (h *History) Revisions() (first, last int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.first(), h.last
}

func (h *History) first() int64 {
	if len(h.undo) == 0 {
		return h.last
	}
	return h.undo[0].Revision - 1
}

// AtTime returns the newest revision at a moment, and the time since which it was
// current. For a moment before the first change that is kept, it returns the
// oldest revision that can be shown, and the time until which that was current.
func (h *History) AtTime(moment time.Time) (revision int64, since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	later := sort.Search(len(h.undo), func(i int) bool { return h.undo[i].Time.After(moment) })
	switch {
	case len(h.undo) == 0:
		return h.last, time.Time{}
	case later == 0:
		return h.first(), h.undo[0].Time
	default:
		return h.undo[later-1].Revision, h.undo[later-1].Time
	}
}

// Changes returns the changes that are kept, oldest first. Their values must not
// be modified.
func (h *History) Changes() []Undo {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.undo)
}

// At computes the state of a cluster at a revision from its present state.
func (h *History) At(now store.Snapshot, revision int64) (store.Snapshot, error) {
	h.mu.Lock()
	first := h.first()
	start := sort.Search(len(h.undo), func(i int) bool { return h.undo[i].Revision > revision })
	undo := slices.Clone(h.undo[start:])
	h.mu.Unlock()
	if revision < first || revision > now.Revision {
		return store.Snapshot{}, fmt.Errorf("revision %d is not kept: the history goes from %d to %d", revision, first, now.Revision)
	}
	replaced := map[string]*store.Value{}
	for _, change := range undo {
		// Changes later than now are not part of it, and the first change of a key
		// has the key's value before all of its changes.
		if _, known := replaced[change.Key]; !known && change.Revision <= now.Revision {
			replaced[change.Key] = change.Replaced
		}
	}
	then := store.Snapshot{Revision: revision}
	for _, value := range now.Values {
		if _, changed := replaced[value.Key]; !changed {
			then.Values = append(then.Values, value)
		}
	}
	for _, value := range replaced {
		if value != nil {
			then.Values = append(then.Values, *value)
		}
	}
	slices.SortFunc(then.Values, func(a, b store.Value) int { return cmp.Compare(a.Key, b.Key) })
	return then, nil
}

// GoBack continues a cluster's history with the changes that restore an earlier
// state: the objects are the earlier ones, the revisions are new. It is itself a
// step that a learner can undo.
func GoBack(now, then store.Snapshot, at time.Time) (store.Snapshot, []Undo) {
	restored := store.Snapshot{Revision: now.Revision, Values: then.Values}
	wanted := make(map[string]int64, len(then.Values))
	for _, value := range then.Values {
		wanted[value.Key] = value.Revision
	}
	var changes []Undo
	change := func(key string, replaced *store.Value) {
		restored.Revision++
		changes = append(changes, Undo{Revision: restored.Revision, Time: at, Key: key, Replaced: replaced})
	}
	for _, value := range now.Values {
		if wanted[value.Key] != value.Revision {
			change(value.Key, &value)
		}
		delete(wanted, value.Key)
	}
	for _, value := range then.Values {
		if _, gone := wanted[value.Key]; gone {
			change(value.Key, nil)
		}
	}
	return restored, changes
}
