package apiserver

import (
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/registry/rest"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/extensions"
	deploymentstorage "k8s.io/kubernetes/pkg/registry/apps/deployment/storage"
	replicasetstorage "k8s.io/kubernetes/pkg/registry/apps/replicaset/storage"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// olderVersions are group versions that clusters stopped serving in v1.16 and
// whose types, defaults and conversions upstream still carries. They are served
// so that manifests of that time apply unchanged; each answer has the Warning
// header that clusters gave while they served them, which upstream derives from
// the types' own APILifecycleRemoved.
var olderVersions = []struct {
	version   schema.GroupVersion
	resources []string
}{
	{
		schema.GroupVersion{Group: "apps", Version: "v1beta1"},
		[]string{"deployments", "deployments/status", "deployments/scale"},
	},
	{
		schema.GroupVersion{Group: "apps", Version: "v1beta2"},
		[]string{
			"deployments", "deployments/status", "deployments/scale",
			"replicasets", "replicasets/status", "replicasets/scale",
		},
	},
	{
		schema.GroupVersion{Group: extensions.GroupName, Version: "v1beta1"},
		[]string{
			"deployments", "deployments/status", "deployments/scale",
			"replicasets", "replicasets/status", "replicasets/scale",
		},
	},
}

// addOlderVersions serves the older versions from the storage of apps/v1 itself:
// those of the group apps are added to apps, the others are returned as the group
// "extensions".
//
// For a patch of the scale subresource, the storage looks up which field holds the
// replicas in the requested version, and ends the process for a version that it
// does not know.
func addOlderVersions(apps *genericapiserver.APIGroupInfo) (*genericapiserver.APIGroupInfo, error) {
	knowReplicas()
	current := apps.VersionedResourcesStorageMap["v1"]
	extensionsGroup := genericapiserver.NewDefaultAPIGroupInfo(extensions.GroupName, legacyscheme.Scheme, legacyscheme.ParameterCodec, legacyscheme.Codecs)
	for _, older := range olderVersions {
		storage := map[string]rest.Storage{}
		for _, resource := range older.resources {
			shared, ok := current[resource]
			if !ok {
				return nil, fmt.Errorf("serve %q in %q: apps/v1 has no such resource", resource, older.version)
			}
			storage[resource] = withoutShortNames(shared)
		}
		if older.version.Group == extensions.GroupName {
			extensionsGroup.VersionedResourcesStorageMap[older.version.Version] = storage
		} else {
			apps.VersionedResourcesStorageMap[older.version.Version] = storage
		}
	}
	return &extensionsGroup, nil
}

// knowReplicas tells upstream's storages of apps where objects of the group
// "extensions" have their replicas: in the same field as all others. The tables
// are upstream's, one for all API servers of a process.
var knowReplicas = sync.OnceFunc(func() {
	version := schema.GroupVersion{Group: extensions.GroupName, Version: "v1beta1"}.String()
	for _, paths := range []managedfields.ResourcePathMappings{
		deploymentstorage.ReplicasPathMappings(), replicasetstorage.ReplicasPathMappings(),
	} {
		paths[version] = fieldpath.MakePathOrDie("spec", "replicas")
	}
})

// withoutShortNames leaves the short names and categories of a resource to its
// current version: "rs" and "all" must not stand for the same objects twice. A
// storage of any other type has neither.
func withoutShortNames(shared rest.Storage) rest.Storage {
	switch storage := shared.(type) {
	case *deploymentstorage.REST:
		return storage.Store
	case *replicasetstorage.REST:
		return storage.Store
	default:
		return shared
	}
}

// OlderResources are the resources of the group "extensions". They show the
// objects of apps, so code that walks all resources must skip them.
func OlderResources() []schema.GroupResource {
	return []schema.GroupResource{extensions.Resource("deployments"), extensions.Resource("replicasets")}
}
