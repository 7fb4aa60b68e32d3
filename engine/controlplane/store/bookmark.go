package store

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/watch"
)

// bookmarkBeforeDeadline is how long before the end of its request a watcher gets
// a bookmark, so that the next watch starts from a fresh revision. The value is
// that of the watch cache.
const bookmarkBeforeDeadline = 2 * time.Second

// newBookmark returns a bookmark event at revision.
func (w *watcher) newBookmark(revision int64) (watch.Event, error) {
	object := w.resource.config.NewObject()
	if err := w.resource.store.versioner.UpdateObject(object, uint64(revision)); err != nil {
		return watch.Event{}, fmt.Errorf("set resourceVersion of a bookmark of %q: %w", w.key, err)
	}
	return watch.Event{Type: watch.Bookmark, Object: object}, nil
}

// mark sends w a bookmark at the current revision. If there is no room, the
// bookmark is dropped: bookmarks are optional. The caller holds the store's mu.
func (s *Store) mark(w *watcher) {
	if s.revision < w.after {
		return // The watch is from a future revision, which a bookmark must not precede.
	}
	if event, err := w.newBookmark(s.revision); err == nil {
		w.send(waiting{event: event})
	}
}

// scheduleBookmark sets when w gets its next bookmark. The caller holds mu.
func (s *Store) scheduleBookmark(w *watcher, now time.Time) {
	if !w.bookmarks {
		return
	}
	w.nextBookmark = now.Add(s.options.BookmarkInterval)
	if w.deadline.IsZero() {
		return
	}
	if last := w.deadline.Add(-bookmarkBeforeDeadline); last.After(now) && last.Before(w.nextBookmark) {
		w.nextBookmark = last
	}
}

// setBookmark sets the alarm for the watcher whose bookmark is due first. The
// caller holds mu.
func (s *Store) setBookmark() {
	var next time.Time
	for _, w := range s.watchers {
		if !w.nextBookmark.IsZero() && (next.IsZero() || w.nextBookmark.Before(next)) {
			next = w.nextBookmark
		}
	}
	if s.closed {
		next = time.Time{}
	}
	s.bookmark.set(next)
}

// sendBookmarks sends the bookmarks that are due, in the order in which the
// watchers registered.
func (s *Store) sendBookmarks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bookmark.rung()
	if s.closed {
		return
	}
	now := time.Now()
	for _, w := range s.watchers {
		if !w.nextBookmark.IsZero() && !w.nextBookmark.After(now) {
			s.mark(w)
			s.scheduleBookmark(w, now)
		}
	}
	s.setBookmark()
}

// RequestWatchProgress implements storage.Interface: the resource's watchers that
// asked for progress notifications get one now.
func (r *resource) RequestWatchProgress(ctx context.Context) error {
	if err := alive(ctx, r.config.ResourcePrefix); err != nil {
		return err
	}
	s := r.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	for _, w := range s.watchers {
		if w.progress && w.resource == r {
			s.mark(w)
		}
	}
	return nil
}
