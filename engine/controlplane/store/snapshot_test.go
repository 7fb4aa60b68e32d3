package store

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	"k8s.io/apiserver/pkg/storage"
)

// podsOf lists all pods whole.
func (e *environment) podsOf(t testing.TB) example.PodList {
	t.Helper()
	var list example.PodList
	if err := e.pods.GetList(context.Background(), "/pods/", storage.ListOptions{Predicate: storage.Everything, Recursive: true}, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// restored returns a new store with the contents of a snapshot.
func restored(t testing.TB, snapshot Snapshot, codec runtime.Codec) *environment {
	t.Helper()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	e := &environment{store: s, codec: codec}
	if e.pods, err = s.resource(podsConfig(codec)); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestRestore checks that a restored store equals the one that the snapshot was
// taken of: the same objects at the same revisions, with the same remaining life,
// and the same next revision.
func TestRestore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newStore(t, Options{})
		before.create(t, pod("ns", "plain"))
		before.create(t, pod("ns", "updated"))
		before.createFor(t, "hour", 3600)
		before.label(t, "ns", "updated", "app", "x")
		before.create(t, pod("ns", "deleted"))
		before.remove(t, "ns", "deleted")
		before.increaseRevision(context.Background(), t)
		snapshot := before.store.Snapshot()
		before.store.Close()
		time.Sleep(30 * time.Minute)

		after := restored(t, snapshot, before.codec)
		if got, want := after.store.Revision(), snapshot.Revision; got != want {
			t.Errorf("restored at revision %d, want %d", got, want)
		}
		if got := after.store.Snapshot(); !reflect.DeepEqual(withoutMonotonic(got), withoutMonotonic(snapshot)) {
			t.Errorf("snapshot of the restored store: got %+v, want %+v", got, snapshot)
		}
		list := after.podsOf(t)
		var names []string
		for _, item := range list.Items {
			names = append(names, item.Name+"@"+item.ResourceVersion)
		}
		if got, want := strings.Join(names, " "), "hour@4 plain@2 updated@5"; got != want {
			t.Errorf("restored %s, want %s", got, want)
		}

		w := after.watch(context.Background(), t, storage.ListOptions{ResourceVersion: list.ResourceVersion})
		if created := after.create(t, pod("ns", "next")); revisionOf(t, watch.Event{Object: created}) != snapshot.Revision+1 {
			t.Errorf("first write after the restore is at revision %s, want %d", created.ResourceVersion, snapshot.Revision+1)
		}
		if event := <-w.ResultChan(); nameOf(event) != "next" {
			t.Errorf("first event after the restore: got %v, want next", event)
		}
		restart := time.Now()
		if event := <-w.ResultChan(); event.Type != watch.Deleted || nameOf(event) != "hour" || time.Since(restart) != 30*time.Minute {
			t.Errorf("got %v after %s, want hour deleted after 30m", event, time.Since(restart))
		}
	})
}

func withoutMonotonic(snapshot Snapshot) Snapshot {
	values := make([]Value, len(snapshot.Values))
	for i, value := range snapshot.Values {
		value.Expires = value.Expires.Round(0)
		values[i] = value
	}
	snapshot.Values = values
	return snapshot
}

// TestRestoredHistory checks that what was before the snapshot counts as
// compacted.
func TestRestoredHistory(t *testing.T) {
	before := newStore(t, Options{})
	created := before.create(t, pod("ns", "name"))
	before.label(t, "ns", "name", "app", "x")
	after := restored(t, before.store.Snapshot(), before.codec)
	w := after.watch(context.Background(), t, storage.ListOptions{ResourceVersion: created.ResourceVersion})
	if event := <-w.ResultChan(); !apierrors.IsResourceExpired(apierrors.FromObject(event.Object)) {
		t.Errorf("watch from before the snapshot: got %v, want expired", event)
	}
	if _, _, err := after.list(t, "/pods/", exactly(2)); !apierrors.IsResourceExpired(err) {
		t.Errorf("list from before the snapshot: got %v, want expired", err)
	}
	if names, _, err := after.list(t, "/pods/", exactly(after.store.Revision())); err != nil || len(names) != 1 {
		t.Errorf("list at the snapshot: got %v, %v, want ns/name", names, err)
	}
}

