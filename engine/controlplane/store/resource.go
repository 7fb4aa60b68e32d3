package store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"reflect"
	"strings"
	"sync/atomic"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/conversion"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/storage"
)

// ResourceConfig says how the objects of one resource are stored.
type ResourceConfig struct {
	// GroupResource names the resource in errors.
	GroupResource schema.GroupResource
	// Codec encodes to the resource's storage version and decodes to the type in
	// memory.
	Codec runtime.Codec
	// Prefix is the beginning of all keys, like etcd's "/registry". It may be
	// empty.
	Prefix string
	// ResourcePrefix is the beginning of the resource's own keys, such as "/pods".
	// Every key that the storage.Interface is given must begin with it.
	ResourcePrefix string
	// NewObject returns an empty object of the type in memory. It is required:
	// objects are decoded into it and bookmarks are made of it.
	NewObject func() runtime.Object
}

// resource is one resource's view of the store.
type resource struct {
	store  *Store
	config ResourceConfig
	// pathPrefix is the prefix of all keys, with a slash at both ends.
	pathPrefix string
	// alone says that its objects are not those of other resources below its prefix:
	// custom resources are decoded into a version, with the defaults that their definition
	// has by now. That may need a webhook, so they are decoded for each reader, and never
	// under a lock.
	alone bool
	// sizes says whether Stats estimates sizes.
	sizes atomic.Bool
}

var _ storage.Interface = (*resource)(nil)

// registration is what the store knows about the resources below one prefix. Two
// resources may share a prefix, as the events of two API groups do, if they share
// the type in memory.
type registration struct {
	owner    *resource
	prefix   string
	object   reflect.Type
	resource schema.GroupResource
}

// Resource registers a resource and returns its storage. Objects below its prefix
// that Restore left encoded are decoded now, other than custom resources; if one
// cannot be decoded, the error names its key, and the resource is not registered.
func (s *Store) Resource(config ResourceConfig) (storage.Interface, error) {
	return s.resource(config)
}

func (s *Store) resource(config ResourceConfig) (*resource, error) {
	switch {
	case config.Codec == nil:
		return nil, fmt.Errorf("register resource %q: no codec", config.GroupResource)
	case config.NewObject == nil:
		return nil, fmt.Errorf("register resource %q: no object constructor", config.GroupResource)
	case !strings.HasPrefix(config.ResourcePrefix, "/") || strings.Trim(config.ResourcePrefix, "/") == "":
		return nil, fmt.Errorf("register resource %q: resource prefix %q must be a path", config.GroupResource, config.ResourcePrefix)
	}
	r := &resource{store: s, config: config, pathPrefix: path.Join("/", config.Prefix)}
	if !strings.HasSuffix(r.pathPrefix, "/") {
		r.pathPrefix += "/"
	}
	_, r.alone = config.NewObject().(runtime.Unstructured)
	prefix := r.pathPrefix + strings.Trim(config.ResourcePrefix, "/") + "/"

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	object := reflect.TypeOf(config.NewObject())
	for _, other := range s.registered {
		if other.prefix == prefix && other.object != object {
			return nil, fmt.Errorf("register resource %q: %q keeps its objects below %q too, as %s instead of %s",
				config.GroupResource, other.resource, prefix, other.object, object)
		}
		if other.prefix != prefix && (strings.HasPrefix(other.prefix, prefix) || strings.HasPrefix(prefix, other.prefix)) {
			return nil, fmt.Errorf("register resource %q: prefix %q overlaps with %q of %q",
				config.GroupResource, prefix, other.prefix, other.resource)
		}
	}
	adopted, err := s.decodeBelow(prefix, r)
	if err != nil {
		return nil, err
	}
	s.adopt(adopted)
	s.registered = append(s.registered, registration{owner: r, prefix: prefix, object: object, resource: config.GroupResource})
	return r, nil
}

// Versioner implements storage.Interface.
func (r *resource) Versioner() storage.Versioner {
	return r.store.versioner
}

// Get implements storage.Interface.
func (r *resource) Get(ctx context.Context, key string, opts storage.GetOptions, out runtime.Object) error {
	preparedKey, err := r.prepareKey(key, false)
	if err != nil {
		return err
	}
	if err := alive(ctx, preparedKey); err != nil {
		return err
	}
	current, revision, err := r.store.lookup(preparedKey)
	if err != nil {
		return err
	}
	if err := r.checkMinimum(opts.ResourceVersion, revision); err != nil {
		return err
	}
	if current == nil {
		if opts.IgnoreNotFound {
			return runtime.SetZeroValue(out)
		}
		return storage.NewKeyNotFoundError(preparedKey, 0)
	}
	return r.copyOut(current.record, out)
}

