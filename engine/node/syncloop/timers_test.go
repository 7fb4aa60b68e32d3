package syncloop

import (
	"slices"
	"testing"
	"time"
)

func TestTimersRunInOrder(t *testing.T) {
	var queue timerQueue
	var ran []string
	start := time.Unix(0, 0)
	note := func(name string) func() { return func() { ran = append(ran, name) } }
	queue.add(start.Add(2*time.Second), note("c"))
	queue.add(start.Add(time.Second), note("a"))
	queue.add(start.Add(time.Second), note("b"))
	stopped := queue.add(start.Add(time.Second), note("stopped"))
	queue.add(start.Add(time.Hour), note("later"))
	queue.stop(stopped)
	queue.stop(stopped)

	for due := queue.popDue(start.Add(2 * time.Second)); due != nil; due = queue.popDue(start.Add(2 * time.Second)) {
		due.run()
		queue.stop(due)
	}
	if want := []string{"a", "b", "c"}; !slices.Equal(ran, want) {
		t.Errorf("got %v, want %v", ran, want)
	}
	if next, ok := queue.next(); !ok || !next.Equal(start.Add(time.Hour)) {
		t.Errorf("next: got %v %t, want in an hour", next, ok)
	}
}