// TestRestoredExpiry checks that an object that expired while nothing ran is
// deleted at once, but only after its resource is registered and can send the
// event.
func TestRestoredExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newStore(t, Options{})
		before.createFor(t, "name", 10)
		snapshot := before.store.Snapshot()
		before.store.Close()
		time.Sleep(time.Minute)

		s, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Restore(snapshot); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := len(s.Snapshot().Values); got != 1 {
			t.Errorf("%d values before the resource is registered, want 1", got)
		}
		if _, err := s.Resource(podsConfig(before.codec)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := len(s.Snapshot().Values); got != 0 {
			t.Errorf("%d values after the resource is registered, want 0", got)
		}
	})
}

// TestUnregisteredStays checks that objects of a resource nobody registered stay
// as they were.
func TestUnregisteredStays(t *testing.T) {
	before := newStore(t, Options{})
	before.increaseRevision(context.Background(), t)
	before.create(t, pod("ns", "name"))
	snapshot := before.store.Snapshot()
	after := restored(t, snapshot, before.codec)
	if got := after.store.Snapshot(); !reflect.DeepEqual(got, snapshot) {
		t.Errorf("got %+v, want %+v", got, snapshot)
	}
}

func TestRestoreRefuses(t *testing.T) {
	good := Value{Key: "/registry/pods/ns/name", Revision: 2, Encoded: []byte("x")}
	with := func(change func(*Value)) Value {
		value := good
		change(&value)
		return value
	}
	for name, snapshot := range map[string]Snapshot{
		"no revision":     {},
		"key twice":       {Revision: 3, Values: []Value{good, good}},
		"no path":         {Revision: 3, Values: []Value{with(func(v *Value) { v.Key = "pods" })}},
		"from the future": {Revision: 3, Values: []Value{with(func(v *Value) { v.Revision = 4 })}},
		"no own revision": {Revision: 3, Values: []Value{with(func(v *Value) { v.Revision = 0 })}},
		"empty":           {Revision: 3, Values: []Value{with(func(v *Value) { v.Encoded = nil })}},
	} {
		s, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Restore(snapshot); err == nil {
			t.Errorf("%s: got no error", name)
		}
		if got := s.Snapshot(); got.Revision != 1 || len(got.Values) != 0 {
			t.Errorf("%s: the store holds %+v after the refusal", name, got)
		}
		s.Close()
	}
	used := newStore(t, Options{})
	used.create(t, pod("ns", "name"))
	if err := used.store.Restore(Snapshot{Revision: 2}); err == nil {
		t.Error("restore of a store in use: got no error")
	}
}

// TestRestoreLate checks that a store whose resources are already registered
// restores a snapshot like any other, and stays unchanged when the snapshot cannot
// be decoded.
func TestRestoreLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newStore(t, Options{})
		before.create(t, pod("ns", "name"))
		before.createFor(t, "short", 10)
		snapshot := before.store.Snapshot()

		late := newStore(t, Options{})
		broken := snapshot
		broken.Values = append(slices.Clone(snapshot.Values), Value{Key: "/registry/pods/ns/zzz", Revision: 2, Encoded: []byte("{nonsense")})
		if err := late.store.Restore(broken); err == nil || !strings.Contains(err.Error(), `"/registry/pods/ns/zzz" at revision 2`) {
			t.Errorf("restore of a broken value: got %v, want an error that names the key", err)
		}
		if got := late.store.Snapshot(); got.Revision != 1 || len(got.Values) != 0 {
			t.Errorf("after the refusal the store holds %+v", got)
		}
		if err := late.store.Restore(snapshot); err != nil {
			t.Fatal(err)
		}
		if got := late.store.Snapshot(); !reflect.DeepEqual(got, snapshot) {
			t.Errorf("got %+v, want %+v", got, snapshot)
		}
		late.label(t, "ns", "name", "app", "x")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if got := late.store.Snapshot(); len(got.Values) != 1 || got.Values[0].Key != "/registry/pods/ns/name" {
			t.Errorf("after the lease has ended: %d values, want the one without", len(got.Values))
		}
	})
}

// TestRestoreCorrupt checks that a value that cannot be decoded is reported with
// its key when its resource is registered, and that nothing is lost.
func TestRestoreCorrupt(t *testing.T) {
	codec := newCodec(t, runtime.ContentTypeProtobuf)
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	snapshot := Snapshot{Revision: 7, Values: []Value{{Key: "/registry/pods/ns/broken", Revision: 5, Encoded: []byte("k8s\x00nonsense")}}}
	if err := s.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Resource(podsConfig(codec)); err == nil || !strings.Contains(err.Error(), `"/registry/pods/ns/broken" at revision 5`) {
		t.Errorf("register: got %v, want an error that names the key", err)
	}
	if got := s.Snapshot(); !reflect.DeepEqual(got, snapshot) {
		t.Errorf("after the error: got %+v, want %+v", got, snapshot)
	}
}

