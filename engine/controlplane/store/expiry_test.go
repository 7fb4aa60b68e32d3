package store

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	"k8s.io/apiserver/pkg/storage"
)

// createFor stores a new pod that lives for some seconds.
func (e *environment) createFor(t testing.TB, name string, seconds uint64) {
	t.Helper()
	if err := e.pods.Create(context.Background(), "/pods/ns/"+name, pod("ns", name), nil, seconds); err != nil {
		t.Fatal(err)
	}
}

// relabel updates a pod and, unless it is nil, its time to live.
func (e *environment) relabel(t testing.TB, name string, seconds *uint64) {
	t.Helper()
	err := e.pods.GuaranteedUpdate(context.Background(), "/pods/ns/"+name, &example.Pod{}, false, nil,
		func(object runtime.Object, _ storage.ResponseMeta) (runtime.Object, *uint64, error) {
			p := object.(*example.Pod)
			p.Generation++
			return p, seconds, nil
		}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// TestExpiry checks that objects are deleted exactly when their time has come, in
// the order of their times and then of their writes, each at its own revision.
func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newStore(t, Options{})
		start := time.Now()
		never, longer := uint64(0), uint64(40)
		e.createFor(t, "thirty", 30)
		e.createFor(t, "b", 10)
		e.createFor(t, "a", 10)
		e.createFor(t, "kept", 10)
		e.createFor(t, "same", 10)
		e.createFor(t, "extended", 10)
		e.createFor(t, "deleted", 10)
		e.createFor(t, "hour", 3600)
		e.relabel(t, "kept", &never)
		e.relabel(t, "same", nil)
		e.relabel(t, "extended", &longer)
		e.remove(t, "ns", "deleted")
		revision := e.store.Revision()

		opts := storage.ListOptions{ResourceVersion: strconv.FormatInt(revision, 10)}
		w := e.watch(context.Background(), t, opts)
		for i, want := range []struct {
			name  string
			after time.Duration
		}{
			{"b", 10 * time.Second},
			{"a", 10 * time.Second},
			{"same", 10 * time.Second},
			{"thirty", 30 * time.Second},
			{"extended", 40 * time.Second},
			{"hour", time.Hour},
		} {
			event := <-w.ResultChan()
			if got := time.Since(start); event.Type != watch.Deleted || nameOf(event) != want.name || got != want.after {
				t.Errorf("got %s %s after %s, want %s deleted after %s", event.Type, nameOf(event), got, want.name, want.after)
			}
			if got, want := revisionOf(t, event), revision+int64(i)+1; got != want {
				t.Errorf("%s deleted at revision %d, want %d", nameOf(event), got, want)
			}
		}
		if names, _, err := e.list(t, "/pods/", storage.ListOptions{}); err != nil || len(names) != 1 || names[0] != "ns/kept" {
			t.Errorf("left: %v, %v, want ns/kept", names, err)
		}
		if got := len(e.store.leases.heap); got != 0 {
			t.Errorf("%d leases are left, want none", got)
		}
	})
}

// TestExpiryEndsWithTheStore checks that nothing expires after Close.
func TestExpiryEndsWithTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		commits := 0
		e := newStore(t, Options{OnCommit: func(Commit) { commits++ }})
		e.createFor(t, "name", 10)
		e.store.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
		if commits != 1 {
			t.Errorf("%d commits, want only the creation", commits)
		}
	})
}

// TestLongestLife checks that a time to live beyond what a duration holds does not
// expire at once.
func TestLongestLife(t *testing.T) {
	e := newStore(t, Options{})
	e.createFor(t, "name", 1<<63)
	if names, _, err := e.list(t, "/pods/", storage.ListOptions{}); err != nil || len(names) != 1 {
		t.Errorf("left: %v, %v, want ns/name", names, err)
	}
}
