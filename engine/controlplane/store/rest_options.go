package store

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/generic"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/client-go/tools/cache"
)

// RESTOptionsGetter makes the generic registry keep its resources in a Store. As
// with etcd, the storage factory determines the version that each resource is
// encoded in and the prefix of its keys, so the store's keys are those of a real
// cluster's etcd.
type RESTOptionsGetter struct {
	Store   *Store
	Factory serverstorage.StorageFactory
}

var _ generic.RESTOptionsGetter = RESTOptionsGetter{}

// GetRESTOptions implements generic.RESTOptionsGetter.
func (g RESTOptionsGetter) GetRESTOptions(resource schema.GroupResource, example runtime.Object) (generic.RESTOptions, error) {
	config, err := g.Factory.NewConfig(resource, example)
	if err != nil {
		return generic.RESTOptions{}, fmt.Errorf("find the storage configuration of %q: %w", resource, err)
	}
	return generic.RESTOptions{
		StorageConfig:           config,
		Decorator:               g.Store.decorate,
		EnableGarbageCollection: true,
		DeleteCollectionWorkers: 1,
		ResourcePrefix:          g.Factory.ResourcePrefix(resource),
	}, nil
}

// decorate is the store's generic.StorageDecorator.
func (s *Store) decorate(
	config *storagebackend.ConfigForResource,
	resourcePrefix string,
	_ func(runtime.Object) (string, error),
	newFunc func() runtime.Object,
	_ func() runtime.Object,
	_ storage.AttrFunc,
	_ storage.IndexerFuncs,
	_ *cache.Indexers,
) (storage.Interface, factory.DestroyFunc, error) {
	r, err := s.resource(ResourceConfig{
		GroupResource:  config.GroupResource,
		Codec:          config.Codec,
		Prefix:         config.Prefix,
		ResourcePrefix: resourcePrefix,
		NewObject:      newFunc,
	})
	if err != nil {
		return nil, nil, err
	}
	return r, r.destroy, nil
}

// destroy ends the watches of a resource that is not served any more, and forgets
// the resource. The objects stay.
func (r *resource) destroy() {
	s := r.store
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registered = slices.DeleteFunc(s.registered, func(known registration) bool { return known.owner == r })
	for _, w := range s.watchers {
		if w.resource == r {
			w.end()
		}
	}
	s.forgetEnded()
}
