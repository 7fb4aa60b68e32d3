package apiserver

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/registry/generic"
	genericapiserver "k8s.io/apiserver/pkg/server"
	genericoptions "k8s.io/apiserver/pkg/server/options"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/client-go/informers"

	"tabernetes/engine/controlplane/store"
)

// storagePrefix is kube-apiserver's default for --etcd-prefix.
const storagePrefix = "/registry"

// extensionsConfig makes the configuration of the server of custom resources from
// that of the built-in ones, as upstream's CreateAPIExtensionsConfig does
// (k8s.io/kubernetes/pkg/controlplane/apiserver/apiextensions.go). Definitions are
// stored as v1.
func extensionsConfig(config genericapiserver.Config, objects *store.Store, shared informers.SharedInformerFactory, dial DialFunc) *apiextensionsapiserver.Config {
	config.PostStartHooks = map[string]genericapiserver.PostStartHookConfigEntry{}
	config.MergedResourceConfig = apiextensionsapiserver.DefaultAPIResourceConfigSource()
	config.RESTOptionsGetter = storageInJSON(objects, apiextensionsapiserver.Codecs.LegacyCodec(apiextensionsv1.SchemeGroupVersion), apiextensionsv1.SchemeGroupVersion)
	return &apiextensionsapiserver.Config{
		GenericConfig: &genericapiserver.RecommendedConfig{Config: config, SharedInformerFactory: shared},
		ExtraConfig: apiextensionsapiserver.ExtraConfig{
			CRDRESTOptionsGetter: storageInJSON(objects, runtime.NewCodec(unstructured.UnstructuredJSONScheme, unstructured.UnstructuredJSONScheme), nil),
			MasterCount:          1,
			ServiceResolver:      clusterIPs(shared),
			AuthResolverWrapper:  webhookClients(config.LoopbackClientConfig, dial),
		},
	}
}

// storageInJSON keeps resources as the API servers beside the built-in one keep
// them in etcd: in JSON, below the name of their group.
func storageInJSON(objects *store.Store, codec runtime.Codec, version runtime.GroupVersioner) generic.RESTOptionsGetter {
	return store.RESTOptionsGetter{Store: objects, Factory: &genericoptions.SimpleStorageFactory{
		StorageConfig: storagebackend.Config{Prefix: storagePrefix, Codec: codec, EncodeVersioner: version},
	}}
}
