//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/client/manifests"
	"tabernetes/engine/cluster"
	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
	"tabernetes/wasm/bridge"
	"tabernetes/wasm/indexeddb"
)

// keeper answers the page about the past of the cluster and about its file. It
// implements bridge.Keeper.
type keeper struct {
	ctx     context.Context // of the cluster's run, for what the page asks
	kept    *storage
	objects *store.Store
	past    func(then store.Snapshot, at time.Time) (cluster.Past, error)
	// end ends the cluster, and deletes its stored data if clear is set.
	end func(clear bool) error
	// earlier reads the history that was stored before this visit, once.
	earlier func() error
}

func newKeeper(ctx context.Context, kept *storage, running *cluster.Cluster, end func(clear bool) error) *keeper {
	return &keeper{ctx: ctx, kept: kept, objects: running.Store(), past: running.Past, end: end, earlier: sync.OnceValue(func() error {
		writer := kept.writer()
		if writer == nil || kept.imported != nil {
			return nil
		}
		changes, err := writer.log.History()
		if err != nil {
			return err
		}
		kept.history.Restore(changes)
		return nil
	})}
}

// Reset implements bridge.Keeper.
func (k *keeper) Reset() error { return k.end(true) }

// Close implements bridge.Keeper.
func (k *keeper) Close() error { return k.end(false) }

// Flush implements bridge.Keeper.
func (k *keeper) Flush() error { return k.kept.flush(k.ctx) }

// Save implements bridge.Keeper.
func (k *keeper) Save() error { return k.kept.save(k.ctx, k.objects) }

// Store implements bridge.Keeper.
func (k *keeper) Store(cluster string, encoded []byte) error {
	archive, err := readArchive(encoded)
	if err != nil {
		return err
	}
	return indexeddb.Create(k.ctx, cluster, k.kept.logOptions(), archive.Stored, archive.History)
}

// Revisions implements bridge.Keeper.
func (k *keeper) Revisions() (first, last int64, err error) {
	if err := k.earlier(); err != nil {
		return 0, 0, err
	}
	first, last = k.kept.history.Revisions()
	return first, last, nil
}

