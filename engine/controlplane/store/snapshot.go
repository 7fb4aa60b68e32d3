package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Snapshot is the contents of a store at one revision.
type Snapshot struct {
	// Revision is the store's revision. No value has a later one.
	Revision int64
	// Values are in the order of their keys.
	Values []Value
}

// Value is one object in its storage encoding.
type Value struct {
	// Key is the whole key, such as "/registry/pods/default/nginx".
	Key string
	// Revision is the revision of the commit that wrote this value.
	Revision int64
	// Encoded is the object in its resource's storage encoding; it must not be
	// modified.
	Encoded []byte
	// Expires is when the store is to delete the object, zero for never.
	Expires time.Time
}

// Snapshot returns the current contents of the store. It encodes nothing, so its
// cost is a walk over the entries.
func (s *Store) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	snapshot := Snapshot{Revision: s.revision, Values: make([]Value, 0, s.entries.Len())}
	s.entries.Ascend(func(e *entry) bool {
		snapshot.Values = append(snapshot.Values, *e.value())
		return true
	})
	return snapshot
}

// value returns the entry as a Value. The caller holds mu.
func (e *entry) value() *Value {
	return &Value{Key: e.key, Revision: e.record.revision, Encoded: e.record.encoded, Expires: e.expires()}
}

// Restore fills a new store, which has not been written to or watched. The values
// of registered resources are decoded; the others stay encoded until their
// resource is registered, and custom resources until somebody reads them. There is no history before the snapshot: earlier
// revisions count as compacted.
//
// If the snapshot is invalid or a value cannot be decoded, Restore returns an
// error and restores nothing.
func (s *Store) Restore(snapshot Snapshot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	if s.revision != 1 || s.entries.Len() > 0 || len(s.watchers) > 0 {
		return errors.New("restore store: it is in use already")
	}
	if snapshot.Revision < 1 {
		return fmt.Errorf("restore store: revision %d is none", snapshot.Revision)
	}
	seen := make(map[string]struct{}, len(snapshot.Values))
	for _, value := range snapshot.Values {
		if _, twice := seen[value.Key]; twice {
			return fmt.Errorf("restore %q: the key is there twice", value.Key)
		}
		seen[value.Key] = struct{}{}
		switch {
		case !strings.HasPrefix(value.Key, "/"):
			return fmt.Errorf("restore %q: the key is no path", value.Key)
		case value.Revision < 1 || value.Revision > snapshot.Revision:
			return fmt.Errorf("restore %q: revision %d is not within 1 to %d", value.Key, value.Revision, snapshot.Revision)
		case len(value.Encoded) == 0:
			return fmt.Errorf("restore %q: the value is empty", value.Key)
		}
	}
	for _, value := range snapshot.Values {
		restored := &entry{key: value.Key, record: &record{revision: value.Revision, encoded: value.Encoded}}
		if !value.Expires.IsZero() {
			// Not in the queue yet: nothing expires before its resource is registered.
			restored.lease = &lease{entry: restored, expires: value.Expires}
		}
		s.entries.ReplaceOrInsert(restored)
	}
	var adopted []*entry
	prefixes := make(map[string]struct{}, len(s.registered))
	for _, known := range s.registered {
		if _, shared := prefixes[known.prefix]; shared {
			continue
		}
		prefixes[known.prefix] = struct{}{}
		below, err := s.decodeBelow(known.prefix, known.owner)
		if err != nil {
			s.entries.Clear(false)
			return err
		}
		adopted = append(adopted, below...)
	}
	s.adopt(adopted)
	s.revision = snapshot.Revision
	if snapshot.Revision > 1 {
		s.history.compacted = snapshot.Revision
	}
	return nil
}

// decodeBelow decodes the restored entries below prefix with the codec of r, and
// returns the entries to replace them with. Those of custom resources are as they
// were. The caller holds mu.
func (s *Store) decodeBelow(prefix string, r *resource) (adopted []*entry, failed error) {
	s.ascend(prefix, prefix, func(e *entry) bool {
		if e.restored || e.record.object != nil {
			return true
		}
		if r.alone {
			adopted = append(adopted, &entry{key: e.key, record: e.record, restored: true, lease: e.lease})
			return true
		}
		object, err := r.decode(e.record.encoded)
		if err == nil {
			err = s.versioner.UpdateObject(object, uint64(e.record.revision))
		}
		if err != nil {
			failed = fmt.Errorf("decode %q at revision %d: %w", e.key, e.record.revision, err)
			return false
		}
		adopted = append(adopted, &entry{
			key: e.key, record: &record{revision: e.record.revision, object: object, encoded: e.record.encoded}, restored: true, lease: e.lease,
		})
		return true
	})
	return adopted, failed
}

// adopt replaces restored entries with their decoded ones. The caller holds mu.
func (s *Store) adopt(adopted []*entry) {
	for _, e := range adopted {
		s.entries.ReplaceOrInsert(e)
		if e.lease != nil {
			s.grant(e, e.lease.expires)
		}
	}
}
