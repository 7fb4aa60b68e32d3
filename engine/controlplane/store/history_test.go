package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	"k8s.io/apiserver/pkg/storage"
)

func exactly(revision int64) storage.ListOptions {
	return storage.ListOptions{
		ResourceVersion:      strconv.FormatInt(revision, 10),
		ResourceVersionMatch: metav1.ResourceVersionMatchExact,
	}
}

// TestListAtEveryRevision changes objects at random and then compares the list at
// each kept revision, whole and in pages, with what it was at the time.
func TestListAtEveryRevision(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const kept = 150
	e := newStore(t, Options{HistoryChanges: kept})

	was := map[int64][]string{}
	for range 400 {
		name := fmt.Sprintf("pod-%02d", random.IntN(30))
		exists := e.store.find("/registry/pods/ns/"+name) != nil
		switch {
		case !exists:
			e.create(t, pod("ns", name))
		case random.IntN(2) == 0:
			e.remove(t, "ns", name)
		default:
			e.label(t, "ns", name, "n", strconv.Itoa(random.Int()))
		}
		names, _, err := e.list(t, "/pods/", storage.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		was[e.store.Revision()] = names
	}

	last := e.store.Revision()
	if got, want := e.store.CompactRevision(), last-kept; got != want {
		t.Errorf("compacted up to revision %d, want %d", got, want)
	}
	for revision := int64(2); revision <= last; revision++ {
		names, at, err := e.list(t, "/pods/", exactly(revision))
		if revision < last-kept {
			if !apierrors.IsResourceExpired(err) {
				t.Fatalf("list at compacted revision %d: got %v, %v, want expired", revision, names, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("list at revision %d: %v", revision, err)
		}
		if !slices.Equal(names, was[revision]) || at != strconv.FormatInt(revision, 10) {
			t.Errorf("list at revision %d: got %v at %s, want %v", revision, names, at, was[revision])
		}
		if paged := e.listPages(t, revision, 7); !slices.Equal(paged, was[revision]) {
			t.Errorf("list at revision %d in pages: got %v, want %v", revision, paged, was[revision])
		}
	}
}

// listPages lists at a revision in pages of the given size.
func (e *environment) listPages(t *testing.T, revision, size int64) []string {
	t.Helper()
	names := []string{}
	opts := exactly(revision)
	for token := ""; ; {
		opts.Recursive = true
		opts.Predicate = storage.Everything
		opts.Predicate.Limit = size
		opts.Predicate.Continue = token
		var page example.PodList
		if err := e.pods.GetList(context.Background(), "/pods/", opts, &page); err != nil {
			t.Fatalf("list a page at revision %d: %v", revision, err)
		}
		for _, item := range page.Items {
			names = append(names, item.Namespace+"/"+item.Name)
		}
		if page.Continue == "" {
			return names
		}
		token, opts = page.Continue, storage.ListOptions{}
	}
}

// TestHistoryBytes checks that large objects shorten the history.
func TestHistoryBytes(t *testing.T) {
	e := newStore(t, Options{HistoryBytes: 10_000})
	e.create(t, pod("ns", "large"))
	large := string(make([]byte, 1000))
	for i := range 50 {
		e.label(t, "ns", "large", "data", large+strconv.Itoa(i))
	}
	if kept := e.store.Revision() - e.store.CompactRevision(); kept < 8 || kept > 10 {
		t.Errorf("the history holds %d changes of 1000 bytes, want about 10000 bytes of them", kept)
	}
	e.remove(t, "ns", "large")
	if got := e.store.history.bytes; got > 10_000 {
		t.Errorf("the history holds %d bytes, want at most 10000", got)
	}
}

// TestExpiredWatchRelists checks what an informer relies on: 410 Gone for a
// revision that is compacted away, in the watch as in the list, and a way on.
func TestExpiredWatchRelists(t *testing.T) {
	e := newStore(t, Options{HistoryChanges: 3})
	first := e.create(t, pod("ns", "first"))
	for i := range 5 {
		e.create(t, pod("ns", fmt.Sprint(i)))
	}
	w := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: first.ResourceVersion})
	event, ok := <-w.ResultChan()
	if !ok || event.Type != watch.Error {
		t.Fatalf("first event of an expired watch: got %v, %t, want an error", event, ok)
	}
	if err := apierrors.FromObject(event.Object); !apierrors.IsResourceExpired(err) {
		t.Errorf("error of an expired watch: got %v, want expired", err)
	}
	if event, ok := <-w.ResultChan(); ok {
		t.Errorf("after the error: got %v, want a closed channel", event)
	}

	names, revision, err := e.list(t, "/pods/", storage.ListOptions{})
	if err != nil || len(names) != 6 {
		t.Fatalf("list again: got %v, %v, want 6 pods", names, err)
	}
	w = e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: revision})
	e.create(t, pod("ns", "after"))
	if event := <-w.ResultChan(); event.Type != watch.Added || nameOf(event) != "after" {
		t.Errorf("event after listing again: got %v, want after to be added", event)
	}
}

func TestCompactTheFuture(t *testing.T) {
	e := newStore(t, Options{})
	if err := e.store.Compact(e.store.Revision() + 1); err == nil {
		t.Error("compact beyond the current revision: got no error")
	}
	if got := e.store.CompactRevision(); got != 0 {
		t.Errorf("compacted up to revision %d, want 0", got)
	}
}

// TestFutureWatch checks that a watch from a revision not reached yet waits for it
// and gets nothing from before.
func TestFutureWatch(t *testing.T) {
	e := newStore(t, Options{})
	w := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: "3"})
	for _, name := range []string{"at-2", "at-3", "at-4"} {
		e.create(t, pod("ns", name))
	}
	if event := <-w.ResultChan(); nameOf(event) != "at-4" {
		t.Errorf("first event of a watch from revision 3: got %v, want at-4", event)
	}
}

func TestClosed(t *testing.T) {
	e := newStore(t, Options{})
	created := e.create(t, pod("ns", "name"))
	w := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: created.ResourceVersion})
	e.store.Close()
	e.store.Close()
	if event, ok := <-w.ResultChan(); ok {
		t.Errorf("watch of a closed store: got %v, want a closed channel", event)
	}
	ctx, key := context.Background(), podKey(created)
	_, watchErr := e.pods.Watch(ctx, key, storage.ListOptions{Predicate: storage.Everything})
	_, _, listErr := e.list(t, "/pods/", storage.ListOptions{})
	_, resourceErr := e.store.Resource(podsConfig(e.codec))
	for request, err := range map[string]error{
		"get":      e.pods.Get(ctx, key, storage.GetOptions{}, &example.Pod{}),
		"create":   e.pods.Create(ctx, key, pod("ns", "other"), nil, 0),
		"delete":   e.pods.Delete(ctx, key, &example.Pod{}, nil, storage.ValidateAllObjectFunc, nil, storage.DeleteOptions{}),
		"watch":    watchErr,
		"list":     listErr,
		"register": resourceErr,
	} {
		if !errors.Is(err, errClosed) {
			t.Errorf("%s after Close: got %v, want %v", request, err, errClosed)
		}
	}
	if err := e.pods.ReadinessCheck(); !errors.Is(err, storage.ErrStorageNotReady) {
		t.Errorf("readiness after Close: got %v, want %v", err, storage.ErrStorageNotReady)
	}
}
