package apiserver

import (
	"fmt"
	"time"

	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/registry/generic"
	genericapiserver "k8s.io/apiserver/pkg/server"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/kubeapiserver"
	admissionregistrationrest "k8s.io/kubernetes/pkg/registry/admissionregistration/rest"
	authenticationrest "k8s.io/kubernetes/pkg/registry/authentication/rest"
	authorizationrest "k8s.io/kubernetes/pkg/registry/authorization/rest"

	appsrest "k8s.io/kubernetes/pkg/registry/apps/rest"
	autoscalingrest "k8s.io/kubernetes/pkg/registry/autoscaling/rest"
	batchrest "k8s.io/kubernetes/pkg/registry/batch/rest"
	certificatesrest "k8s.io/kubernetes/pkg/registry/certificates/rest"
	coordinationrest "k8s.io/kubernetes/pkg/registry/coordination/rest"
	discoveryrest "k8s.io/kubernetes/pkg/registry/discovery/rest"
	eventsrest "k8s.io/kubernetes/pkg/registry/events/rest"
	flowcontrolrest "k8s.io/kubernetes/pkg/registry/flowcontrol/rest"
	networkingrest "k8s.io/kubernetes/pkg/registry/networking/rest"
	noderest "k8s.io/kubernetes/pkg/registry/node/rest"
	policyrest "k8s.io/kubernetes/pkg/registry/policy/rest"
	rbacrest "k8s.io/kubernetes/pkg/registry/rbac/rest"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
	schedulingrest "k8s.io/kubernetes/pkg/registry/scheduling/rest"
	storagerest "k8s.io/kubernetes/pkg/registry/storage/rest"
	storagemigrationrest "k8s.io/kubernetes/pkg/registry/storagemigration/rest"
	// The groups register their types and conversions with legacyscheme.
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/authentication/install"
	_ "k8s.io/kubernetes/pkg/apis/authorization/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/certificates/install"
	_ "k8s.io/kubernetes/pkg/apis/coordination/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/events/install"
	_ "k8s.io/kubernetes/pkg/apis/extensions/install"
	_ "k8s.io/kubernetes/pkg/apis/flowcontrol/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	_ "k8s.io/kubernetes/pkg/apis/storagemigration/install"
)

// eventTTL is kube-apiserver's default for --event-ttl.
const eventTTL = time.Hour

// servedVersions are the enabled group versions, which are those that v1.37 serves
// by default. olderVersions are served in addition.
var servedVersions = []schema.GroupVersion{
	{Version: "v1"},
	{Group: "admissionregistration.k8s.io", Version: "v1"},
	{Group: "apps", Version: "v1"},
	{Group: "authentication.k8s.io", Version: "v1"},
	{Group: "authorization.k8s.io", Version: "v1"},
	{Group: "autoscaling", Version: "v1"},
	{Group: "autoscaling", Version: "v2"},
	{Group: "batch", Version: "v1"},
	{Group: "certificates.k8s.io", Version: "v1"},
	{Group: "coordination.k8s.io", Version: "v1"},
	{Group: "discovery.k8s.io", Version: "v1"},
	{Group: "events.k8s.io", Version: "v1"},
	{Group: "flowcontrol.apiserver.k8s.io", Version: "v1"},
	{Group: "networking.k8s.io", Version: "v1"},
	{Group: "node.k8s.io", Version: "v1"},
	{Group: "policy", Version: "v1"},
	{Group: "rbac.authorization.k8s.io", Version: "v1"},
	{Group: "resource.k8s.io", Version: "v1"},
	{Group: "scheduling.k8s.io", Version: "v1"},
	{Group: "storage.k8s.io", Version: "v1"},
	{Group: "storagemigration.k8s.io", Version: "v1"},
}

func newResourceConfig() *serverstorage.ResourceConfig {
	resources := serverstorage.NewResourceConfig()
	resources.EnableVersions(servedVersions...)
	return resources
}

