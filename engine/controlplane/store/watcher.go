package store

import (
	"errors"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/watch"
)

// ResultChan implements watch.Interface.
func (w *watcher) ResultChan() <-chan watch.Event {
	return w.results
}

// Stop implements watch.Interface.
func (w *watcher) Stop() {
	s := w.resource.store
	s.mu.Lock()
	defer s.mu.Unlock()
	w.end()
	s.forgetEnded()
}

// forgetEnded removes the watchers that have ended. The caller holds mu.
func (s *Store) forgetEnded() {
	s.watchers = slices.DeleteFunc(s.watchers, (*watcher).hasEnded)
	s.setBookmark()
}

// send queues an event, or what one is made of, without waiting. It returns false if
// the backlog is full; the event is then lost and the caller must end the watcher with
// fail.
func (w *watcher) send(next waiting) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.last {
		return true
	}
	if !w.pumping && next.change == nil {
		select {
		case w.results <- next.event:
			return true
		default:
		}
	}
	if len(w.backlog) >= w.limit {
		return false
	}
	w.queue(next)
	return true
}

// queue appends to the backlog and makes sure that a pump runs. The caller holds
// mu.
func (w *watcher) queue(next waiting) {
	w.backlog = append(w.backlog, next)
	if !w.pumping {
		w.pumping = true
		callbacks := &w.resource.store.callbacks
		callbacks.Add(1)
		go func() {
			defer callbacks.Done()
			w.pump()
		}()
	}
}

// fail ends w with an error event. The backlog is dropped: the client has to list
// again anyway.
func (w *watcher) fail(err error) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		status = apierrors.NewInternalError(err)
	}
	object := status.Status()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.last {
		return
	}
	w.last = true
	w.backlog = nil
	w.queue(waiting{event: watch.Event{Type: watch.Error, Object: &object}})
}

// pump moves the backlog to results until it is empty or the watcher ends. A change
// that cannot be decoded ends the watch.
func (w *watcher) pump() {
	for {
		w.mu.Lock()
		if w.ended || len(w.backlog) == 0 {
			w.pumping = false
			if w.last && !w.ended {
				w.ended = true
				close(w.done)
			}
			if w.ended {
				close(w.results)
			}
			w.backlog = nil
			w.mu.Unlock()
			return
		}
		next := w.backlog[0]
		w.backlog[0] = waiting{}
		w.backlog = w.backlog[1:]
		w.mu.Unlock()
		event := next.event
		if next.change != nil {
			made, seen, err := next.change.eventFor(w)
			if err != nil {
				w.fail(err)
			}
			if !seen || w.hasEnded() {
				continue
			}
			event = made
		}
		select {
		case w.results <- event:
		case <-w.done:
		}
	}
}

// end closes the watcher. Events that are already in its channel can still be
// read. A second end does nothing.
func (w *watcher) end() {
	w.unbind()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	w.ended = true
	close(w.done)
	if !w.pumping {
		close(w.results)
	}
}

// hasEnded reports whether w has ended. A failed watcher has not ended until its
// error event has been read.
func (w *watcher) hasEnded() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}
