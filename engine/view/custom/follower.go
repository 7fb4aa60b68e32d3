package custom

import (
	"context"
	"errors"
	"fmt"
	"sync"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
)

// Options configures a Follower.
type Options struct {
	// Definitions is the informer of CustomResourceDefinitions. The caller runs it.
	Definitions cache.SharedIndexInformer
	Client      dynamic.Interface
}

// Follower follows custom objects. It is safe for concurrent use.
type Follower struct {
	options  Options
	handlers []func(kind schema.GroupVersionResource) cache.ResourceEventHandler

	mu    sync.Mutex
	kinds map[string]*followed // by the name of the definition; guarded by mu
}

// followed is one kind whose objects are watched.
type followed struct {
	resource schema.GroupVersionResource
	kind     string
	informer cache.SharedIndexInformer
	stop     context.CancelFunc
	ended    chan struct{} // closed when no handler will be called any more
}

// New makes a Follower.
func New(options Options) (*Follower, error) {
	if options.Definitions == nil || options.Client == nil {
		return nil, errors.New("make follower of custom objects: no definitions or no client")
	}
	return &Follower{options: options, kinds: map[string]*followed{}}, nil
}

// Observe has the functions called with each *Object that is there or becomes so,
// changes and goes, also by ceasing to be served. It is called before Run.
func (f *Follower) Observe(put func(object any), replace func(old, changed any), forget func(object any)) {
	f.handlers = append(f.handlers, func(resource schema.GroupVersionResource) cache.ResourceEventHandler {
		return cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { put(objectOf(object, resource)) },
			UpdateFunc: func(old, changed any) { replace(objectOf(old, resource), objectOf(changed, resource)) },
			DeleteFunc: func(object any) { forget(objectOf(object, resource)) },
		}
	})
}

// objectOf makes the Object of what an informer holds.
func objectOf(object any, resource schema.GroupVersionResource) any {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	if content, ok := object.(*unstructured.Unstructured); ok {
		return &Object{content, resource}
	}
	return object // dynamic informers hold no other types
}

// Run follows until ctx ends, and returns when every watch has ended.
func (f *Follower) Run(ctx context.Context) error {
	var watches sync.WaitGroup
	defer watches.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	follow := func(object any) {
		if definition, ok := object.(*apiextensionsv1.CustomResourceDefinition); ok {
			f.follow(ctx, definition, &watches)
		}
	}
	registration, err := f.options.Definitions.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    follow,
		UpdateFunc: func(_, changed any) { follow(changed) },
		DeleteFunc: func(object any) {
			if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = tombstone.Obj
			}
			if definition, ok := object.(*apiextensionsv1.CustomResourceDefinition); ok {
				f.leave(definition.Name)
			}
		},
	})
	if err != nil {
		return fmt.Errorf("follow custom objects: %w", err)
	}
	<-ctx.Done()
	if err := f.options.Definitions.RemoveEventHandler(registration); err != nil {
		return fmt.Errorf("follow custom objects: %w", err)
	}
	return nil
}

// follow watches the objects of a definition that is established, by its version of
// storage, so that nothing need be converted.
func (f *Follower) follow(ctx context.Context, definition *apiextensionsv1.CustomResourceDefinition, watches *sync.WaitGroup) {
	resource, served := served(definition)
	f.mu.Lock()
	known := f.kinds[definition.Name]
	f.mu.Unlock()
	if known != nil && (!served || known.resource != resource) {
		f.leave(definition.Name)
		known = nil
	}
	if known != nil || !served || ctx.Err() != nil {
		return
	}
	informer := dynamicinformer.NewFilteredDynamicInformer(f.options.Client, resource, metav1.NamespaceAll, 0, cache.Indexers{}, nil).Informer()
	for _, handler := range f.handlers {
		if _, err := informer.AddEventHandler(handler(resource)); err != nil {
			return // only an informer that has stopped takes none
		}
	}
	watching, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	f.mu.Lock()
	f.kinds[definition.Name] = &followed{resource, definition.Spec.Names.Kind, informer, stop, ended}
	f.mu.Unlock()
	watches.Go(func() {
		defer close(ended)
		informer.RunWithContext(watching)
	})
}

// served returns the resource of a definition's version of storage, and whether the
// API serves it.
func served(definition *apiextensionsv1.CustomResourceDefinition) (schema.GroupVersionResource, bool) {
	established := false
	for _, condition := range definition.Status.Conditions {
		if condition.Type == apiextensionsv1.Established {
			established = condition.Status == apiextensionsv1.ConditionTrue
		}
	}
	for _, version := range definition.Spec.Versions {
		if version.Storage {
			return schema.GroupVersionResource{
				Group: definition.Spec.Group, Version: version.Name, Resource: definition.Spec.Names.Plural,
			}, established && version.Served
		}
	}
	return schema.GroupVersionResource{}, false
}

// leave stops to watch the objects of a definition, and has the observers forget
// those that are still known.
func (f *Follower) leave(definition string) {
	f.mu.Lock()
	known := f.kinds[definition]
	delete(f.kinds, definition)
	f.mu.Unlock()
	if known == nil {
		return
	}
	known.stop()
	<-known.ended
	for _, object := range known.informer.GetStore().List() {
		for _, handler := range f.handlers {
			handler(known.resource).OnDelete(object)
		}
	}
}

// Find returns the object of a custom kind, nil if there is none.
func (f *Follower) Find(kind schema.GroupKind, namespace, name string) *Object {
	key := name
	if namespace != "" {
		key = namespace + "/" + name
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, known := range f.kinds {
		if known.kind != kind.Kind || known.resource.Group != kind.Group {
			continue
		}
		stored, exists, err := known.informer.GetStore().GetByKey(key)
		if err != nil || !exists {
			continue
		}
		if object, ok := objectOf(stored, known.resource).(*Object); ok {
			return object
		}
	}
	return nil
}