// At implements bridge.Keeper.
func (k *keeper) At(revision int64) ([]json.RawMessage, error) {
	then, err := k.snapshot(revision)
	if err != nil {
		return nil, err
	}
	objects := make([]json.RawMessage, 0, len(then.Values))
	for _, value := range then.Values {
		object, err := withRevision(value)
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// Past implements bridge.Keeper.
func (k *keeper) Past(moment int64) (cluster.Past, error) {
	if err := k.earlier(); err != nil {
		return cluster.Past{}, err
	}
	at := time.UnixMilli(moment)
	revision, since := k.kept.history.AtTime(at.Add(time.Millisecond - 1))
	if at.Before(since) {
		at = since
	}
	then, err := k.snapshot(revision)
	if err != nil {
		return cluster.Past{}, err
	}
	return k.past(then, at)
}

// PastManifest implements bridge.Keeper.
func (k *keeper) PastManifest(revision int64, uid string) (string, error) {
	then, err := k.snapshot(revision)
	if err != nil {
		return "", err
	}
	return cluster.PastManifest(then, types.UID(uid))
}

// withRevision is a stored object with its resourceVersion, which is not stored.
func withRevision(value store.Value) (json.RawMessage, error) {
	readable, err := apiserver.ReadableValue(value)
	if err != nil {
		return nil, err
	}
	var object map[string]any
	if err := json.Unmarshal(readable.Encoded, &object); err != nil {
		return nil, fmt.Errorf("read %q: %w", value.Key, err)
	}
	if metadata, ok := object["metadata"].(map[string]any); ok {
		metadata["resourceVersion"] = fmt.Sprint(value.Revision)
	}
	return json.Marshal(object)
}

func (k *keeper) snapshot(revision int64) (store.Snapshot, error) {
	if err := k.earlier(); err != nil {
		return store.Snapshot{}, err
	}
	now := k.objects.Snapshot()
	if revision == now.Revision {
		return now, nil
	}
	return k.kept.history.At(now, revision)
}

// Archive implements bridge.Keeper. A revision of the past becomes the newest
// one of the file, by changes that follow those of the present.
func (k *keeper) Archive(wanted bridge.ArchiveOptions) ([]byte, error) {
	now := k.objects.Snapshot()
	if wanted.Revision == 0 {
		wanted.Revision = now.Revision
	}
	then, err := k.snapshot(wanted.Revision)
	if err != nil {
		return nil, err
	}
	archive := journal.Archive{
		Kubernetes: apiserver.KubernetesVersion, Tabernetes: version, Page: wanted.Page,
		Stored: journal.Stored{Snapshot: then, Time: time.Now(), Seed: k.kept.seed},
	}
	whole := wanted.Revision == now.Revision && wanted.History && !wanted.Small
	if file := k.kept.unopened(); file != nil && whole && wanted.Untouched {
		archive.Stored, archive.History = file.Stored, file.History
		return archive.Encode(time.Now())
	}
	if !wanted.Small {
		archive.Disks = k.kept.disks()
	}
	var back []journal.Undo
	archive.Snapshot, back = journal.GoBack(now, then, archive.Time)
	if wanted.History {
		for _, change := range k.kept.history.Changes() {
			if change.Revision <= now.Revision {
				archive.History = append(archive.History, change)
			}
		}
		archive.History = append(archive.History, back...)
	}
	if archive.Snapshot.Values, err = apiserver.ReadableValues(archive.Snapshot.Values); err != nil {
		return nil, err
	}
	if archive.History, err = readableChanges(archive.History); err != nil {
		return nil, err
	}
	if wanted.Small {
		archive.Snapshot.Values = slices.DeleteFunc(archive.Snapshot.Values, func(value store.Value) bool { return manifests.Generated(value.Encoded) })
	}
	return archive.Encode(time.Now())
}

// readableChanges are changes with the replaced objects as JSON.
func readableChanges(changes []journal.Undo) ([]journal.Undo, error) {
	readable := slices.Clone(changes)
	for i, change := range changes {
		if change.Replaced == nil {
			continue
		}
		replaced, err := apiserver.ReadableValue(*change.Replaced)
		if err != nil {
			return nil, err
		}
		readable[i].Replaced = &replaced
	}
	return readable, nil
}

// Manifests implements bridge.Keeper.
func (k *keeper) Manifests() ([]byte, error) {
	values, err := apiserver.ReadableValues(k.objects.Snapshot().Values)
	if err != nil {
		return nil, err
	}
	objects := make([]json.RawMessage, 0, len(values))
	for _, value := range values {
		objects = append(objects, value.Encoded)
	}
	return manifests.Write(objects)
}

// Check implements bridge.Keeper.
func (k *keeper) Check(encoded []byte) (bridge.Summary, error) {
	archive, err := readArchive(encoded)
	if err != nil {
		return bridge.Summary{}, err
	}
	return bridge.Summary{
		Kubernetes: archive.Kubernetes, Revision: archive.Snapshot.Revision,
		Objects: len(archive.Snapshot.Values), Page: archive.Page,
	}, nil
}

func readArchive(encoded []byte) (journal.Archive, error) {
	archive, err := journal.DecodeArchive(encoded)
	if err != nil {
		return journal.Archive{}, err
	}
	for _, value := range archive.Snapshot.Values {
		if err := apiserver.CheckStored(value); err != nil {
			return journal.Archive{}, fmt.Errorf("read cluster file: %w", &journal.ArchiveError{Fault: journal.Unreadable, At: value.Key, Err: err})
		}
	}
	return archive, nil
}

var _ bridge.Keeper = &keeper{}
