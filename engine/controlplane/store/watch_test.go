package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	"k8s.io/apiserver/pkg/storage"
)

// watch watches all pods.
func (e *environment) watch(ctx context.Context, t testing.TB, opts storage.ListOptions) watch.Interface {
	t.Helper()
	opts.Recursive = true
	if opts.Predicate.Label == nil {
		bookmarks := opts.Predicate.AllowWatchBookmarks
		opts.Predicate = storage.Everything
		opts.Predicate.AllowWatchBookmarks = bookmarks
	}
	w, err := e.pods.Watch(ctx, "/pods/", opts)
	if err != nil {
		t.Fatalf("watch: %v", err)
	}
	t.Cleanup(w.Stop)
	return w
}

func nameOf(event watch.Event) string {
	accessor, err := meta.Accessor(event.Object)
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return accessor.GetName()
}

func revisionOf(t testing.TB, event watch.Event) int64 {
	t.Helper()
	revision, err := storage.APIObjectVersioner{}.ObjectResourceVersion(event.Object)
	if err != nil {
		t.Fatalf("revision of %v: %v", event, err)
	}
	return int64(revision)
}

// TestSlowWatcher checks that a watcher nobody reads is ended with 410 Gone when
// its backlog is full, and that the others do not notice.
func TestSlowWatcher(t *testing.T) {
	e := newStore(t, Options{WatchBacklog: 10})
	slow := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: "1"})
	fast := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: "1"})
	const total = resultBuffer + 50
	for i := range total {
		e.create(t, pod("ns", strconv.Itoa(i)))
		if event := <-fast.ResultChan(); nameOf(event) != strconv.Itoa(i) {
			t.Fatalf("event %d of the fast watcher: got %v", i, event)
		}
	}
	next := 0
	for event := range slow.ResultChan() {
		if event.Type == watch.Error {
			if err := apierrors.FromObject(event.Object); !apierrors.IsResourceExpired(err) {
				t.Errorf("error of the slow watcher: got %v, want expired", err)
			}
			if next < resultBuffer {
				t.Errorf("the slow watcher got %d events before its error, want at least %d", next, resultBuffer)
			}
			next = total
			continue
		}
		if next == total || nameOf(event) != strconv.Itoa(next) {
			t.Fatalf("event of the slow watcher: got %v, want number %d", event, next)
		}
		next++
	}
	if next != total {
		t.Errorf("the slow watcher ended without an error")
	}
}

// TestLateReader checks that a watcher that is behind, but not too much, gets
// everything in order.
func TestLateReader(t *testing.T) {
	e := newStore(t, Options{})
	w := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: "1"})
	const total = 3 * resultBuffer
	for i := range total {
		e.create(t, pod("ns", strconv.Itoa(i)))
	}
	for i := range total {
		if event := <-w.ResultChan(); nameOf(event) != strconv.Itoa(i) {
			t.Fatalf("event %d: got %v", i, event)
		}
	}
}

// TestManyInitialEvents checks that the bound of the backlog is not applied to the
// initial list.
func TestManyInitialEvents(t *testing.T) {
	e := newStore(t, Options{WatchBacklog: 1})
	const total = 2 * resultBuffer
	for i := range total {
		e.create(t, pod("ns", fmt.Sprintf("%04d", i)))
	}
	w := e.watch(context.Background(), t, storage.ListOptions{})
	for i := range total {
		if event := <-w.ResultChan(); event.Type != watch.Added || nameOf(event) != fmt.Sprintf("%04d", i) {
			t.Fatalf("initial event %d: got %v", i, event)
		}
	}
}

// TestNothingIsLeftRunning ends watches in every possible way. The bubble fails
// when a goroutine is left.
func TestNothingIsLeftRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newStore(t, Options{WatchBacklog: 5})
		ctx, cancel := context.WithCancel(context.Background())
		cancelled := e.watch(ctx, t, storage.ListOptions{})
		stopped := e.watch(context.Background(), t, storage.ListOptions{})
		stuck := e.watch(context.Background(), t, storage.ListOptions{})
		failed := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: "0"})
		for i := range resultBuffer + 3 {
			e.create(t, pod("ns", strconv.Itoa(i)))
		}
		cancel()
		stopped.Stop()
		stopped.Stop()
		synctest.Wait()
		if got := len(e.store.watchers); got != 2 {
			t.Errorf("%d watchers are left, want 2", got)
		}
		for i := range 20 {
			e.create(t, pod("late", strconv.Itoa(i)))
		}
		if err := e.pods.Create(context.Background(), "/pods/ns/ttl", pod("ns", "ttl"), nil, 1000); err != nil {
			t.Fatal(err)
		}
		e.store.Close()
		for _, w := range []watch.Interface{cancelled, stopped, stuck, failed} {
			for range w.ResultChan() {
			}
		}
		if e.store.expiry.timer != nil || e.store.bookmark.timer != nil {
			t.Error("a closed store has a timer set")
		}
	})
}

