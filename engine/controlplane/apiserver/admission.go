package apiserver

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/initializer"
	"k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle"
	"k8s.io/apiserver/pkg/admission/plugin/resourcequota"
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
	"k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds"
	"k8s.io/kubernetes/plugin/pkg/admission/limitranger"
	"k8s.io/kubernetes/plugin/pkg/admission/nodetaint"
	"k8s.io/kubernetes/plugin/pkg/admission/priority"
	"k8s.io/kubernetes/plugin/pkg/admission/security/podsecurity"
	"k8s.io/kubernetes/plugin/pkg/admission/serviceaccount"
	"k8s.io/kubernetes/plugin/pkg/admission/storage/persistentvolume/resize"
	"k8s.io/kubernetes/plugin/pkg/admission/storage/storageclass/setdefault"
	"k8s.io/kubernetes/plugin/pkg/admission/storage/storageobjectinuseprotection"
)

// admissionPlugins are the plugins of kube-apiserver's default set that work
// without a network, in the order of upstream's AllOrderedPlugins
// (k8s.io/kubernetes/pkg/kubeapiserver/options/plugins.go), and one of ours.
var admissionPlugins = []struct {
	name     string
	register func(*admission.Plugins)
}{
	{lifecycle.PluginName, lifecycle.Register},
	{limitranger.PluginName, limitranger.Register},
	{serviceaccount.PluginName, serviceaccount.Register},
	{nodetaint.PluginName, nodetaint.Register},
	{podsecurity.PluginName, podsecurity.Register},
	{priority.PluginName, priority.Register},
	{defaulttolerationseconds.PluginName, defaulttolerationseconds.Register},
	{setdefault.PluginName, setdefault.Register},
	{storageobjectinuseprotection.PluginName, storageobjectinuseprotection.Register},
	{resize.PluginName, resize.Register},
	{notEnforcedName, registerNotEnforced},
	{resourcequota.PluginName, resourcequota.Register},
}

// newAdmission builds the admission chain as upstream's AdmissionOptions.ApplyTo
// does. The goroutines of the plugins end when drained is closed.
func newAdmission(
	config *genericapiserver.Config,
	resources serverstorage.APIResourceConfigSource,
	client kubernetes.Interface,
	dynamicClient dynamic.Interface,
	informers informers.SharedInformerFactory,
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
		controlplaneadmission.NewPluginInitializer(quota, exclusion.Excluded()),
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("build admission chain: %w", err)
	}
	return chain, nil
}
