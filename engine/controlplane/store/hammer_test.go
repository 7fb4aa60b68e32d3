package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	"k8s.io/apiserver/pkg/storage"
)

// TestHammer writes, lists, watches, compacts and snapshots at once. In the end
// each watcher's picture, the replayed commits and the store must agree, and each
// counter must show every increment.
func TestHammer(t *testing.T) { hammer(t, false) }

// TestHammerCustom is the same for objects that are decoded as custom resources are.
func TestHammerCustom(t *testing.T) { hammer(t, true) }

func hammer(t *testing.T, alone bool) {
	const writers, increments, keys = 8, 200, 10
	seed := rand.Uint64()
	t.Logf("seed %d", seed)

	var commits []Commit // written under the store's lock, read after all ended
	e := newStore(t, Options{HistoryChanges: 100, OnCommit: func(c Commit) { commits = append(commits, c) }})
	e.pods.alone = alone
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	var running sync.WaitGroup
	for writer := range writers {
		running.Go(func() { hammerWrites(ctx, t, e, rand.New(rand.NewPCG(seed, uint64(writer))), increments, keys) })
	}
	done := make(chan struct{})
	var around sync.WaitGroup
	around.Go(func() { hammerReads(t, e, done) })
	pictures := make([]map[string]*example.Pod, 5)
	written := make(chan struct{})
	for i := range pictures {
		around.Go(func() { pictures[i] = e.follow(ctx, t, written) })
	}
	running.Wait()
	close(done)
	final := e.podsOf(t)
	close(written)
	around.Wait()

	want := map[string]*example.Pod{}
	var total int64
	for i := range final.Items {
		item := &final.Items[i]
		want[podKey(item)] = item
		total += item.Generation
	}
	if total != writers*increments {
		t.Errorf("the counters show %d increments, want %d", total, writers*increments)
	}
	for i, picture := range pictures {
		if !reflect.DeepEqual(picture, want) {
			t.Errorf("watcher %d sees %d pods, want the %d of the store", i, len(picture), len(want))
		}
	}
	checkCommits(t, e, commits)
}

// hammerWrites increments counters, which others write too, and creates and
// deletes pods that come and go.
func hammerWrites(ctx context.Context, t *testing.T, e *environment, random *rand.Rand, increments, keys int) {
	for range increments {
		counter := pod("counters", fmt.Sprint(random.IntN(keys)))
		err := e.pods.GuaranteedUpdate(ctx, podKey(counter), &example.Pod{}, true, nil, storage.SimpleUpdate(
			func(object runtime.Object) (runtime.Object, error) {
				current := object.(*example.Pod)
				current.Namespace, current.Name = counter.Namespace, counter.Name
				current.Generation++
				return current, nil
			}), nil)
		if err != nil {
			t.Errorf("increment %s: %v", counter.Name, err)
			return
		}
		passing := pod("passing", fmt.Sprint(random.IntN(keys)))
		if random.IntN(2) == 0 {
			err = e.pods.Create(ctx, podKey(passing), passing, nil, 0)
			if err != nil && !storage.IsExist(err) {
				t.Errorf("create %s: %v", passing.Name, err)
			}
			continue
		}
		err = e.pods.Delete(ctx, podKey(passing), &example.Pod{}, nil, storage.ValidateAllObjectFunc, nil, storage.DeleteOptions{})
		if err != nil && !storage.IsNotFound(err) {
			t.Errorf("delete %s: %v", passing.Name, err)
		}
	}
}

// hammerReads lists, compacts and snapshots until done.
func hammerReads(t *testing.T, e *environment, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		var list example.PodList
		err := e.pods.GetList(context.Background(), "/pods/", storage.ListOptions{Predicate: storage.Everything, Recursive: true}, &list)
		if err != nil {
			t.Errorf("list: %v", err)
		}
		if err := e.store.Compact(e.store.Revision() / 2); err != nil {
			t.Errorf("compact: %v", err)
		}
		if _, err := e.pods.Stats(context.Background()); err != nil {
			t.Errorf("stats: %v", err)
		}
		for _, value := range e.store.Snapshot().Values {
			if len(value.Encoded) == 0 {
				t.Errorf("snapshot of %q is empty", value.Key)
			}
		}
	}
}

