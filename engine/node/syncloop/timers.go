package syncloop

import (
	"container/heap"
	"time"
)

// Timer is an action that a node will take at a time.
type Timer struct {
	due   time.Time
	order uint64 // breaks ties: the timer that was set first runs first
	run   func()
	index int // in the queue, or -1
}

// timerQueue holds a node's timers, the next one first. Its length is bounded by
// the node's pods: a container has at most a handful of timers, and those of a
// deleted pod are removed.
type timerQueue struct {
	heap  timerHeap
	order uint64
}

func (q *timerQueue) add(due time.Time, run func()) *Timer {
	q.order++
	t := &Timer{due: due, order: q.order, run: run}
	heap.Push(&q.heap, t)
	return t
}

// reserve reserves a place in the order for a timer whose time is not known yet.
func (q *timerQueue) reserve() uint64 {
	q.order++
	return q.order
}

// addAt is add with a reserved place.
func (q *timerQueue) addAt(due time.Time, place uint64, run func()) {
	heap.Push(&q.heap, &Timer{due: due, order: place, run: run})
}

// stop removes t; it does nothing when t has run.
func (q *timerQueue) stop(t *Timer) {
	if t != nil && t.index >= 0 {
		heap.Remove(&q.heap, t.index)
	}
}

// popDue removes the next timer if it is due at now.
func (q *timerQueue) popDue(now time.Time) *Timer {
	if len(q.heap) == 0 || q.heap[0].due.After(now) {
		return nil
	}
	return heap.Pop(&q.heap).(*Timer)
}

// next is when the next timer is due.
func (q *timerQueue) next() (time.Time, bool) {
	if len(q.heap) == 0 {
		return time.Time{}, false
	}
	return q.heap[0].due, true
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].order < h[j].order
	}
	return h[i].due.Before(h[j].due)
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	old := *h
	last := len(old) - 1
	t := old[last]
	old[last] = nil
	*h = old[:last]
	t.index = -1
	return t
}
