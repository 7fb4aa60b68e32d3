package apiserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	apiextensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/user"
	aggregated "k8s.io/apiserver/pkg/endpoints/discovery/aggregated"
	openapinamer "k8s.io/apiserver/pkg/endpoints/openapi"
	"k8s.io/apiserver/pkg/registry/generic"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/filters"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/apiserver/pkg/util/openapi"
	"k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	clientrest "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/transport"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/capabilities"
	generatedopenapi "k8s.io/kubernetes/pkg/generated/openapi"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"
	"k8s.io/kubernetes/pkg/registry/core/service/portallocator"

	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/inprocess"
)

// Options are what a server needs from its environment.
type Options struct {
	// Store keeps the objects.
	Store *store.Store
	// Nodes finds the kubelet that serves a node's logs.
	Nodes kubeletclient.ConnectionInfoGetter
	// Proxy carries requests to pods and services for the proxy subresources.
	Proxy http.RoundTripper
	// Dial opens the connections to webhooks and to API servers behind an APIService.
	Dial DialFunc
	// Groups returns API groups that other components of the process implement. In a
	// real cluster they are behind an APIService. May be nil.
	Groups func(informers.SharedInformerFactory) ([]*genericapiserver.APIGroupInfo, error)
}

// Server is an API server in this process.
//
// As in kube-apiserver, it is a chain of three: the aggregator takes each request
// and passes it to another server if an APIService says so, else to the built-in
// resources, and these pass what they do not know to the custom resources.
type Server struct {
	aggregator    *genericapiserver.GenericAPIServer
	builtin       *genericapiserver.GenericAPIServer
	extensions    *apiextensionsapiserver.CustomResourceDefinitions
	documents     *openAPI
	tokens        *serviceAccountTokens
	authority     *certificateAuthority
	authenticator authenticator.Request
	authorizer    *roleBasedAccess
	loopback      *clientrest.Config
	client        kubernetes.Interface
	informers     informers.SharedInformerFactory
	nodePorts     *portallocator.PortAllocator
	// writeFlowDefaults is the hook of the storage of flow schemas.
	writeFlowDefaults genericapiserver.PostStartHookFunc
	// defaultsWritten is closed once what every cluster has is written.
	defaultsWritten chan struct{}
	// drained is closed when no request is in flight any more: the signal that
	// upstream's RunWithContext gives.
	drained chan struct{}
}