// follow keeps a picture of all pods as an informer does: list, watch, list again
// when the watch ends. It returns the picture once everything is written.
func (e *environment) follow(ctx context.Context, t *testing.T, written <-chan struct{}) map[string]*example.Pod {
	for {
		var list example.PodList
		if err := e.pods.GetList(ctx, "/pods/", storage.ListOptions{Predicate: storage.Everything, Recursive: true}, &list); err != nil {
			t.Errorf("list: %v", err)
			return nil
		}
		picture := map[string]*example.Pod{}
		for i := range list.Items {
			picture[podKey(&list.Items[i])] = &list.Items[i]
		}
		w, err := e.pods.Watch(ctx, "/pods/", storage.ListOptions{ResourceVersion: list.ResourceVersion, Predicate: storage.Everything, Recursive: true})
		if err != nil {
			t.Errorf("watch: %v", err)
			return nil
		}
		reached, err := e.apply(t, w, picture, list.ResourceVersion, written)
		w.Stop()
		if err != nil {
			t.Error(err)
			return nil
		}
		if reached {
			return picture
		}
	}
}

// apply brings picture up to date with the events of w until it shows all that is
// written, or until the watch ends, for which it returns false.
func (e *environment) apply(t *testing.T, w watch.Interface, picture map[string]*example.Pod, from string, written <-chan struct{}) (bool, error) {
	parsed, err := e.store.versioner.ParseResourceVersion(from)
	if err != nil {
		return false, err
	}
	revision, target := int64(parsed), int64(math.MaxInt64)
	for revision < target {
		select {
		case <-written:
			written, target = nil, e.store.Revision()
		case event, ok := <-w.ResultChan():
			if !ok || event.Type == watch.Error {
				return false, nil
			}
			next := revisionOf(t, event)
			if next <= revision {
				return false, fmt.Errorf("event at revision %d after %d", next, revision)
			}
			revision = next
			current := event.Object.(runtime.CacheableObject).GetObject().(*example.Pod)
			_, known := picture[podKey(current)]
			switch {
			case event.Type == watch.Added && known, event.Type != watch.Added && !known:
				return false, fmt.Errorf("%s of %s, which is known: %t", event.Type, podKey(current), known)
			case event.Type == watch.Deleted:
				delete(picture, podKey(current))
			default:
				picture[podKey(current)] = current
			}
		case <-time.After(30 * time.Second):
			return false, errors.New("no event for 30s")
		}
	}
	return true, nil
}

// checkCommits replays the commits and compares the result with the store.
func checkCommits(t *testing.T, e *environment, commits []Commit) {
	t.Helper()
	replayed := map[string]Value{}
	for i, c := range commits {
		if c.Revision != int64(i+2) {
			t.Fatalf("commit %d is at revision %d, want %d", i, c.Revision, i+2)
		}
		if _, known := replayed[c.Key]; known != (c.Previous != nil) {
			t.Errorf("commit at revision %d: previous %v, known %t", c.Revision, c.Previous, known)
		}
		if c.Object == nil {
			delete(replayed, c.Key)
			continue
		}
		replayed[c.Key] = Value{Key: c.Key, Revision: c.Revision, Encoded: c.Encoded, Expires: c.Expires}
	}
	snapshot := e.store.Snapshot()
	if len(replayed) != len(snapshot.Values) {
		t.Errorf("replayed %d values, the store has %d", len(replayed), len(snapshot.Values))
	}
	for _, value := range snapshot.Values {
		if !reflect.DeepEqual(replayed[value.Key], value) {
			t.Errorf("replayed %+v, the store has %+v", replayed[value.Key], value)
		}
	}
}