// TestDispatchOrder checks that watchers are served in the order in which they
// registered, also after one between them has gone.
func TestDispatchOrder(t *testing.T) {
	e := newStore(t, Options{})
	var served []int
	var watchers []watch.Interface
	for i := range 20 {
		watchers = append(watchers, e.watch(context.Background(), t, storage.ListOptions{
			ResourceVersion: "1",
			Predicate: storage.SelectionPredicate{
				Label: labels.SelectorFromSet(labels.Set{"app": "x"}),
				Field: fields.Everything(),
				GetAttrs: func(runtime.Object) (labels.Set, fields.Set, error) {
					served = append(served, i)
					return nil, nil, nil
				},
			},
		}))
	}
	watchers[7].Stop()
	e.create(t, pod("ns", "name"))
	var want []int
	for i := range 20 {
		if i != 7 {
			want = append(want, i)
		}
	}
	if !reflect.DeepEqual(served, want) {
		t.Errorf("served in the order %v, want %v", served, want)
	}
}

// TestBookmarks checks when bookmarks come: each interval, two seconds before the
// deadline, and for progress on request.
func TestBookmarks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newStore(t, Options{})
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 150*time.Second)
		defer cancel()
		opts := storage.ListOptions{}
		opts.Predicate.AllowWatchBookmarks = true
		w := e.watch(ctx, t, opts)
		silent := e.watch(context.Background(), t, storage.ListOptions{})
		e.increaseRevision(context.Background(), t)
		for _, want := range []time.Duration{60 * time.Second, 120 * time.Second, 148 * time.Second} {
			event := <-w.ResultChan()
			if got := time.Since(start); event.Type != watch.Bookmark || got != want {
				t.Errorf("got %s after %s, want a bookmark after %s", event.Type, got, want)
			}
			if got, want := revisionOf(t, event), e.store.Revision(); got != want {
				t.Errorf("bookmark at revision %d, want %d", got, want)
			}
		}
		if event, ok := <-w.ResultChan(); ok || time.Since(start) != 150*time.Second {
			t.Errorf("got %v after %s, want the end after 150s", event, time.Since(start))
		}
		select {
		case event := <-silent.ResultChan():
			t.Errorf("a watcher without bookmarks got %v", event)
		default:
		}
	})
}

func TestRequestWatchProgress(t *testing.T) {
	e := newStore(t, Options{})
	w := e.watch(context.Background(), t, storage.ListOptions{ProgressNotify: true})
	other := e.watch(context.Background(), t, storage.ListOptions{})
	revision := e.increaseRevision(context.Background(), t)
	if err := e.pods.RequestWatchProgress(context.Background()); err != nil {
		t.Fatal(err)
	}
	select {
	case event := <-w.ResultChan():
		if event.Type != watch.Bookmark || revisionOf(t, event) != revision {
			t.Errorf("got %v, want a bookmark at revision %d", event, revision)
		}
	default:
		t.Error("no bookmark")
	}
	if got := len(other.ResultChan()); got != 0 {
		t.Errorf("a watcher without progress notifications got %d events", got)
	}
}

// countingEncoder counts how often something is really encoded.
type countingEncoder struct {
	runtime.Encoder
	encoded int
	err     error
}

func (c *countingEncoder) encode(object runtime.Object, w io.Writer) error {
	c.encoded++
	object.(*example.Pod).Name = "changed by the encoder"
	if c.err != nil {
		return c.err
	}
	return c.Encode(object, w)
}