// New builds the server. Nothing runs until Run.
func New(options Options) (*Server, error) {
	if options.Store == nil {
		return nil, errors.New("create API server: no store")
	}
	if options.Nodes == nil {
		return nil, errors.New("create API server: no way to reach nodes")
	}
	if options.Dial == nil {
		return nil, errors.New("create API server: no way to reach webhooks")
	}
	// kubeadm starts kube-apiserver with --allow-privileged.
	capabilities.Setup(true, 0)
	server := &Server{drained: make(chan struct{}), defaultsWritten: make(chan struct{})}

	// 1. The configuration of a generic API server that listens on nothing. All
	// three servers begin with it.
	resources := newResourceConfig()
	config := genericapiserver.NewConfig(legacyscheme.Codecs)
	config.EffectiveVersion = newRelease()
	config.ExternalAddress = net.JoinHostPort(controlPlaneIP.String(), strconv.Itoa(controlPlanePort))
	config.PublicAddress = controlPlaneIP
	config.LegacyAPIGroupPrefixes = sets.NewString(genericapiserver.DefaultLegacyAPIPrefix)
	config.MergedResourceConfig = resources
	config.RESTOptionsGetter = store.RESTOptionsGetter{Store: options.Store, Factory: NewStorageFactory()}
	config.AggregatedDiscoveryGroupManager = aggregated.NewResourceManager("apis")
	config.Authentication.APIAudiences = authenticator.Audiences{tokenIssuer}
	config.BuildHandlerChainFunc = buildHandlerChain
	config.LongRunningFunc = filters.BasicLongRunningRequestCheck(
		sets.NewString("watch", "proxy"),
		sets.NewString("attach", "exec", "proxy", "log", "portforward"),
	)
	config.EnableProfiling = false
	config.EnableMetrics = true

	// 2. OpenAPI v2 and v3 from upstream's generated definitions, served on demand.
	definitions := openapi.GetOpenAPIDefinitionsWithoutDisabledFeatures(generatedopenapi.GetOpenAPIDefinitions)
	namer := openapinamer.NewDefinitionNamer(legacyscheme.Scheme, apiextensionsapiserver.Scheme, aggregatorscheme.Scheme)
	config.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(definitions, namer)
	config.OpenAPIConfig.Info.Title = "Kubernetes"
	config.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(definitions, namer)
	config.OpenAPIV3Config.Info.Title = "Kubernetes"
	config.SkipOpenAPIInstallation = true

	// 3. The server's own clients and informers, over a transport that calls the
	// handler made in step 6.
	handler := &lateHandler{}
	server.loopback = newClientConfig(&Transport{Handler: handler, Bare: true, Identity: Identity{
		Name:   user.APIServerUser,
		Groups: []string{user.SystemPrivilegedGroup, user.AllAuthenticated},
	}})
	server.loopback.UserAgent = inprocess.UserAgent("kube-apiserver", KubernetesVersion)
	config.LoopbackClientConfig = server.loopback
	client, err := kubernetes.NewForConfig(server.loopback)
	if err != nil {
		return nil, fmt.Errorf("create loopback client: %w", err)
	}
	dynamicClient, err := dynamic.NewForConfig(server.loopback)
	if err != nil {
		return nil, fmt.Errorf("create dynamic loopback client: %w", err)
	}
	server.client = client
	server.informers = informers.NewSharedInformerFactoryWithOptions(client, resyncPeriod, informers.WithTransform(dropManagedFields))

	// 4. Authentication, authorization and admission.
	server.tokens = newServiceAccountTokens(client, server.informers)
	server.authority = &certificateAuthority{client: client}
	if server.authenticator, err = newAuthenticator(server.tokens, server.authority); err != nil {
		return nil, err
	}
	config.Authentication.Authenticator = server.authenticator
	if server.authorizer, err = newRoleBasedAccess(server.informers); err != nil {
		return nil, err
	}
	config.Authorization.Authorizer = server.authorizer
	config.RuleResolver = server.authorizer
	config.AdmissionControl, err = newAdmission(config, resources, client, dynamicClient, server.informers, options.Dial, server.drained)
	if err != nil {
		return nil, err
	}

	// 5. The custom resources, and before them the built-in ones.
	extensions := extensionsConfig(*config, options.Store, server.informers, options.Dial)
	aggregator := aggregatorConfig(*config, options.Store, server.informers, options.Dial)
	server.extensions, err = extensions.Complete().New(genericapiserver.NewEmptyDelegate())
	if err != nil {
		return nil, fmt.Errorf("create the API server of custom resources: %w", err)
	}
	server.builtin, err = config.Complete(server.informers).New("kube-apiserver", server.extensions.GenericAPIServer)
	if err != nil {
		return nil, fmt.Errorf("create the API server of built-in resources: %w", err)
	}
	if err := server.installBuiltin(options, resources, config.RESTOptionsGetter); err != nil {
		return nil, err
	}
	server.serveIssuer(config.ExternalAddress)

	// 6. The aggregator before both, and the documents of all.
	front, err := newAggregator(aggregator, server.builtin, server.extensions)
	if err != nil {
		return nil, err
	}
	server.aggregator = front.GenericAPIServer
	handler.handler = server.aggregator.Handler
	server.documents = serveOpenAPI(server, config.OpenAPIConfig, config.OpenAPIV3Config)
	server.documents.remote = &remoteDocuments{
		services: front.APIRegistrationInformers.Apiregistration().V1().APIServices().Lister(),
		resolver: aggregator.ExtraConfig.ServiceResolver,
		dial:     &transport.DialHolder{Dial: options.Dial},
	}
	server.documents.forgetDefinitions()
	return server, nil
}

// installBuiltin serves the built-in resources and those of other components, and
// starts what kube-apiserver itself maintains: namespaces, the service CIDR, the
// service "kubernetes".
func (s *Server) installBuiltin(options Options, resources serverstorage.APIResourceConfigSource, storage generic.RESTOptionsGetter) error {
	var err error
	s.nodePorts, err = portallocator.NewInMemory(nodePortRange)
	if err != nil {
		return fmt.Errorf("create the allocator of node ports: %w", err)
	}
	slices, err := proxy.NewEndpointSliceIndexerGetter(s.informers.Discovery().V1().EndpointSlices())
	if err != nil {
		return fmt.Errorf("index endpoint slices: %w", err)
	}
	core := coreStorage{
		loopback:    s.loopback,
		client:      s.client,
		informers:   s.informers,
		authorizer:  s.authorizer,
		tokens:      s.tokens,
		nodes:       options.Nodes,
		proxy:       options.Proxy,
		nodePorts:   s.nodePorts,
		sliceGetter: slices,
	}
	if err := s.installGroups(core, resources, storage); err != nil {
		return err
	}
	if options.Groups != nil {
		groups, err := options.Groups(s.informers)
		if err != nil {
			return err
		}
		if err := s.builtin.InstallAPIGroups(groups...); err != nil {
			return fmt.Errorf("install groups of other components: %w", err)
		}
	}
	s.addSystemHooks()
	return nil
}