// TestRestoreOtherEncoding checks that a store reads what another storage encoding
// wrote, and rewrites an object with its own at the next update.
func TestRestoreOtherEncoding(t *testing.T) {
	before := newEnvironment(t, Options{}, newCodec(t, runtime.ContentTypeJSON))
	before.create(t, pod("ns", "name"))
	after := restored(t, before.store.Snapshot(), newCodec(t, runtime.ContentTypeProtobuf))
	revision := after.store.Revision()
	after.relabel(t, "name", nil)
	value := after.store.Snapshot().Values[0]
	if value.Revision != revision+1 || !bytes.HasPrefix(value.Encoded, []byte("k8s\x00")) {
		t.Errorf("after an update: got %q at revision %d, want protobuf at %d", value.Encoded, value.Revision, revision+1)
	}
}

// TestOnCommit checks what the journal relies on.
func TestOnCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var commits []Commit
		e := newStore(t, Options{OnCommit: func(c Commit) { commits = append(commits, c) }})
		w := e.watch(context.Background(), t, storage.ListOptions{})
		created := e.create(t, pod("ns", "name"))
		updated := e.label(t, "ns", "name", "app", "x")
		e.label(t, "ns", "name", "app", "x")
		e.remove(t, "ns", "name")
		e.createFor(t, "short", 10)
		expires := time.Now().Add(10 * time.Second)
		time.Sleep(11 * time.Second)
		synctest.Wait()

		want := []struct {
			key              string
			object, previous string
			expires          time.Time
		}{
			{"/registry/pods/ns/name", created.ResourceVersion, "", time.Time{}},
			{"/registry/pods/ns/name", updated.ResourceVersion, created.ResourceVersion, time.Time{}},
			{"/registry/pods/ns/name", "", updated.ResourceVersion, time.Time{}},
			{"/registry/pods/ns/short", "5", "", expires},
			{"/registry/pods/ns/short", "", "5", time.Time{}},
		}
		if len(commits) != len(want) {
			t.Fatalf("%d commits, want %d: %+v", len(commits), len(want), commits)
		}
		for i, c := range commits {
			if c.Revision != int64(i+2) || c.Key != want[i].key || resourceVersionOf(c.Object) != want[i].object ||
				resourceVersionOf(c.Previous) != want[i].previous || !c.Expires.Equal(want[i].expires) {
				t.Errorf("commit %d: got %+v, want %+v", i, c, want[i])
			}
			if c.Object == nil {
				if c.Encoded != nil {
					t.Errorf("commit %d: a deletion has a value", i)
				}
				continue
			}
			decoded, err := e.pods.decode(c.Encoded)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.store.versioner.UpdateObject(decoded, uint64(c.Revision)); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(decoded, c.Object) {
				t.Errorf("commit %d: encoded %v, want %v", i, decoded, c.Object)
			}
		}
		for i := range commits {
			if event := <-w.ResultChan(); revisionOf(t, event) != commits[i].Revision {
				t.Errorf("event %d: got %v, want revision %d", i, event, commits[i].Revision)
			}
		}
	})
}

// resourceVersionOf returns the resourceVersion of a pod, empty for none.
func resourceVersionOf(object runtime.Object) string {
	if object == nil {
		return ""
	}
	return object.(*example.Pod).ResourceVersion
}

// TestRestoredInOtherBytes checks that an update without a change does not write
// although the object came back as the same JSON in other bytes, as from a
// browser's database.
func TestRestoredInOtherBytes(t *testing.T) {
	before := newEnvironment(t, Options{}, newCodec(t, runtime.ContentTypeJSON))
	before.create(t, pod("ns", "name"))
	before.label(t, "ns", "name", "app", "a<b")
	snapshot := before.store.Snapshot()
	for i, value := range snapshot.Values {
		var any map[string]any
		if err := json.Unmarshal(value.Encoded, &any); err != nil {
			t.Fatal(err)
		}
		other, err := json.MarshalIndent(any, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		snapshot.Values[i].Encoded = other
	}
	after := restored(t, snapshot, before.codec)
	after.label(t, "ns", "name", "app", "a<b")
	if got := after.store.Revision(); got != snapshot.Revision {
		t.Errorf("an update without a change: at revision %d, want %d", got, snapshot.Revision)
	}
	after.label(t, "ns", "name", "app", "c")
	if got := after.store.Revision(); got != snapshot.Revision+1 {
		t.Errorf("an update with a change: at revision %d, want %d", got, snapshot.Revision+1)
	}
}
