package controllers

import (
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
)

// unsettled is how long the API server is asked anew after the resource types have
// changed: its own controllers learn of a definition when everybody does, and serve
// it a moment later. No controller looks less often than twice in this time.
const unsettled = 2 * syncPeriod

// typesFollow are the resources on which the resource types of a cluster depend.
var typesFollow = []schema.GroupVersionResource{
	{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"},
	{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"},
}

// resourceTypes is discovery that is answered from memory until a definition of
// custom resources or an APIService changes.
type resourceTypes struct {
	discovery.CachedDiscoveryInterface

	mu      sync.Mutex
	changed time.Time // guarded by mu
}

// follow has informers tell of changes. It must be called before they run.
func (r *resourceTypes) follow(informers metadatainformer.SharedInformerFactory) error {
	for _, resource := range typesFollow {
		_, err := informers.ForResource(resource).Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { r.change() },
			UpdateFunc: func(any, any) { r.change() },
			DeleteFunc: func(any) { r.change() },
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *resourceTypes) change() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changed = time.Now()
}

// refresh forgets what is in memory if it may be out of date.
func (r *resourceTypes) refresh() {
	r.mu.Lock()
	recent := !r.changed.IsZero() && time.Since(r.changed) < unsettled
	r.mu.Unlock()
	if recent {
		r.Invalidate()
	}
}

// ServerPreferredResources implements discovery.ServerResourcesInterface.
func (r *resourceTypes) ServerPreferredResources() ([]*metav1.APIResourceList, error) {
	r.refresh()
	return r.CachedDiscoveryInterface.ServerPreferredResources()
}

// ServerPreferredNamespacedResources implements discovery.ServerResourcesInterface.
func (r *resourceTypes) ServerPreferredNamespacedResources() ([]*metav1.APIResourceList, error) {
	r.refresh()
	return r.CachedDiscoveryInterface.ServerPreferredNamespacedResources()
}
