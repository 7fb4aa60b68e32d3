package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/features"
	"k8s.io/apiserver/pkg/storage"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	utilflowcontrol "k8s.io/apiserver/pkg/util/flowcontrol"
)

const (
	// resultBuffer is how many events the channel of a watcher holds. An event
	// that finds it full waits in the watcher's backlog; a reader that keeps up
	// costs no goroutine.
	resultBuffer = 100

	// watchExpired is etcd3's text for a watch from a compacted revision.
	watchExpired = "The resourceVersion for the provided watch is too old."
)

// watcher is one open watch.
type watcher struct {
	resource *resource
	// key is the one key that is watched or, if recursive, the prefix of the
	// watched keys.
	key       string
	recursive bool
	predicate storage.SelectionPredicate
	// everything says whether the predicate matches all objects.
	everything bool
	// after is the revision after which changes are of interest; it may lie in the
	// future.
	after int64
	// bookmarks and progress say whether bookmarks are sent periodically, and on
	// RequestWatchProgress.
	bookmarks bool
	progress  bool
	// bare says whether its objects come without managed fields.
	bare     bool
	deadline time.Time // of the request, zero for none

	// nextBookmark is zero for a watcher that gets none; guarded by the store's mu.
	nextBookmark time.Time
	// unbind detaches the watcher from the request's context. It is set while the
	// store's mu is held for the start of the watch.
	unbind func() bool

	results chan watch.Event
	done    chan struct{}

	mu sync.Mutex
	// ended says whether done is closed; guarded by mu.
	ended bool
	// pumping says whether a goroutine moves the backlog to results; guarded by
	// mu. While it runs, only that goroutine sends to and closes results.
	pumping bool
	// backlog holds what waits for room in results, oldest first; guarded by mu. It
	// is bounded by limit; see DefaultWatchBacklog for what happens when it is full.
	backlog []waiting
	limit   int
	// last says whether the backlog ends with the watcher's last event; guarded by
	// mu.
	last bool
}

var _ watch.Interface = (*watcher)(nil)

// waiting is an event, or a change of a custom resource of which an event is made, or
// none, when its turn has come.
type waiting struct {
	event  watch.Event
	change *versionedChange
}

// Watch implements storage.Interface. Its semantics are those of etcd3, and for
// bookmarks those of the watch cache, which this store also replaces: a watcher
// that allows bookmarks gets one every bookmark interval, and one two seconds
// before its request ends.
//
// ListOptions.RecordTimestamps is for upstream's watch cache and has no effect.
func (r *resource) Watch(ctx context.Context, key string, opts storage.ListOptions) (watch.Interface, error) {
	preparedKey, err := r.prepareKey(key, opts.Recursive)
	if err != nil {
		return nil, err
	}
	parsed, err := r.store.versioner.ParseResourceVersion(opts.ResourceVersion)
	if err != nil {
		return nil, err
	}
	w := &watcher{
		resource:   r,
		key:        preparedKey,
		recursive:  opts.Recursive,
		predicate:  opts.Predicate,
		everything: opts.Predicate.Empty(),
		bookmarks:  opts.Predicate.AllowWatchBookmarks || opts.ProgressNotify,
		progress:   opts.ProgressNotify,
		bare:       isWithoutManagedFields(ctx),
		results:    make(chan watch.Event, resultBuffer),
		done:       make(chan struct{}),
	}
	w.deadline, _ = ctx.Deadline()

	if err := r.store.start(ctx, w, int64(parsed), opts); err != nil {
		return nil, err
	}
	utilflowcontrol.WatchInitialized(ctx)
	return w, nil
}

// start sends a new watcher its first events and registers it, in one step, so
// that it neither misses nor repeats a change.
func (s *Store) start(ctx context.Context, w *watcher, revision int64, opts storage.ListOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	first, err := s.firstEvents(w, revision, opts)
	w.limit = s.options.WatchBacklog + len(first)
	for _, next := range first {
		w.send(next)
	}
	w.unbind = context.AfterFunc(ctx, w.Stop)
	s.watchers = append(s.watchers, w)
	if err != nil {
		w.fail(err)
		return nil
	}
	s.scheduleBookmark(w, time.Now())
	s.setBookmark()
	return nil
}

