package store

import (
	"context"
	"fmt"
	"reflect"
	"sort"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/conversion"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/features"
	"k8s.io/apiserver/pkg/storage"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
)

// The error texts of etcd3 (k8s.io/apiserver/pkg/storage/etcd3/errors.go), which
// does not export them. Clients show them, and upstream's tests compare them.
const (
	listExpired     = "The resourceVersion for the provided list is too old."
	continueExpired = "The provided continue parameter is too old " +
		"to display a consistent list result. You can start a new list without " +
		"the continue parameter."
	inconsistentContinue = "The provided continue parameter is too old " +
		"to display a consistent list result. You can start a new list without " +
		"the continue parameter, or use the continue token in this response to " +
		"retrieve the remainder of the results. Continuing with the provided " +
		"token results in an inconsistent list - objects that were created, " +
		"modified, or deleted between the time the first chunk was returned " +
		"and now may show up in the list."
)

// GetList implements storage.Interface.
func (r *resource) GetList(ctx context.Context, key string, opts storage.ListOptions, listObj runtime.Object) error {
	keyPrefix, err := r.prepareKey(key, opts.Recursive)
	if err != nil {
		return err
	}
	if err := alive(ctx, keyPrefix); err != nil {
		return err
	}
	itemsPtr, err := meta.GetItemsPtr(listObj)
	if err != nil {
		return err
	}
	items, err := conversion.EnforcePtr(itemsPtr)
	if err != nil || items.Kind() != reflect.Slice {
		return fmt.Errorf("list %q: need a pointer to a slice, got %T: %w", keyPrefix, itemsPtr, err)
	}
	revision, continueKey, err := storage.ValidateListOptions(keyPrefix, r.store.versioner, opts)
	if err != nil {
		return err
	}
	versions, revision, err := r.versions(keyPrefix, continueKey, revision, opts)
	if err != nil {
		return err
	}
	next, err := r.fill(items, versions, opts.Predicate)
	if err != nil {
		return err
	}
	var lastKey string
	if next > 0 {
		lastKey = versions[next-1].key
	}
	token, remaining, err := storage.PrepareContinueToken(
		lastKey, keyPrefix, revision, int64(len(versions)), next < len(versions), opts)
	if err != nil {
		return err
	}
	if err := r.store.versioner.UpdateList(listObj, uint64(revision), token, remaining); err != nil {
		return err
	}
	if utilfeature.DefaultFeatureGate.Enabled(features.ShardedListAndWatch) {
		opts.Predicate.SetShardInfoOnList(listObj)
	}
	return nil
}

// versions returns the versions that a list is made from, starting at continueKey,
// and their revision. A wanted revision of 0 is the current one.
func (r *resource) versions(keyPrefix, continueKey string, wanted int64, opts storage.ListOptions) ([]version, int64, error) {
	s := r.store
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ages.pass(time.Now(), s.revision)
	switch {
	case s.closed:
		return nil, 0, errClosed
	case wanted > s.revision:
		return nil, 0, storage.NewTooLargeResourceVersionError(uint64(wanted), uint64(s.revision), 0)
	case wanted == 0:
		if err := r.checkMinimum(opts.ResourceVersion, s.revision); err != nil {
			return nil, 0, err
		}
		wanted = s.revision
	case wanted < max(s.history.compacted, s.ages.compacted):
		return nil, 0, compactedListError(continueKey, keyPrefix, len(opts.Predicate.Continue) > 0)
	}
	versions := s.at(wanted, keyPrefix)
	if !opts.Recursive {
		if len(versions) > 0 && versions[0].key == keyPrefix {
			return versions[:1], wanted, nil
		}
		return nil, wanted, nil
	}
	first := sort.Search(len(versions), func(i int) bool { return versions[i].key >= continueKey })
	return versions[first:], wanted, nil
}

// fill appends copies of the objects that match the predicate to items, up to the
// predicate's limit. It returns the number of versions examined.
func (r *resource) fill(items reflect.Value, versions []version, predicate storage.SelectionPredicate) (int, error) {
	expected := len(versions)
	if predicate.Limit > 0 {
		expected = min(expected, int(predicate.Limit))
	}
	if !predicate.Empty() {
		expected = 0
	}
	filled := reflect.MakeSlice(items.Type(), 0, expected)
	looked := 0
	for _, v := range versions {
		if predicate.Limit > 0 && int64(filled.Len()) >= predicate.Limit {
			break
		}
		looked++
		object, err := r.decoded(v.record)
		if err != nil {
			return 0, err // As with etcd3: the client reads what a conversion webhook said, no key.
		}
		// As with etcd3, an object whose attributes cannot be read does not match.
		if matched, err := predicate.Matches(object); err != nil || !matched {
			continue
		}
		item, err := r.listItem(object, items.Type().Elem())
		if err != nil {
			return 0, fmt.Errorf("list %q: %w", v.key, err)
		}
		filled = reflect.Append(filled, item)
	}
	items.Set(filled)
	return looked, nil
}

// listItem returns a copy of object as an item of the given type.
func (r *resource) listItem(object runtime.Object, itemType reflect.Type) (reflect.Value, error) {
	if reflect.TypeOf(object) == reflect.PointerTo(itemType) {
		return reflect.ValueOf(object.DeepCopyObject()).Elem(), nil
	}
	item := reflect.New(itemType)
	into, ok := item.Interface().(runtime.Object)
	if !ok {
		return reflect.Value{}, fmt.Errorf("items of type %s are no objects", itemType)
	}
	return item.Elem(), r.copyInto(object, into)
}

// compactedListError returns etcd3's error for a list at a compacted revision. For
// a paged list it contains a token to continue at the current revision.
func compactedListError(continueKey, keyPrefix string, paging bool) error {
	if !paging {
		return apierrors.NewResourceExpired(listExpired)
	}
	token, err := storage.EncodeContinue(continueKey, keyPrefix, -1)
	if err != nil {
		return apierrors.NewResourceExpired(continueExpired)
	}
	expired := apierrors.NewResourceExpired(inconsistentContinue)
	expired.ErrStatus.Continue = token
	return expired
}
