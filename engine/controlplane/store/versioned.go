package store

import (
	"errors"
	"sync"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// versionedChange is a change of a custom resource as the watchers of one version get
// it. To decode it may be to convert it, by a webhook that answers after seconds, or
// that writes to the store first. So no lock of the store is held meanwhile: the
// change waits in the watchers' backlogs, and each pump makes its event of it. What is
// decoded is decoded once for all watchers of the version, by the first that gets to
// it; the others wait for it.
type versionedChange struct {
	change   change
	resource *resource
	// written says that resource wrote the object, and decoded it then.
	written           bool
	current, previous decoding

	mu sync.Mutex
	// event makes the objects of the events; guarded by mu.
	event changeEvent
}

// decoding is an object that the first who asks for it decodes. Others wait at a
// channel: behind a lock, time would not pass in a test's bubble.
type decoding struct {
	asked atomic.Bool
	// done is closed when object and err are set.
	done   chan struct{}
	object runtime.Object
	err    error
}

// errEnded is the error of a watcher that has ended while it waited.
var errEnded = errors.New("the watch has ended")

// versioned returns a change as the watchers of r get it. written says whether r made
// it.
func (r *resource) versioned(c change, written bool) *versionedChange {
	return &versionedChange{
		change: c, resource: r, written: written,
		current: decoding{done: make(chan struct{})}, previous: decoding{done: make(chan struct{})},
		event: changeEvent{versioner: r.store.versioner},
	}
}

// decoded returns the object of one of the change's records.
func (v *versionedChange) decoded(d *decoding, stored *record, w *watcher) (runtime.Object, error) {
	if v.written && d == &v.current {
		return stored.object, nil
	}
	if d.asked.CompareAndSwap(false, true) {
		d.object, d.err = v.resource.decoded(stored)
		close(d.done)
	}
	select {
	case <-d.done:
		return d.object, d.err
	case <-w.done:
		return nil, errEnded
	}
}

// eventFor returns the event of the change for w, false if w sees none. As with etcd3,
// the object before the change is decoded only where the event depends on it, and an
// error of decoding is the watch's.
func (v *versionedChange) eventFor(w *watcher) (watch.Event, bool, error) {
	decoded := change{revision: v.change.revision, key: v.change.key}
	if stored := v.change.current; stored != nil {
		object, err := v.decoded(&v.current, stored, w)
		if err != nil {
			return watch.Event{}, false, err
		}
		decoded.current = &record{revision: stored.revision, object: object}
	}
	if stored := v.change.previous; stored != nil {
		decoded.previous = &record{revision: stored.revision}
		if decoded.current == nil || !w.everything {
			object, err := v.decoded(&v.previous, stored, w)
			if err != nil {
				return watch.Event{}, false, err
			}
			decoded.previous.object = object
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.event.change = decoded
	event, seen := w.filter(&v.event)
	return event, seen, nil
}
