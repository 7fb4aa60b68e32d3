package store

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/storage"
)

// TestVersionsAgree writes boats through both versions from several goroutines. What
// each watcher has been told in the end must be what a list selects.
func TestVersionsAgree(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	synctest.Test(t, func(t *testing.T) {
		const writers, writes = 4, 150
		h := newHarbour(t, Options{})
		type view struct{ version, selector string }
		pictures := map[view]*[]string{
			{"v1", ""}: {}, {"v1", "berth=east/1"}: {}, {"v1", "berth!=west/2"}: {},
			{"v2", ""}: {}, {"v2", "pier=east"}: {}, {"v2", "place=1"}: {}, {"v2", "pier=west,place!=1"}: {},
		}
		var running sync.WaitGroup
		for view, picture := range pictures {
			w := h.watch(t, view.version, view.selector, storage.ListOptions{ResourceVersion: "1"})
			running.Go(func() { *picture = h.picture(t, w) })
		}
		for writer := range writers {
			running.Go(func() { h.sail(t, rand.New(rand.NewPCG(seed, uint64(writer))), writes) })
		}
		running.Wait()
		for view, got := range pictures {
			want := h.list(t, view.version, view.selector)
			slices.Sort(want)
			if !slices.Equal(*got, want) {
				t.Errorf("watch of %q in %s: got %q, want %q", view.selector, view.version, *got, want)
			}
		}
	})
}

// sail makes, moves and removes boats through either version.
func (h *harbour) sail(t testing.TB, random *rand.Rand, writes int) {
	for range writes {
		version := []string{"v1", "v2"}[random.IntN(2)]
		name, pier, place := strconv.Itoa(random.IntN(6)), []string{"east", "west"}[random.IntN(2)], strconv.Itoa(1+random.IntN(2))
		r, out := h.versions[version], newBoat(version, "", "", "")
		var err error
		if random.IntN(4) == 0 {
			err = r.Delete(context.Background(), boatKey(name), out, nil, storage.ValidateAllObjectFunc, nil, storage.DeleteOptions{})
		} else {
			err = r.GuaranteedUpdate(context.Background(), boatKey(name), out, true, nil, storage.SimpleUpdate(
				func(runtime.Object) (runtime.Object, error) { return newBoat(version, name, pier, place), nil }), nil)
		}
		if err != nil && !storage.IsNotFound(err) {
			t.Errorf("write %q: %v", name, err)
		}
	}
}

// picture applies the events of a watch until nothing moves in the bubble any more, and
// returns the boats that are there, sorted.
func (h *harbour) picture(t testing.TB, w watch.Interface) []string {
	known := map[string]string{}
	last := int64(0)
	for {
		select {
		case event := <-w.ResultChan():
			revision := revisionOf(t, event)
			boat := event.Object.(runtime.CacheableObject).GetObject().(*unstructured.Unstructured)
			_, there := known[boat.GetName()]
			if revision <= last || there != (event.Type != watch.Added) {
				t.Errorf("%s of %s at %d after %d, which was there: %t", event.Type, boat.GetName(), revision, last, there)
			}
			last = revision
			if event.Type == watch.Deleted {
				delete(known, boat.GetName())
			} else {
				known[boat.GetName()] = describe(boat)
			}
		case <-time.After(time.Second):
			return slices.Sorted(maps.Values(known))
		}
	}
}
