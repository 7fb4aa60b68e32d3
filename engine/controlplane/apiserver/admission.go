package apiserver

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/initializer"
	webhookinitializer "k8s.io/apiserver/pkg/admission/plugin/webhook/initializer"
	genericapiserver "k8s.io/apiserver/pkg/server"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"
	controlplaneadmission "k8s.io/kubernetes/pkg/controlplane/apiserver/admission"
	"k8s.io/kubernetes/pkg/kubeapiserver/admission/exclusion"
	quotainstall "k8s.io/kubernetes/pkg/quota/v1/install"
)

// newAdmission builds the admission chain as upstream's AdmissionOptions.ApplyTo
// does. The goroutines of the plugins end when drained is closed.
func newAdmission(
	config *genericapiserver.Config,
	resources serverstorage.APIResourceConfigSource,
	client kubernetes.Interface,
	dynamicClient dynamic.Interface,
	informers informers.SharedInformerFactory,
	dial DialFunc,
	drained <-chan struct{},
) (admission.Interface, error) {
	plugins := &admission.Plugins{}
	var names []string
	for _, plugin := range admissionPlugins {
		plugin.register(plugins)
		names = append(names, plugin.name)
	}
	configuration, err := admission.ReadAdmissionConfiguration(names, "", runtime.NewScheme())
	if err != nil {
		return nil, fmt.Errorf("read admission configuration: %w", err)
	}
	quota, err := quotainstall.NewQuotaConfigurationForAdmission(informers, resources)
	if err != nil {
		return nil, fmt.Errorf("configure quota: %w", err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client.Discovery()))
	chain, err := plugins.NewFromPlugins(names, configuration, admission.PluginInitializers{
		initializer.NewAPIServerIDInitializer(config.APIServerID),
		initializer.New(client, dynamicClient, informers, config.Authorization.Authorizer,
			utilfeature.DefaultFeatureGate, config.EffectiveVersion, drained, mapper),
		webhookinitializer.NewPluginInitializer(webhookClients(config.LoopbackClientConfig, dial), clusterIPs(informers)),
		controlplaneadmission.NewPluginInitializer(quota, exclusion.Excluded()),
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("build admission chain: %w", err)
	}
	return chain, nil
}