// Stats implements storage.Interface.
func (r *resource) Stats(ctx context.Context) (storage.Stats, error) {
	prefix, err := r.prepareKey(r.config.ResourcePrefix+"/", true)
	if err != nil {
		return storage.Stats{}, err
	}
	if err := alive(ctx, prefix); err != nil {
		return storage.Stats{}, err
	}
	var count, bytes int64
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	r.store.ascend(prefix, prefix, func(e *entry) bool {
		count++
		bytes += int64(len(e.record.encoded))
		return true
	})
	stats := storage.Stats{ObjectCount: count}
	if r.sizes.Load() && count > 0 {
		stats.EstimatedAverageObjectSizeBytes = bytes / count
	}
	return stats, nil
}

// EnableResourceSizeEstimation implements storage.Interface. The store knows its
// keys and sizes, so it has no use for keys.
func (r *resource) EnableResourceSizeEstimation(keys storage.KeysFunc) error {
	if keys == nil {
		return fmt.Errorf("estimate sizes of %q: no function for its keys", r.config.GroupResource)
	}
	if !r.sizes.CompareAndSwap(false, true) {
		return fmt.Errorf("estimate sizes of %q: already enabled", r.config.GroupResource)
	}
	return nil
}

// ReadinessCheck implements storage.Interface.
func (r *resource) ReadinessCheck() error {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if r.store.closed {
		return storage.ErrStorageNotReady
	}
	return nil
}

// GetCurrentResourceVersion implements storage.Interface.
func (r *resource) GetCurrentResourceVersion(ctx context.Context) (uint64, error) {
	if err := alive(ctx, r.config.ResourcePrefix); err != nil {
		return 0, err
	}
	return uint64(r.store.Revision()), nil
}

// CompactRevision implements storage.Interface.
func (r *resource) CompactRevision() int64 {
	return r.store.CompactRevision()
}

// prepareKey checks a key and returns it below the prefix of all keys.
func (r *resource) prepareKey(key string, recursive bool) (string, error) {
	key, err := storage.PrepareKey(r.config.ResourcePrefix, key, recursive)
	if err != nil {
		return "", err
	}
	return r.pathPrefix + strings.TrimPrefix(key, "/"), nil
}

// checkMinimum returns etcd3's error for a request whose data must not be older
// than a revision that the store has not reached.
func (r *resource) checkMinimum(resourceVersion string, revision int64) error {
	if resourceVersion == "" {
		return nil
	}
	minimum, err := r.store.versioner.ParseResourceVersion(resourceVersion)
	if err != nil {
		return apierrors.NewBadRequest(fmt.Sprintf("invalid resource version: %v", err))
	}
	if minimum > uint64(revision) {
		return storage.NewTooLargeResourceVersionError(minimum, uint64(revision), 0)
	}
	return nil
}

// alive returns an error if the request's client is gone or its deadline has
// passed.
func alive(ctx context.Context, key string) error {
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		return storage.NewTimeoutError(key, "request did not complete within requested timeout")
	}
	return err
}

// decode decodes an object into the type in memory.
func (r *resource) decode(encoded []byte) (runtime.Object, error) {
	object, _, err := r.config.Codec.Decode(encoded, nil, r.config.NewObject())
	return object, err
}

// decoded returns the object of a record.
func (r *resource) decoded(record *record) (runtime.Object, error) {
	if record.object != nil && !r.alone {
		return record.object, nil
	}
	object, err := r.decode(record.encoded)
	if err != nil {
		return nil, err
	}
	return object, r.store.versioner.UpdateObject(object, uint64(record.revision))
}

// decodedChange returns a change of the history with its objects. It is not for
// custom resources.
func (r *resource) decodedChange(c change) (change, error) {
	for _, version := range []**record{&c.current, &c.previous} {
		if *version == nil {
			continue
		}
		object, err := r.decoded(*version)
		if err != nil {
			return change{}, fmt.Errorf("decode %q at revision %d: %w", c.key, (*version).revision, err)
		}
		*version = &record{revision: (*version).revision, object: object, encoded: (*version).encoded}
	}
	return c, nil
}

// copyOut sets out to a copy of the object of a record.
func (r *resource) copyOut(record *record, out runtime.Object) error {
	object, err := r.decoded(record)
	if err != nil {
		return err
	}
	return r.copyInto(object, out)
}

// copyInto sets out to a copy of an object of the store. If out has another type
// than the one in memory, the object is converted through the codec.
func (r *resource) copyInto(object, out runtime.Object) error {
	target, err := conversion.EnforcePtr(out)
	if err != nil {
		return fmt.Errorf("unable to convert output object to pointer: %w", err)
	}
	source := reflect.ValueOf(object.DeepCopyObject())
	if source.Type() == reflect.TypeOf(out) {
		target.Set(source.Elem())
		return nil
	}
	encoded, err := runtime.Encode(r.config.Codec, object)
	if err != nil {
		return err
	}
	_, _, err = r.config.Codec.Decode(encoded, nil, out)
	return err
}