// firstEvents returns the events that a watch from revision begins with: the
// current objects, or the changes since revision, or none. It sets w.after. An
// error is sent to the watcher and ends the watch. The caller holds mu.
func (s *Store) firstEvents(w *watcher, revision int64, opts storage.ListOptions) ([]waiting, error) {
	lists := utilfeature.DefaultFeatureGate.Enabled(features.WatchList)
	w.after = s.revision
	switch {
	case opts.SendInitialEvents == nil && revision == 0,
		opts.SendInitialEvents != nil && *opts.SendInitialEvents && lists:
		if revision > s.revision {
			return nil, storage.NewTooLargeResourceVersionError(uint64(revision), uint64(s.revision), 1)
		}
		events := s.currentEvents(w)
		if opts.SendInitialEvents == nil || !opts.Predicate.AllowWatchBookmarks {
			return events, nil
		}
		end, err := w.newBookmark(s.revision)
		if err != nil {
			return events, err
		}
		if err := storage.AnnotateInitialEventsEndBookmark(end.Object); err != nil {
			return events, fmt.Errorf("annotate the end of the initial events of %q: %w", w.key, err)
		}
		return append(events, waiting{event: end}), nil
	case revision == 0:
		return nil, nil
	case revision < s.history.compacted:
		return nil, apierrors.NewResourceExpired(watchExpired)
	}
	w.after = revision
	var events []waiting
	for _, c := range s.history.since(revision) {
		if !w.covers(c) {
			continue
		}
		if w.resource.alone {
			events = append(events, waiting{change: w.resource.versioned(c, false)})
			continue
		}
		c, err := w.resource.decodedChange(c)
		if err != nil {
			return nil, err
		}
		if event, ok := w.filter(&changeEvent{change: c, versioner: s.versioner}); ok {
			events = append(events, waiting{event: event})
		}
	}
	return events, nil
}

// currentEvents returns an event for each current object that w watches.
func (s *Store) currentEvents(w *watcher) []waiting {
	var events []waiting
	s.ascend(w.key, w.key, func(e *entry) bool {
		switch {
		case !w.recursive && e.key != w.key:
			return false
		case w.resource.alone:
			created := change{revision: e.record.revision, key: e.key, current: e.record}
			events = append(events, waiting{change: w.resource.versioned(created, false)})
		case w.matches(e.record.object):
			object := e.record.object
			if w.bare {
				object = withoutManagedFields(object)
			}
			events = append(events, waiting{event: watch.Event{Type: watch.Added, Object: newSharedObject(object)}})
		}
		return true
	})
	return events
}

// dispatch offers c, which writer made, to every watcher, in the order in which they
// registered. The caller holds mu.
func (s *Store) dispatch(c change, writer *resource) {
	e := &changeEvent{change: c, versioner: s.versioner}
	var versions map[*resource]*versionedChange
	for _, w := range s.watchers {
		if c.revision <= w.after || !w.covers(c) {
			continue
		}
		var next waiting
		if w.resource.alone {
			if next.change = versions[w.resource]; next.change == nil {
				if versions == nil {
					versions = map[*resource]*versionedChange{}
				}
				next.change = w.resource.versioned(c, writer == w.resource)
				versions[w.resource] = next.change
			}
		} else {
			event, ok := w.filter(e)
			if !ok {
				continue
			}
			next.event = event
		}
		if !w.send(next) {
			w.fail(apierrors.NewResourceExpired(fmt.Sprintf(
				"the watcher is too slow: more than %d events wait for it", w.limit)))
		}
	}
}

// changeEvent makes the objects of a change's events, each at most once for all
// watchers.
type changeEvent struct {
	change
	versioner storage.Versioner

	updated, removed eventObjects
}

// eventObjects are the forms of an object that watchers get, with and without
// managed fields.
type eventObjects struct {
	whole, bare *sharedObject
}

// of returns the object in the form that w gets. On first use it is made by
// object.
func (o *eventObjects) of(w *watcher, object func() runtime.Object) *sharedObject {
	if o.whole == nil {
		o.whole = newSharedObject(object())
	}
	if !w.bare {
		return o.whole
	}
	if o.bare == nil {
		o.bare = newSharedObject(withoutManagedFields(o.whole.object))
	}
	return o.bare
}

// updatedObject returns the object after the change.
func (e *changeEvent) updatedObject(w *watcher) runtime.Object {
	return e.updated.of(w, func() runtime.Object { return e.current.object })
}

// removedObject returns the object before the change, at the revision of the
// change, for a watcher that no longer sees it.
func (e *changeEvent) removedObject(w *watcher) runtime.Object {
	return e.removed.of(w, func() runtime.Object {
		object := shallowCopy(e.previous.object)
		// UpdateObject cannot fail on an object whose resourceVersion was set
		// before.
		_ = e.versioner.UpdateObject(object, uint64(e.revision))
		return object
	})
}

// covers reports whether c is of a key that w watches.
func (w *watcher) covers(c change) bool {
	if w.recursive {
		return strings.HasPrefix(c.key, w.key)
	}
	return c.key == w.key
}

// matches reports whether w sees the object. As with etcd3, it does not see an
// object whose attributes cannot be read.
func (w *watcher) matches(object runtime.Object) bool {
	if w.everything {
		return true
	}
	matched, err := w.predicate.Matches(object)
	return err == nil && matched
}

// filter returns the event of a change for w: an object that begins to match is
// added, one that no longer matches is deleted.
func (w *watcher) filter(e *changeEvent) (watch.Event, bool) {
	before := e.previous != nil && w.matches(e.previous.object)
	after := e.current != nil && w.matches(e.current.object)
	switch {
	case before && after:
		return watch.Event{Type: watch.Modified, Object: e.updatedObject(w)}, true
	case after:
		return watch.Event{Type: watch.Added, Object: e.updatedObject(w)}, true
	case before:
		return watch.Event{Type: watch.Deleted, Object: e.removedObject(w)}, true
	}
	return watch.Event{}, false
}
