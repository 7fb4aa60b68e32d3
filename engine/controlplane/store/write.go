package store

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/conversion"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/features"
	"k8s.io/apiserver/pkg/storage"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
)

// Create implements storage.Interface.
func (r *resource) Create(ctx context.Context, key string, obj, out runtime.Object, ttl uint64) error {
	preparedKey, err := r.prepareKey(key, false)
	if err != nil {
		return err
	}
	if err := alive(ctx, preparedKey); err != nil {
		return err
	}
	if version, err := r.store.versioner.ObjectResourceVersion(obj); err == nil && version != 0 {
		return storage.ErrResourceVersionSetOnCreate
	}
	normal, encoded, err := r.normalize(obj)
	if err != nil {
		return err
	}
	written, err := r.store.put(r, preparedKey, nil, normal, encoded, expiresAfter(ttl))
	if err != nil {
		return err
	}
	if written == nil {
		return storage.NewKeyExistsError(preparedKey, 0)
	}
	if out == nil {
		return nil
	}
	return r.copyInto(written.record.object, out)
}

// Delete implements storage.Interface.
//
// A cachedExistingObject is used only if it is current; this saves a copy. A stale
// one is recognized at once and never tried.
func (r *resource) Delete(
	ctx context.Context, key string, out runtime.Object, preconditions *storage.Preconditions,
	validateDeletion storage.ValidateObjectFunc, cachedExistingObject runtime.Object, opts storage.DeleteOptions,
) error {
	preparedKey, err := r.prepareKey(key, false)
	if err != nil {
		return err
	}
	if _, err := conversion.EnforcePtr(out); err != nil {
		return fmt.Errorf("unable to convert output object to pointer: %w", err)
	}
	for {
		if err := alive(ctx, preparedKey); err != nil {
			return err
		}
		current, _, err := r.store.lookup(preparedKey)
		if err != nil {
			return err
		}
		if current == nil {
			return storage.NewKeyNotFoundError(preparedKey, 0)
		}
		if opts.ExpectTransformOrDecodeError && utilfeature.DefaultFeatureGate.Enabled(features.AllowUnsafeMalformedObjectDeletion) {
			return storage.NewInvalidObjError(preparedKey, "unsafe deletion is not allowed because the object is decodable from storage")
		}
		existing, err := r.existing(current, cachedExistingObject)
		if err != nil {
			return err
		}
		if err := preconditions.Check(preparedKey, existing); err != nil {
			return err
		}
		if err := validateDeletion(ctx, existing); err != nil {
			return err
		}
		revision, err := r.store.remove(current)
		if err != nil {
			return err
		}
		if revision == 0 {
			continue // Another write came first.
		}
		if err := r.copyOut(current.record, out); err != nil {
			return err
		}
		return r.store.versioner.UpdateObject(out, uint64(revision))
	}
}

// GuaranteedUpdate implements storage.Interface. For cachedExistingObject see
// Delete. A nil TTL from tryUpdate keeps the expiry that the object has.
func (r *resource) GuaranteedUpdate(
	ctx context.Context, key string, destination runtime.Object, ignoreNotFound bool,
	preconditions *storage.Preconditions, tryUpdate storage.UpdateFunc, cachedExistingObject runtime.Object,
) error {
	preparedKey, err := r.prepareKey(key, false)
	if err != nil {
		return err
	}
	target, err := conversion.EnforcePtr(destination)
	if err != nil {
		return fmt.Errorf("unable to convert output object to pointer: %w", err)
	}
	for {
		if err := alive(ctx, preparedKey); err != nil {
			return err
		}
		current, _, err := r.store.lookup(preparedKey)
		if err != nil {
			return err
		}
		var existing runtime.Object
		var meta storage.ResponseMeta
		var expires time.Time
		switch {
		case current != nil:
			if existing, err = r.existing(current, cachedExistingObject); err != nil {
				return err
			}
			meta.ResourceVersion = uint64(current.record.revision)
			expires = current.expires()
		case ignoreNotFound:
			existing = emptyLike(destination, target)
		default:
			return storage.NewKeyNotFoundError(preparedKey, 0)
		}
		if err := preconditions.Check(preparedKey, existing); err != nil {
			return err
		}
		updated, ttl, err := tryUpdate(existing, meta)
		if err != nil {
			return err
		}
		if ttl != nil {
			expires = expiresAfter(*ttl)
		}
		encoded, err := r.encode(updated)
		if err != nil {
			return err
		}
		if current != nil {
			same, err := r.holds(current, encoded)
			if err != nil {
				return err
			}
			if same {
				return r.copyOut(current.record, destination)
			}
		}
		normal, err := r.decode(encoded)
		if err != nil {
			return err
		}
		written, err := r.store.put(r, preparedKey, current, normal, encoded, expires)
		if err != nil {
			return err
		}
		if written != nil {
			return r.copyInto(written.record.object, destination)
		}
		// Another write came first: try again with the current object.
	}
}

// holds reports whether encoded is already the value of current. A restored value
// may be the same JSON in other bytes, since it was stored in a browser's
// database.
func (r *resource) holds(current *entry, encoded []byte) (bool, error) {
	if bytes.Equal(encoded, current.record.encoded) || !current.restored {
		return bytes.Equal(encoded, current.record.encoded), nil
	}
	object, err := r.decoded(current.record)
	if err != nil {
		return false, err
	}
	again, err := r.encode(object.DeepCopyObject())
	return bytes.Equal(encoded, again), err
}

// existing returns an object with the contents of current that the caller may
// change: the suggestion, if it is of the same revision, else a copy.
func (r *resource) existing(current *entry, suggestion runtime.Object) (runtime.Object, error) {
	if suggestion != nil {
		revision, err := r.store.versioner.ObjectResourceVersion(suggestion)
		if err != nil {
			return nil, fmt.Errorf("couldn't get resource version: %w", err)
		}
		if int64(revision) == current.record.revision {
			return suggestion, nil
		}
	}
	object, err := r.decoded(current.record)
	if err != nil {
		return nil, err
	}
	return object.DeepCopyObject(), nil
}

// emptyLike returns an empty object of out's type.
func emptyLike(out runtime.Object, pointed reflect.Value) runtime.Object {
	if u, ok := out.(runtime.Unstructured); ok {
		return u.NewEmptyInstance()
	}
	return reflect.New(pointed.Type()).Interface().(runtime.Object)
}

// encode returns obj as it is stored: without resourceVersion and selfLink, which
// it clears in obj too, as etcd3 does.
func (r *resource) encode(obj runtime.Object) ([]byte, error) {
	if err := r.store.versioner.PrepareObjectForStorage(obj); err != nil {
		return nil, fmt.Errorf("prepare object for storage: %w", err)
	}
	return runtime.Encode(r.config.Codec, obj)
}

// normalize returns the object as it would be read after it was written to a real
// database, and its encoding.
func (r *resource) normalize(obj runtime.Object) (runtime.Object, []byte, error) {
	encoded, err := r.encode(obj)
	if err != nil {
		return nil, nil, err
	}
	normal, err := r.decode(encoded)
	if err != nil {
		return nil, nil, err
	}
	return normal, encoded, nil
}

// expiresAfter returns when an object written now with the given life in seconds
// expires, zero for never.
func expiresAfter(seconds uint64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	const longest = uint64(math.MaxInt64 / time.Second)
	return time.Now().Add(time.Duration(min(seconds, longest)) * time.Second)
}
