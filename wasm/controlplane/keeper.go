//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/apiserver"
	"tabernetes/engine/cluster"
	"tabernetes/engine/journal"
	"tabernetes/engine/store"
	"tabernetes/wasm/bridge"
)

// keeper answers the page about the past of the cluster and about its file. It
// implements bridge.Keeper.
type keeper struct {
	kept    *storage
	objects *store.Store
	past    func(then store.Snapshot, at time.Time) (cluster.Past, error)
	seed    float64
	reset   func() error
	// earlier reads what was stored of the history before this visit, once.
	earlier func() error
}

func newKeeper(ctx context.Context, kept *storage, running *cluster.Cluster, seed float64, reset func() error) *keeper {
	return &keeper{kept: kept, objects: running.Store(), past: running.Past, seed: seed, reset: reset, earlier: sync.OnceValue(func() error {
		if kept.log == nil || kept.imported {
			return nil
		}
		changes, err := kept.log.History(ctx)
		if err != nil {
			return err
		}
		kept.history.Restore(changes)
		return nil
	})}
}

// Reset implements bridge.Keeper.
func (k *keeper) Reset() error { return k.reset() }

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
	var object map[string]any
	if err := json.Unmarshal(value.Encoded, &object); err != nil {
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
func (k *keeper) Archive(revision int64, history bool, page []byte) ([]byte, error) {
	now := k.objects.Snapshot()
	if revision == 0 {
		revision = now.Revision
	}
	then, err := k.snapshot(revision)
	if err != nil {
		return nil, err
	}
	archive := journal.Archive{
		Kubernetes: apiserver.KubernetesVersion, Tabernetes: version, Seed: k.seed, Page: page,
		Stored: journal.Stored{Snapshot: then, Time: time.Now()},
	}
	var back []journal.Undo
	archive.Snapshot, back = journal.GoBack(now, then, archive.Time)
	if history {
		for _, change := range k.kept.history.Changes() {
			if change.Revision <= now.Revision {
				archive.History = append(archive.History, change)
			}
		}
		archive.History = append(archive.History, back...)
	}
	return archive.Encode(time.Now())
}

// Check implements bridge.Keeper.
func (k *keeper) Check(encoded []byte) error {
	_, err := readArchive(encoded)
	return err
}

func readArchive(encoded []byte) (journal.Archive, error) {
	archive, err := journal.DecodeArchive(encoded)
	if err != nil {
		return journal.Archive{}, err
	}
	if err := apiserver.CheckStored(archive.Snapshot.Values); err != nil {
		return journal.Archive{}, fmt.Errorf("read cluster file: %w", err)
	}
	return archive, nil
}

var _ bridge.Keeper = &keeper{}