// TestWatchersShareEncodings checks that an event is encoded once for each format
// for all its watchers, and that no reader can change what others see.
func TestWatchersShareEncodings(t *testing.T) {
	e := newStore(t, Options{})
	var watchers []watch.Interface
	for range 5 {
		watchers = append(watchers, e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: "1"}))
	}
	created := e.create(t, pod("ns", "name"))
	counting := &countingEncoder{Encoder: e.codec}
	failing := &countingEncoder{Encoder: e.codec, err: errors.New("no such version")}
	for _, w := range watchers {
		event := <-w.ResultChan()
		shared, ok := event.Object.(runtime.CacheableObject)
		if !ok {
			t.Fatalf("the event's object is a %T", event.Object)
		}
		if err := shared.CacheEncode("a", counting.encode, io.Discard); err != nil {
			t.Fatal(err)
		}
		if err := shared.CacheEncode("failing", failing.encode, io.Discard); !errors.Is(err, failing.err) {
			t.Errorf("encode: got %v, want %v", err, failing.err)
		}
		accessor, err := meta.Accessor(event.Object)
		if err != nil {
			t.Fatal(err)
		}
		accessor.SetName("changed by a reader")
		event.Object.GetObjectKind().SetGroupVersionKind(example.SchemeGroupVersion.WithKind("Changed"))
		shared.GetObject().(*example.Pod).Name = "changed by a reader"
		if got := shared.GetObject(); !reflect.DeepEqual(got, created) {
			t.Errorf("the event's object is %v, want %v", got, created)
		}
	}
	if counting.encoded != 1 || failing.encoded != 1 {
		t.Errorf("encoded %d and %d times for 5 watchers, want once each", counting.encoded, failing.encoded)
	}
	var stored example.Pod
	if err := e.pods.Get(context.Background(), podKey(created), storage.GetOptions{}, &stored); err != nil || !reflect.DeepEqual(&stored, created) {
		t.Errorf("stored: got %v, %v, want %v", stored, err, created)
	}
}

// TestReadersGetCopies checks that the store returns only copies: their readers
// may change them, down to their maps.
func TestReadersGetCopies(t *testing.T) {
	e := newStore(t, Options{})
	labelled := pod("ns", "name")
	labelled.Labels = map[string]string{"app": "x"}
	created := e.create(t, labelled)
	want := created.DeepCopy()
	ctx, key := context.Background(), podKey(created)

	created.Labels["app"] = "changed"
	labelled.Labels["app"] = "changed"
	var got example.Pod
	if err := e.pods.Get(ctx, key, storage.GetOptions{}, &got); err != nil {
		t.Fatal(err)
	}
	got.Labels["app"] = "changed"
	e.podsOf(t).Items[0].Labels["app"] = "changed"
	failed := errors.New("changed, then failed")
	err := e.pods.GuaranteedUpdate(ctx, key, &got, false, nil, storage.SimpleUpdate(func(object runtime.Object) (runtime.Object, error) {
		object.(*example.Pod).Labels["app"] = "changed"
		return nil, failed
	}), nil)
	if !errors.Is(err, failed) {
		t.Errorf("update: got %v, want %v", err, failed)
	}
	err = e.pods.Delete(ctx, key, &got, nil, func(_ context.Context, object runtime.Object) error {
		object.(*example.Pod).Labels["app"] = "changed"
		return failed
	}, nil, storage.DeleteOptions{})
	if !errors.Is(err, failed) {
		t.Errorf("delete: got %v, want %v", err, failed)
	}
	if items := e.podsOf(t).Items; len(items) != 1 || !reflect.DeepEqual(&items[0], want) {
		t.Errorf("stored: got %v, want %v", items, want)
	}
}

// TestWatchWithoutManagedFields checks that such a watch omits only the managed
// fields, and that other watchers and readers get them.
func TestWatchWithoutManagedFields(t *testing.T) {
	e := newStore(t, Options{})
	managed := pod("ns", "name")
	managed.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "tester", Operation: metav1.ManagedFieldsOperationUpdate}}
	stored := e.create(t, managed)
	ctx := WithoutManagedFields(context.Background())
	bare := e.watch(ctx, t, storage.ListOptions{ResourceVersion: "0"})
	later := e.watch(ctx, t, storage.ListOptions{ResourceVersion: "1"})
	whole := e.watch(context.Background(), t, storage.ListOptions{ResourceVersion: "1"})
	labelled := e.label(t, "ns", "name", "a", "b")
	removed := e.remove(t, "ns", "name")
	for _, want := range []*example.Pod{stored, labelled, removed} {
		if len(want.ManagedFields) != 1 {
			t.Fatalf("a reader got %v", want)
		}
		for _, w := range []watch.Interface{whole, bare, later} {
			event := <-w.ResultChan()
			got := event.Object.(runtime.CacheableObject).GetObject().(*example.Pod)
			if (len(got.ManagedFields) == 1) != (w == whole) {
				t.Errorf("%s: got managed fields %v", event.Type, got.ManagedFields)
			}
			got.ManagedFields = want.ManagedFields
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %v, want %v", event.Type, got, want)
			}
		}
	}
}
