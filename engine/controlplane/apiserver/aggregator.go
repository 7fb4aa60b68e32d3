package apiserver

import (
	"fmt"
	"net/http"

	apiextensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apimachinery/pkg/runtime/schema"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/informers"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	aggregatorapiserver "k8s.io/kube-aggregator/pkg/apiserver"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kubernetes/pkg/apis/extensions"
	controlplaneapiserver "k8s.io/kubernetes/pkg/controlplane/apiserver"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"tabernetes/engine/controlplane/store"
)

// aggregatorConfig makes the configuration of the aggregator from that of the
// built-in resources, as upstream's CreateAggregatorConfig does
// (k8s.io/kubernetes/pkg/controlplane/apiserver/aggregator.go).
func aggregatorConfig(config genericapiserver.Config, objects *store.Store, shared informers.SharedInformerFactory, dial DialFunc) *aggregatorapiserver.Config {
	config.PostStartHooks = map[string]genericapiserver.PostStartHookConfigEntry{}
	config.MergedResourceConfig = aggregatorapiserver.DefaultAPIResourceConfigSource()
	config.RESTOptionsGetter = storageInJSON(objects, aggregatorscheme.Codecs.LegacyCodec(apiregistrationv1.SchemeGroupVersion), apiregistrationv1.SchemeGroupVersion)
	return &aggregatorapiserver.Config{
		GenericConfig: &genericapiserver.RecommendedConfig{Config: config, SharedInformerFactory: shared},
		ExtraConfig: aggregatorapiserver.ExtraConfig{
			ServiceResolver: clusterIPs(shared),
			ProxyTransport:  &http.Transport{DialContext: dial},
		},
	}
}

// newAggregator puts the aggregator before the other two servers. Of what
// APIAggregator.PrepareRun adds to the generic server, which is OpenAPI, nothing is
// wanted here (see openAPI). Without files the aggregator has no certificate of its own to
// show to the servers behind an APIService.
func newAggregator(config *aggregatorapiserver.Config, builtin *genericapiserver.GenericAPIServer, custom *apiextensionsapiserver.CustomResourceDefinitions) (*aggregatorapiserver.APIAggregator, error) {
	definitions := custom.Informers.Apiextensions().V1().CustomResourceDefinitions()
	aggregator, err := controlplaneapiserver.CreateAggregatorServer(config.Complete(), builtin, definitions, true, groupPriorities())
	if err != nil {
		return nil, fmt.Errorf("create the aggregator: %w", err)
	}
	return aggregator, nil
}

// groupPriorities are the priorities that kube-apiserver registers its groups with
// (k8s.io/kubernetes/cmd/kube-apiserver/app/aggregator.go): they order discovery,
// and so decide which group an unqualified resource name stands for. The older
// versions come last; metrics.k8s.io has what the metrics server's manifest says.
func groupPriorities() map[schema.GroupVersion]controlplaneapiserver.APIServicePriority {
	priorities := controlplaneapiserver.DefaultGenericAPIServicePriorities()
	for version, priority := range map[schema.GroupVersion]controlplaneapiserver.APIServicePriority{
		{Group: "apps", Version: "v1"}:                    {Group: 17800, Version: 15},
		{Group: "apps", Version: "v1beta2"}:               {Group: 17800, Version: 9},
		{Group: "apps", Version: "v1beta1"}:               {Group: 17800, Version: 1},
		{Group: "autoscaling", Version: "v2"}:             {Group: 17500, Version: 30},
		{Group: "autoscaling", Version: "v1"}:             {Group: 17500, Version: 15},
		{Group: "batch", Version: "v1"}:                   {Group: 17400, Version: 15},
		{Group: "networking.k8s.io", Version: "v1"}:       {Group: 17200, Version: 15},
		{Group: "policy", Version: "v1"}:                  {Group: 17100, Version: 15},
		{Group: "storage.k8s.io", Version: "v1"}:          {Group: 16800, Version: 15},
		{Group: "scheduling.k8s.io", Version: "v1"}:       {Group: 16600, Version: 15},
		{Group: "node.k8s.io", Version: "v1"}:             {Group: 16300, Version: 15},
		{Group: "resource.k8s.io", Version: "v1"}:         {Group: 16200, Version: 21},
		{Group: extensions.GroupName, Version: "v1beta1"}: {Group: 50, Version: 1},
		metricsv1beta1.SchemeGroupVersion:                 {Group: 100, Version: 100},
	} {
		priorities[version] = priority
	}
	return priorities
}
