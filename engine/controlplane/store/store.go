package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/utils/third_party/forked/golang/btree"
)

// Defaults of Options.
const (
	// DefaultHistoryChanges bounds the history. When it is full the oldest change
	// is compacted away: a watch or a list at a revision before it gets 410 Gone
	// and the client lists again.
	DefaultHistoryChanges = 5000

	// DefaultHistoryBytes bounds the encoded size of the objects in the history
	// that are no longer current. When it is full, the oldest change is compacted
	// away, too.
	DefaultHistoryBytes = 8 << 20

	// DefaultWatchBacklog bounds the events that wait for one watcher, not
	// counting those of its initial list. When it is full, the watcher gets one
	// error event, 410 Gone, and is closed: for a client that is so far behind, a
	// new list is cheaper than catching up.
	DefaultWatchBacklog = 8192

	// DefaultBookmarkInterval is the time between two bookmarks of one watcher, as
	// in upstream's watch cache.
	DefaultBookmarkInterval = time.Minute
)

// treeDegree is the degree of the tree of entries, as in upstream's watch cache.
const treeDegree = 16

// errClosed is the error of every request after Close.
var errClosed = errors.New("the store is closed")

// Options configures a Store. A zero field takes the default of the same name.
type Options struct {
	// HistoryChanges and HistoryBytes bound the history.
	HistoryChanges int
	HistoryBytes   int
	// WatchBacklog bounds the events waiting for one watcher.
	WatchBacklog int
	// BookmarkInterval is the time between two bookmarks of one watcher.
	BookmarkInterval time.Duration
	// OnCommit, if set, is called for every commit, in order of revisions and
	// before any watcher gets the event. It runs under the store's lock: it must
	// be quick and must not call the store.
	OnCommit func(Commit)
}

// Commit is one change as Options.OnCommit sees it. Nothing in it may be
// modified.
type Commit struct {
	// Revision is the revision that this change made.
	Revision int64
	// Key is the whole key, such as "/registry/pods/default/nginx".
	Key string
	// Object is the object after the change, nil for a deletion.
	Object runtime.Object
	// Previous is the object before the change, nil for a creation and for a restored
	// custom resource, which is decoded for its readers only.
	Previous runtime.Object
	// Encoded is Object in the resource's storage encoding, nil for a deletion.
	Encoded []byte
	// Expires is when the store will delete the object, zero for never.
	Expires time.Time
	// Replaced is the key's previous value, nil for a creation.
	Replaced *Value
}

// Store is a versioned database of API objects in memory. Its methods may be
// called from any goroutine.
type Store struct {
	options   Options
	versioner storage.APIObjectVersioner

	// callbacks counts set timers and running pumps of watchers, so that Close can
	// wait for them.
	callbacks sync.WaitGroup

	mu         sync.Mutex
	closed     bool                 // guarded by mu
	revision   int64                // guarded by mu
	entries    *btree.BTree[*entry] // guarded by mu
	history    history              // guarded by mu
	ages       ages                 // guarded by mu
	leases     leaseQueue           // guarded by mu
	expiry     alarm                // guarded by mu
	watchers   []*watcher           // guarded by mu, in order of registration
	bookmark   alarm                // guarded by mu
	registered []registration       // guarded by mu
}

// entry is a key and its current value. Apart from lease, which mu guards, it
// never changes: a write puts a new entry in its place.
type entry struct {
	key    string
	record *record
	// restored says that the encoded form came from a snapshot, and that a resource has
	// adopted the entry.
	restored bool
	lease    *lease
}

// record is one version of an object. It never changes once committed.
type record struct {
	// revision is the revision of the commit that wrote this version.
	revision int64
	// object is the decoded form, with its resourceVersion set. It is nil in the
	// history, in a restored entry until its resource is registered, and in one of a
	// custom resource until it is written.
	object runtime.Object
	// encoded is the object in its resource's storage encoding.
	encoded []byte
}

// past returns the record as the history keeps it, without the decoded object,
// which takes several times the memory of its encoding. The few readers that need
// the object decode it again.
func (r *record) past() *record {
	return &record{revision: r.revision, encoded: r.encoded}
}

// New returns an empty store at revision 1, as an empty etcd is.
func New(options Options) (*Store, error) {
	if options.HistoryChanges < 0 || options.HistoryBytes < 0 || options.WatchBacklog < 0 || options.BookmarkInterval < 0 {
		return nil, fmt.Errorf("create store: negative bound in %+v", options)
	}
	if options.HistoryChanges == 0 {
		options.HistoryChanges = DefaultHistoryChanges
	}
	if options.HistoryBytes == 0 {
		options.HistoryBytes = DefaultHistoryBytes
	}
	if options.WatchBacklog == 0 {
		options.WatchBacklog = DefaultWatchBacklog
	}
	if options.BookmarkInterval == 0 {
		options.BookmarkInterval = DefaultBookmarkInterval
	}
	s := &Store{
		options:  options,
		revision: 1,
		entries:  btree.New(treeDegree, func(a, b *entry) bool { return a.key < b.key }),
		history:  history{maxChanges: options.HistoryChanges, maxBytes: options.HistoryBytes},
	}
	s.expiry = alarm{callbacks: &s.callbacks, ring: s.expire}
	s.bookmark = alarm{callbacks: &s.callbacks, ring: s.sendBookmarks}
	return s, nil
}

