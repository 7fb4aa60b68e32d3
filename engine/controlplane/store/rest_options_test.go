package store

import (
	"context"
	"testing"

	metainternalversion "k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	examplev1 "k8s.io/apiserver/pkg/apis/example/v1"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/generic"
	genericregistry "k8s.io/apiserver/pkg/registry/generic/registry"
	"k8s.io/apiserver/pkg/registry/rest"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/names"
	"k8s.io/apiserver/pkg/storage/storagebackend"
)

var podsResource = schema.GroupResource{Group: example.GroupName, Resource: "pods"}

// newGetter returns the options getter of a new store, with a storage factory as
// an API server has it.
func newGetter(t *testing.T) RESTOptionsGetter {
	t.Helper()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	scheme := newScheme(t)
	return RESTOptionsGetter{Store: s, Factory: serverstorage.NewDefaultStorageFactory(
		*storagebackend.NewDefaultConfig("/registry", nil),
		runtime.ContentTypeProtobuf,
		serializer.NewCodecFactory(scheme),
		serverstorage.NewDefaultResourceEncodingConfig(scheme),
		serverstorage.NewResourceConfig(),
		map[schema.GroupResource]string{{Group: example.GroupName, Resource: "replicasets"}: "controllers"},
	)}
}

func TestRESTOptions(t *testing.T) {
	options, err := newGetter(t).GetRESTOptions(podsResource, &example.Pod{})
	if err != nil {
		t.Fatal(err)
	}
	if !options.EnableGarbageCollection || options.DeleteCollectionWorkers != 1 || options.CountMetricPollPeriod != 0 ||
		options.ResourcePrefix != "pods" || options.StorageConfig == nil || options.Decorator == nil {
		t.Errorf("got %+v", options)
	}
	options, err = newGetter(t).GetRESTOptions(schema.GroupResource{Group: example.GroupName, Resource: "replicasets"}, &example.ReplicaSet{})
	if err != nil || options.ResourcePrefix != "controllers" {
		t.Errorf("prefix of a resource with one of its own: got %q, %v, want controllers", options.ResourcePrefix, err)
	}
}

// podStrategy is the least that upstream's registry accepts.
type podStrategy struct {
	runtime.ObjectTyper
	names.NameGenerator
}

func (podStrategy) NamespaceScoped() bool                                            { return true }
func (podStrategy) PrepareForCreate(context.Context, runtime.Object)                 {}
func (podStrategy) PrepareForUpdate(context.Context, runtime.Object, runtime.Object) {}
func (podStrategy) Validate(context.Context, runtime.Object) field.ErrorList         { return nil }
func (podStrategy) ValidateUpdate(context.Context, runtime.Object, runtime.Object) field.ErrorList {
	return nil
}
func (podStrategy) WarningsOnCreate(context.Context, runtime.Object) []string { return nil }
func (podStrategy) WarningsOnUpdate(context.Context, runtime.Object, runtime.Object) []string {
	return nil
}
func (podStrategy) AllowCreateOnUpdate(context.Context) bool      { return false }
func (podStrategy) AllowUnconditionalUpdate(context.Context) bool { return true }
func (podStrategy) Canonicalize(runtime.Object)                   {}

// newRegistry returns upstream's registry of pods on the store.
func newRegistry(t *testing.T, getter generic.RESTOptionsGetter) *genericregistry.Store {
	t.Helper()
	strategy := podStrategy{newScheme(t), names.SimpleNameGenerator}
	registry := &genericregistry.Store{
		NewFunc:                   newPod,
		NewListFunc:               func() runtime.Object { return &example.PodList{} },
		DefaultQualifiedResource:  podsResource,
		SingularQualifiedResource: schema.GroupResource{Group: example.GroupName, Resource: "pod"},
		CreateStrategy:            strategy,
		UpdateStrategy:            strategy,
		DeleteStrategy:            strategy,
		TableConvertor:            rest.NewDefaultTableConvertor(podsResource),
		PredicateFunc: func(label labels.Selector, field fields.Selector) storage.SelectionPredicate {
			return storage.SelectionPredicate{Label: label, Field: field, GetAttrs: storage.DefaultNamespaceScopedAttr}
		},
	}
	if err := registry.CompleteWithOptions(&generic.StoreOptions{RESTOptions: getter, AttrFunc: storage.DefaultNamespaceScopedAttr}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Destroy)
	return registry
}

