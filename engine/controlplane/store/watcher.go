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

// send queues an event without waiting. It returns false if the backlog is full;
// the event is then lost and the caller must end the watcher with fail.
func (w *watcher) send(event watch.Event) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.last {
		return true
	}
	if !w.pumping {
		select {
		case w.results <- event:
			return true
		default:
		}
	}
	if len(w.backlog) >= w.limit {
		return false
	}
	w.queue(event)
	return true
}

// queue appends to the backlog and makes sure that a pump runs. The caller holds
// mu.
func (w *watcher) queue(event watch.Event) {
	w.backlog = append(w.backlog, event)
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
	if w.ended {
		return
	}
	w.last = true
	w.backlog = nil
	w.queue(watch.Event{Type: watch.Error, Object: &object})
}

// pump moves the backlog to results until it is empty or the watcher ends.
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
		event := w.backlog[0]
		w.backlog[0] = watch.Event{}
		w.backlog = w.backlog[1:]
		w.mu.Unlock()
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
