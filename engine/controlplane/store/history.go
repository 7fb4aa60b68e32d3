package store

import (
	"sort"
	"strings"
)

// change is one commit: what key was and what it became.
type change struct {
	revision int64
	key      string
	current  *record // nil for a deletion
	previous *record // nil for a creation
}

// bytes is the encoded size of what c replaced.
func (c *change) bytes() int {
	if c.previous == nil {
		return 0
	}
	return len(c.previous.encoded)
}

// history is the bounded tail of the sequence of changes, oldest first. Every
// change after the compacted revision is in it. Its records are not decoded.
type history struct {
	maxChanges int
	maxBytes   int

	compacted int64
	changes   []change
	bytes     int
}

// add appends c and compacts the changes beyond the bounds. The last change is
// always kept.
func (h *history) add(c change) {
	h.changes = append(h.changes, c)
	h.bytes += c.bytes()
	drop := 0
	for len(h.changes)-drop > 1 && (len(h.changes)-drop > h.maxChanges || h.bytes > h.maxBytes) {
		h.bytes -= h.changes[drop].bytes()
		h.compacted = h.changes[drop].revision
		h.changes[drop] = change{}
		drop++
	}
	h.changes = h.changes[drop:]
}

// compact drops the changes up to and including revision.
func (h *history) compact(revision int64) {
	if revision <= h.compacted {
		return
	}
	first := h.indexAfter(revision)
	for _, c := range h.changes[:first] {
		h.bytes -= c.bytes()
	}
	h.changes = append([]change(nil), h.changes[first:]...)
	h.compacted = revision
}

// since returns the changes after revision, oldest first. The caller has checked
// that revision is not compacted.
func (h *history) since(revision int64) []change {
	return h.changes[h.indexAfter(revision):]
}

func (h *history) indexAfter(revision int64) int {
	return sort.Search(len(h.changes), func(i int) bool { return h.changes[i].revision > revision })
}

// version is a key with its record at some revision.
type version struct {
	key    string
	record *record
}

// at returns what the store held below prefix at revision, in the order of keys.
// The caller holds mu and has checked that revision is neither compacted nor in
// the future.
//
// at starts from the current entries and undoes the later changes: the first
// change of a key after revision has the key's record before it.
func (s *Store) at(revision int64, prefix string) []version {
	before := map[string]*record{}
	for _, c := range s.history.since(revision) {
		if !strings.HasPrefix(c.key, prefix) {
			continue
		}
		if _, known := before[c.key]; !known {
			before[c.key] = c.previous
		}
	}
	var versions []version
	s.ascend(prefix, prefix, func(e *entry) bool {
		if _, changed := before[e.key]; !changed {
			versions = append(versions, version{e.key, e.record})
		}
		return true
	})
	if len(before) == 0 {
		return versions
	}
	for key, previous := range before {
		if previous != nil {
			versions = append(versions, version{key, previous})
		}
	}
	sort.Slice(versions, func(i, j int) bool { return versions[i].key < versions[j].key })
	return versions
}