// TestRegistry drives the store through upstream's registry: what it stores is
// what a cluster's etcd would hold.
func TestRegistry(t *testing.T) {
	getter := newGetter(t)
	registry := newRegistry(t, getter)
	ctx := request.WithNamespace(context.Background(), "ns")
	w, err := registry.Watch(ctx, &metainternalversion.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}

	created, err := registry.Create(ctx, pod("ns", "name"), rest.ValidateAllObjectFunc, &metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := created.(*example.Pod).CreationTimestamp; got.Nanosecond() != 0 || got.IsZero() {
		t.Errorf("creation timestamp %v, want whole seconds, as a client reads them", got.Time)
	}
	values := getter.Store.Snapshot().Values
	if len(values) != 1 || values[0].Key != "/registry/pods/ns/name" {
		t.Fatalf("the store holds %v, want /registry/pods/ns/name", values)
	}
	stored := &examplev1.Pod{}
	if err := runtime.DecodeInto(serializer.NewCodecFactory(newScheme(t)).UniversalDeserializer(), values[0].Encoded, stored); err != nil || stored.UID == "" {
		t.Errorf("stored: got %v, %v, want a pod of version v1 with a UID", stored, err)
	}

	// What was read can be written back: nothing in it differs from what is stored.
	got, err := registry.Get(ctx, "name", &metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	updated, _, err := registry.Update(ctx, "name", rest.DefaultUpdatedObjectInfo(got), rest.ValidateAllObjectFunc, rest.ValidateAllObjectUpdateFunc, false, &metav1.UpdateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := updated.(*example.Pod).ResourceVersion, created.(*example.Pod).ResourceVersion; got != want {
		t.Errorf("an update without a change is at revision %s, want %s", got, want)
	}

	if _, _, err := registry.Delete(ctx, "name", rest.ValidateAllObjectFunc, &metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []watch.EventType{watch.Added, watch.Deleted} {
		if event := <-w.ResultChan(); event.Type != want || nameOf(event) != "name" {
			t.Errorf("event: got %s %s, want %s name", event.Type, nameOf(event), want)
		}
	}
	registry.Destroy()
	if event, ok := <-w.ResultChan(); ok {
		t.Errorf("watch after the registry is destroyed: got %v, want its end", event)
	}
}

// TestSharedPrefix checks that two resources may keep the same objects, and that
// objects cannot get mixed up.
func TestSharedPrefix(t *testing.T) {
	e := newStore(t, Options{})
	same := podsConfig(e.codec)
	same.GroupResource.Group = "other"
	shared, err := e.store.Resource(same)
	if err != nil {
		t.Fatal(err)
	}
	created := e.create(t, pod("ns", "name"))
	var got example.Pod
	if err := shared.Get(context.Background(), podKey(created), storage.GetOptions{}, &got); err != nil || got.UID != created.UID {
		t.Errorf("get through the other resource: got %v, %v", got, err)
	}
	for name, change := range map[string]func(*ResourceConfig){
		"another type":    func(c *ResourceConfig) { c.NewObject = func() runtime.Object { return &example.ReplicaSet{} } },
		"a prefix within": func(c *ResourceConfig) { c.ResourcePrefix = "/pods/within" },
		"no codec":        func(c *ResourceConfig) { c.Codec = nil },
		"no constructor":  func(c *ResourceConfig) { c.NewObject = nil },
		"no prefix":       func(c *ResourceConfig) { c.ResourcePrefix = "/" },
		"no path":         func(c *ResourceConfig) { c.ResourcePrefix = "pods" },
	} {
		config := podsConfig(e.codec)
		change(&config)
		if _, err := e.store.Resource(config); err == nil {
			t.Errorf("register a resource with %s: got no error", name)
		}
	}
}
