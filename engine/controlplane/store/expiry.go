package store

import (
	"container/heap"
	"time"
)

// lease is the limited life of one entry.
type lease struct {
	entry   *entry
	expires time.Time
	// sequence orders leases that expire at the same time by their grant.
	sequence uint64
	index    int // in the queue
}

// leaseQueue is a heap of the leases of current entries, the first to expire at
// its root. Its size is bounded by the number of live objects.
type leaseQueue struct {
	heap    leaseHeap
	granted uint64
}

type leaseHeap []*lease

func (h leaseHeap) Len() int { return len(h) }

func (h leaseHeap) Less(i, j int) bool {
	if !h[i].expires.Equal(h[j].expires) {
		return h[i].expires.Before(h[j].expires)
	}
	return h[i].sequence < h[j].sequence
}

func (h leaseHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *leaseHeap) Push(x any) {
	added := x.(*lease)
	added.index = len(*h)
	*h = append(*h, added)
}

func (h *leaseHeap) Pop() any {
	last := len(*h) - 1
	removed := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return removed
}

// expires returns when e ends, zero for never.
func (e *entry) expires() time.Time {
	if e.lease == nil {
		return time.Time{}
	}
	return e.lease.expires
}

// grant limits the life of e. The caller holds mu.
func (s *Store) grant(e *entry, expires time.Time) {
	s.leases.granted++
	e.lease = &lease{entry: e, expires: expires, sequence: s.leases.granted}
	heap.Push(&s.leases.heap, e.lease)
	s.setExpiry()
}

// release ends the lease of an entry that is no longer current. The caller holds
// mu.
func (s *Store) release(e *entry) {
	if e.lease == nil {
		return
	}
	heap.Remove(&s.leases.heap, e.lease.index)
	s.setExpiry()
}

func (s *Store) setExpiry() {
	if s.closed || len(s.leases.heap) == 0 {
		s.expiry.set(time.Time{})
		return
	}
	s.expiry.set(s.leases.heap[0].expires)
}

// expire deletes the entries whose time has come, each at a revision of its own.
func (s *Store) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expiry.rung()
	if s.closed {
		return
	}
	now := time.Now()
	for len(s.leases.heap) > 0 && !s.leases.heap[0].expires.After(now) {
		s.removeCurrent(s.leases.heap[0].entry)
	}
	s.setExpiry()
}