// Close ends every watch and every timer, and returns when no goroutine of the
// store runs any more. Later requests fail. A second Close does nothing.
func (s *Store) Close() {
	s.mu.Lock()
	s.closed = true
	s.expiry.cancel()
	s.bookmark.cancel()
	watchers := s.watchers
	s.watchers = nil
	s.mu.Unlock()
	for _, w := range watchers {
		w.end()
	}
	s.callbacks.Wait()
}

// Revision returns the revision of the latest commit.
func (s *Store) Revision() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}

// Compact drops the history up to and including revision. From then on, lists and
// watches at an older revision get 410 Gone. It is an error to compact beyond the
// current revision.
func (s *Store) Compact(revision int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if revision > s.revision {
		return fmt.Errorf("compact to revision %d: the store is at %d", revision, s.revision)
	}
	s.history.compact(revision)
	return nil
}

// CompactRevision returns the oldest revision at which objects can be listed and
// from which they can be watched, 0 as long as nothing was compacted.
func (s *Store) CompactRevision() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.history.compacted
}

// lookup returns the current entry of key, nil if there is none, and the current
// revision.
func (s *Store) lookup(key string) (*entry, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, 0, errClosed
	}
	return s.find(key), s.revision, nil
}

// find returns the current entry of key, nil if there is none. The caller holds
// mu.
func (s *Store) find(key string) *entry {
	found, ok := s.entries.Get(&entry{key: key})
	if !ok {
		return nil
	}
	return found
}

// ascend calls visit for the current entries whose key begins with prefix, in
// the order of keys from start on, until visit returns false. The caller holds
// mu.
func (s *Store) ascend(prefix, start string, visit func(*entry) bool) {
	s.entries.AscendGreaterOrEqual(&entry{key: max(start, prefix)}, func(e *entry) bool {
		return strings.HasPrefix(e.key, prefix) && visit(e)
	})
}

// put commits a new version of key if expected (nil for absent) is still its
// current entry. It returns the entry written, nil if expected was not current.
//
// The object, which writer has decoded, becomes the store's: put sets its
// resourceVersion and nobody may change it afterwards.
func (s *Store) put(writer *resource, key string, expected *entry, object runtime.Object, encoded []byte, expires time.Time) (*entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if s.find(key) != expected {
		return nil, nil
	}
	if err := s.versioner.UpdateObject(object, uint64(s.revision+1)); err != nil {
		return nil, fmt.Errorf("set resourceVersion of %q: %w", key, err)
	}
	s.ages.pass(time.Now(), s.revision)
	s.revision++
	written := &entry{key: key, record: &record{revision: s.revision, object: object, encoded: encoded}}
	s.entries.ReplaceOrInsert(written)
	if expected != nil {
		s.release(expected)
	}
	if !expires.IsZero() {
		s.grant(written, expires)
	}
	s.commit(change{revision: s.revision, key: key, current: written.record}, writer, expected, written)
	return written, nil
}

// remove commits the deletion of expected if it is still the current entry of
// its key. It returns the revision of the deletion, 0 if expected was not
// current.
func (s *Store) remove(expected *entry) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, errClosed
	}
	if s.find(expected.key) != expected {
		return 0, nil
	}
	s.removeCurrent(expected)
	return s.revision, nil
}

// removeCurrent commits the deletion of an entry that is in the tree. The caller
// holds mu.
func (s *Store) removeCurrent(current *entry) {
	s.ages.pass(time.Now(), s.revision)
	s.revision++
	s.entries.Delete(current)
	s.release(current)
	s.commit(change{revision: s.revision, key: current.key}, nil, current, nil)
}

// commit completes c with its previous record, adds it to the history, and tells
// OnCommit and the watchers. writer has decoded what was written; it is nil for a
// deletion. The caller holds mu.
func (s *Store) commit(c change, writer *resource, previous, written *entry) {
	told := Commit{Revision: c.revision, Key: c.key}
	kept := change{revision: c.revision, key: c.key}
	if previous != nil {
		c.previous = previous.record
		kept.previous = previous.record.past()
		told.Previous = previous.record.object
		told.Replaced = previous.value()
	}
	if written != nil {
		kept.current = written.record.past()
		told.Object = written.record.object
		told.Encoded = written.record.encoded
		told.Expires = written.expires()
	}
	s.history.add(kept)
	if s.options.OnCommit != nil {
		s.options.OnCommit(told)
	}
	s.dispatch(c, writer)
}