// Address is the address of the API server in the cluster: its node's address and
// port, which the endpoints of the service "kubernetes" show.
func Address() netip.AddrPort {
	address, _ := netip.AddrFromSlice(controlPlaneIP.To4()) // four bytes are an address
	return netip.AddrPortFrom(address, controlPlanePort)
}

// Handle serves paths below prefix with a handler that is not part of the
// Kubernetes API, behind the same authentication and in-process transport.
func (s *Server) Handle(prefix string, handler http.Handler) {
	s.aggregator.Handler.NonGoRestfulMux.HandlePrefix(prefix, handler)
}

// Handler answers requests in the name of whom newAuthenticator finds, mostly the
// cluster's administrator.
func (s *Server) Handler() http.Handler { return s.aggregator.Handler }

// RESTConfig returns a client configuration whose requests reach the server
// inside this process, without limits on their rate, in the name of identity.
func (s *Server) RESTConfig(identity Identity) *clientrest.Config {
	return newClientConfig(&Transport{Handler: s.aggregator.Handler, Identity: identity})
}

// ComponentConfig is RESTConfig for a component, whose watches feed informers:
// their events have no managed fields.
func (s *Server) ComponentConfig(identity Identity) *clientrest.Config {
	return newClientConfig(&Transport{Handler: s.aggregator.Handler, Identity: identity, Bare: true})
}

// Informers are shared by admission and by every component of the process, so that
// each resource is watched once. They drop managed fields from the objects they
// keep, as those of upstream's API server and controller manager do.
func (s *Server) Informers() informers.SharedInformerFactory { return s.informers }

// Definitions is the informer of CustomResourceDefinitions, which runs with the server.
func (s *Server) Definitions() cache.SharedIndexInformer {
	return s.extensions.Informers.Apiextensions().V1().CustomResourceDefinitions().Informer()
}

// DefaultsWritten is closed once what every cluster has is there: the default roles
// and bindings, flow schemas and priority levels.
func (s *Server) DefaultsWritten() <-chan struct{} { return s.defaultsWritten }

// Run serves until ctx ends. It calls ready once the whole API answers, including
// the namespace "default".
func (s *Server) Run(ctx context.Context, ready func()) error {
	if err := s.aggregator.AddPostStartHook("tabernetes-ready", func(hook genericapiserver.PostStartHookContext) error {
		go s.announce(hook, ready)
		return nil
	}); err != nil {
		return fmt.Errorf("run API server: %w", err)
	}
	// RunWithContext waits for a listener to stop, and there is none, so the steps
	// of its shutdown are done here.
	prepared := s.aggregator.PrepareRun()
	if _, _, err := prepared.NonBlockingRunWithContext(ctx, 0); err != nil {
		return fmt.Errorf("run API server: %w", err)
	}
	<-ctx.Done()
	err := s.aggregator.RunPreShutdownHooks()
	s.aggregator.NonLongRunningRequestWaitGroup.Wait()
	close(s.drained)
	s.aggregator.Destroy()
	s.informers.Shutdown()
	if err != nil {
		return fmt.Errorf("stop API server: %w", err)
	}
	return nil
}

func newClientConfig(transport *Transport) *clientrest.Config {
	config := &clientrest.Config{
		Host:      "http://" + net.JoinHostPort(controlPlaneIP.String(), strconv.Itoa(controlPlanePort)),
		Transport: transport,
		QPS:       -1,
	}
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.DisableCompression = true
	return config
}

// resyncPeriod is kube-controller-manager's --min-resync-period.
const resyncPeriod = 12 * time.Hour

func dropManagedFields(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil && accessor.GetManagedFields() != nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

// lateHandler is the handler of a server that is still being built, whose clients
// are made before it. It is set once, in New, before anything runs.
type lateHandler struct {
	handler http.Handler
}

func (l *lateHandler) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	l.handler.ServeHTTP(writer, request)
}