// NewStorageFactory determines the key, the version and the encoding in which each
// resource is stored: those of kube-apiserver, with protobuf. StoredJSON converts
// values for other readers.
func NewStorageFactory() serverstorage.StorageFactory {
	return serverstorage.NewDefaultStorageFactory(
		storagebackend.Config{Prefix: storagePrefix},
		runtime.ContentTypeProtobuf,
		legacyscheme.Codecs,
		serverstorage.NewDefaultResourceEncodingConfig(legacyscheme.Scheme),
		newResourceConfig(),
		kubeapiserver.SpecialDefaultResourcePrefixes,
	)
}

// restStorageProvider is the interface of upstream's pkg/registry/*/rest packages.
type restStorageProvider interface {
	GroupName() string
	NewRESTStorage(serverstorage.APIResourceConfigSource, generic.RESTOptionsGetter) (genericapiserver.APIGroupInfo, error)
}

// installGroups serves the built-in API groups. groupPriorities orders them in
// discovery.
func (s *Server) installGroups(core coreStorage, resources serverstorage.APIResourceConfigSource, options generic.RESTOptionsGetter) error {
	legacy, err := core.NewRESTStorage(resources, options)
	if err != nil {
		return fmt.Errorf("create core storage: %w", err)
	}
	if err := s.builtin.InstallLegacyAPIGroup(genericapiserver.DefaultLegacyAPIPrefix, &legacy); err != nil {
		return fmt.Errorf("install core group: %w", err)
	}

	providers := []restStorageProvider{
		authenticationrest.RESTStorageProvider{Authenticator: s.authenticator, APIAudiences: authenticator.Audiences{tokenIssuer}},
		authorizationrest.RESTStorageProvider{Authorizer: s.authorizer, RuleResolver: s.authorizer},
		autoscalingrest.RESTStorageProvider{},
		batchrest.RESTStorageProvider{},
		certificatesrest.RESTStorageProvider{Authorizer: s.authorizer},
		coordinationrest.RESTStorageProvider{},
		discoveryrest.StorageProvider{},
		networkingrest.RESTStorageProvider{},
		noderest.RESTStorageProvider{},
		policyrest.RESTStorageProvider{},
		rbacrest.RESTStorageProvider{Authorizer: s.authorizer},
		schedulingrest.RESTStorageProvider{},
		storagerest.RESTStorageProvider{},
		storagemigrationrest.RESTStorageProvider{},
		flowcontrolrest.RESTStorageProvider{InformerFactory: s.informers},
		appsrest.StorageProvider{},
		admissionregistrationrest.RESTStorageProvider{Authorizer: s.authorizer, DiscoveryClient: s.client.Discovery()},
		eventsrest.RESTStorageProvider{TTL: eventTTL},
		resourcerest.RESTStorageProvider{NamespaceClient: s.client.CoreV1().Namespaces(), Authorizer: s.authorizer},
	}
	var groups []*genericapiserver.APIGroupInfo
	var extensions *genericapiserver.APIGroupInfo
	for _, provider := range providers {
		group, err := provider.NewRESTStorage(resources, options)
		if err != nil {
			return fmt.Errorf("create storage of group %q: %w", provider.GroupName(), err)
		}
		if provider.GroupName() == "apps" {
			if extensions, err = addOlderVersions(&group); err != nil {
				return err
			}
		}
		if hooks, ok := provider.(genericapiserver.PostStartHookProvider); ok {
			name, hook, err := hooks.PostStartHook()
			if err != nil {
				return fmt.Errorf("build the start hook of group %q: %w", provider.GroupName(), err)
			}
			switch provider.GroupName() {
			case rbacv1.GroupName: // see defaultRoles
			case flowcontrolv1.GroupName:
				s.writeFlowDefaults = hook
			default:
				s.builtin.AddPostStartHookOrDie(name, hook)
			}
		}
		groups = append(groups, &group)
	}
	groups = append(groups, extensions)
	if err := s.builtin.InstallAPIGroups(groups...); err != nil {
		return fmt.Errorf("install groups: %w", err)
	}
	// The types of managed fields have been made by now, and nothing else needs
	// them.
	for _, group := range append(groups, &legacy) {
		group.StaticOpenAPISpec = nil
	}
	return nil
}
