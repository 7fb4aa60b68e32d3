package store

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/storage"
)

// harbour is a store with one custom resource in two versions. A boat of v1, which is
// the stored version, has its berth in one field, such as "east/7", one of v2 in two:
// pier and place.
type harbour struct {
	store    *Store
	versions map[string]*resource

	mu sync.Mutex
	// conversions counts conversions, by the version that they convert to; guarded by
	// mu.
	conversions map[string]int
	// webhook, if set, is called by each conversion, with the boat's name; guarded by
	// mu.
	webhook func(name string) error
}

func newHarbour(t testing.TB, options Options) *harbour {
	t.Helper()
	h := &harbour{versions: map[string]*resource{}, conversions: map[string]int{}}
	var err error
	if h.store, err = New(options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.store.Close)
	for _, version := range []string{"v1", "v2"} {
		h.register(t, version)
	}
	return h
}

func (h *harbour) register(t testing.TB, version string) {
	t.Helper()
	r, err := h.store.resource(ResourceConfig{
		GroupResource:  schema.GroupResource{Group: "example.com", Resource: "boats"},
		Codec:          boatCodec{h, version},
		Prefix:         "/registry",
		ResourcePrefix: "/example.com/boats",
		NewObject:      func() runtime.Object { return newBoat(version, "", "", "") },
	})
	if err != nil {
		t.Fatal(err)
	}
	h.versions[version] = r
}

// asked sets the webhook.
func (h *harbour) asked(webhook func(name string) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.webhook = webhook
}

// converted returns how many conversions there were to a version since it was asked
// last.
func (h *harbour) converted(version string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer func() { h.conversions[version] = 0 }()
	return h.conversions[version]
}

// boatCodec stores in v1 and reads in a version.
type boatCodec struct {
	harbour *harbour
	version string
}

func (c boatCodec) convert(boat *unstructured.Unstructured, version string) error {
	if boat.GetAPIVersion() == "example.com/"+version {
		return nil
	}
	h := c.harbour
	h.mu.Lock()
	h.conversions[version]++
	webhook := h.webhook
	h.mu.Unlock()
	if webhook != nil {
		if err := webhook(boat.GetName()); err != nil {
			return err
		}
	}
	if version == "v2" {
		berth, _ := boat.Object["berth"].(string)
		boat.Object["pier"], boat.Object["place"], _ = strings.Cut(berth, "/")
		delete(boat.Object, "berth")
	} else {
		boat.Object["berth"] = fmt.Sprintf("%v/%v", boat.Object["pier"], boat.Object["place"])
		delete(boat.Object, "pier")
		delete(boat.Object, "place")
	}
	boat.SetAPIVersion("example.com/" + version)
	return nil
}

func (c boatCodec) Encode(object runtime.Object, w io.Writer) error {
	boat := object.DeepCopyObject().(*unstructured.Unstructured)
	if err := c.convert(boat, "v1"); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(boat.Object)
}

func (c boatCodec) Decode(data []byte, _ *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	boat := into.(*unstructured.Unstructured)
	boat.Object = map[string]any{}
	if err := json.Unmarshal(data, &boat.Object); err != nil {
		return nil, nil, err
	}
	return boat, nil, c.convert(boat, c.version)
}

func (c boatCodec) Identifier() runtime.Identifier {
	return runtime.Identifier("boats in " + c.version)
}

func newBoat(version, name, pier, place string) *unstructured.Unstructured {
	boat := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "example.com/" + version, "kind": "Boat"}}
	if name != "" {
		boat.SetName(name)
		boat.SetNamespace("sea")
		moor(boat, pier, place)
	}
	return boat
}

// moor sets where a boat lies, in its version.
func moor(boat *unstructured.Unstructured, pier, place string) {
	if boat.GetAPIVersion() == "example.com/v2" {
		boat.Object["pier"], boat.Object["place"] = pier, place
	} else {
		boat.Object["berth"] = pier + "/" + place
	}
}

func boatKey(name string) string { return "/example.com/boats/sea/" + name }

// create creates a boat, through a version.
func (h *harbour) create(t testing.TB, version, name, pier, place string) {
	t.Helper()
	if err := h.versions[version].Create(context.Background(), boatKey(name), newBoat(version, name, pier, place), nil, 0); err != nil {
		t.Fatalf("create %q: %v", name, err)
	}
}

// move changes where a boat lies, through a version, and returns it.
func (h *harbour) move(t testing.TB, version, name, pier, place string) *unstructured.Unstructured {
	t.Helper()
	out := newBoat(version, "", "", "")
	err := h.versions[version].GuaranteedUpdate(context.Background(), boatKey(name), out, false, nil, storage.SimpleUpdate(
		func(object runtime.Object) (runtime.Object, error) {
			moor(object.(*unstructured.Unstructured), pier, place)
			return object, nil
		}), nil)
	if err != nil {
		t.Fatalf("move %q: %v", name, err)
	}
	return out
}

// remove deletes a boat, through a version.
func (h *harbour) remove(t testing.TB, version, name string) {
	t.Helper()
	err := h.versions[version].Delete(context.Background(), boatKey(name), newBoat(version, "", "", ""), nil, storage.ValidateAllObjectFunc, nil, storage.DeleteOptions{})
	if err != nil {
		t.Fatalf("delete %q: %v", name, err)
	}
}

// selecting returns a predicate of boats by the fields of either version, "" for all.
func selecting(t testing.TB, selector string) storage.SelectionPredicate {
	t.Helper()
	if selector == "" {
		return storage.Everything
	}
	parsed, err := fields.ParseSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return storage.SelectionPredicate{Label: labels.Everything(), Field: parsed, GetAttrs: func(object runtime.Object) (labels.Set, fields.Set, error) {
		set := fields.Set{}
		for _, field := range []string{"berth", "pier", "place"} {
			if value, ok := object.(*unstructured.Unstructured).Object[field].(string); ok {
				set[field] = value
			}
		}
		return nil, set, nil
	}}
}

// watch watches the boats of a version that a selector selects.
func (h *harbour) watch(t testing.TB, version, selector string, opts storage.ListOptions) watch.Interface {
	t.Helper()
	bookmarks := opts.Predicate.AllowWatchBookmarks
	opts.Recursive, opts.Predicate = true, selecting(t, selector)
	opts.Predicate.AllowWatchBookmarks = bookmarks
	w, err := h.versions[version].Watch(context.Background(), "/example.com/boats/", opts)
	if err != nil {
		t.Fatalf("watch: %v", err)
	}
	t.Cleanup(w.Stop)
	return w
}

// list returns the boats of a version that a selector selects, as "name berth".
func (h *harbour) list(t testing.TB, version, selector string) []string {
	t.Helper()
	list := &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": "example.com/" + version, "kind": "BoatList"}}
	err := h.versions[version].GetList(context.Background(), "/example.com/boats/", storage.ListOptions{Recursive: true, Predicate: selecting(t, selector)}, list)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	boats := []string{}
	for i := range list.Items {
		boats = append(boats, describe(&list.Items[i]))
	}
	return boats
}

// describe returns a boat as "name berth", in the words of its version.
func describe(boat *unstructured.Unstructured) string {
	if boat.GetAPIVersion() == "example.com/v2" {
		return fmt.Sprintf("%s pier %v place %v", boat.GetName(), boat.Object["pier"], boat.Object["place"])
	}
	return fmt.Sprintf("%s berth %v", boat.GetName(), boat.Object["berth"])
}

// said returns an event as "TYPE revision boat".
func said(t testing.TB, event watch.Event) string {
	t.Helper()
	revision := revisionOf(t, event)
	object := event.Object
	if shared, ok := object.(runtime.CacheableObject); ok {
		object = shared.GetObject()
	}
	if event.Type == watch.Bookmark {
		return fmt.Sprintf("BOOKMARK %d", revision)
	}
	return fmt.Sprintf("%s %d %s", event.Type, revision, describe(object.(*unstructured.Unstructured)))
}
