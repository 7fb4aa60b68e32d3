package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	clientrest "k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/controller-manager/pkg/informerfactory"
	managerconfig "k8s.io/kube-controller-manager/config/v1alpha1"
	"k8s.io/kubernetes/pkg/controller/apis/config"
	configscheme "k8s.io/kubernetes/pkg/controller/apis/config/scheme"
	"k8s.io/kubernetes/pkg/controller/certificates/authority"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	serviceaccounttokens "k8s.io/kubernetes/pkg/serviceaccount"
)

// syncPeriod is how often kube-controller-manager lets the garbage collector
// and the quota controller look for new resource types.
const syncPeriod = 30 * time.Second

// Options are what the controllers need from the cluster.
type Options struct {
	// ClientConfig returns the client configuration for the service account of
	// that name in kube-system.
	ClientConfig func(serviceAccount string) *clientrest.Config
	// OwnConfig is the client configuration of kube-controller-manager itself.
	OwnConfig *clientrest.Config
	// Informers are shared with the other components. The caller starts them.
	Informers informers.SharedInformerFactory
	// RootCA is the PEM text of the ConfigMap kube-root-ca.crt.
	RootCA []byte
	// Authority returns what signs certificates in this cluster.
	Authority func(context.Context) (*authority.CertificateAuthority, error)
	// Tokens signs the tokens that are kept in Secrets.
	Tokens serviceaccounttokens.TokenGenerator
	// IgnoredResources are left out of garbage collection because they show
	// objects that another resource shows already.
	IgnoredResources []schema.GroupResource
}

// Controllers are the controllers, ready for Run.
type Controllers struct {
	environment *environment
	loops       []loop
}

// loop is one controller. run blocks until its context ends, and leaves no
// goroutine running.
type loop struct {
	name string
	run  func(context.Context)
}

// environment is what the constructors in this package share: the counterpart
// of upstream's ControllerContext.
type environment struct {
	Options
	configuration config.KubeControllerManagerConfiguration
	discovery     discovery.CachedDiscoveryInterface
	mapper        meta.ResettableRESTMapper
	metadata      metadatainformer.SharedInformerFactory
	generic       informerfactory.InformerFactory
	// graph is the garbage collector's.
	graph   *garbagecollector.GraphBuilder
	started chan struct{}
}

// client returns a client that acts as a service account of kube-system.
func (e *environment) client(serviceAccount string) (kubernetes.Interface, error) {
	client, err := kubernetes.NewForConfig(e.clientConfig(serviceAccount))
	if err != nil {
		return nil, fmt.Errorf("create client of %q: %w", serviceAccount, err)
	}
	return client, nil
}

// clientConfig adds the service account to the User-Agent, as upstream's client
// builder does.
func (e *environment) clientConfig(serviceAccount string) *clientrest.Config {
	config := clientrest.CopyConfig(e.ClientConfig(serviceAccount))
	config.UserAgent += "/" + serviceaccount.MakeUsername(metav1.NamespaceSystem, serviceAccount)
	return config
}

// ownConfig adds a name to the User-Agent of kube-controller-manager, as upstream's
// simple client builder does.
func (e *environment) ownConfig(name string) *clientrest.Config {
	config := clientrest.CopyConfig(e.OwnConfig)
	config.UserAgent += "/" + name
	return config
}

// New builds the controllers. ctx carries the logger and bounds the event
// broadcasters that upstream's constructors start.
func New(ctx context.Context, options Options) (*Controllers, error) {
	if options.ClientConfig == nil || options.OwnConfig == nil || options.Informers == nil {
		return nil, errors.New("create controllers: no client configuration or no informers")
	}
	if options.Authority == nil || options.Tokens == nil {
		return nil, errors.New("create controllers: nothing signs certificates or tokens")
	}
	env := &environment{Options: options, started: make(chan struct{})}

	versioned := managerconfig.KubeControllerManagerConfiguration{}
	configscheme.Scheme.Default(&versioned)
	if err := configscheme.Scheme.Convert(&versioned, &env.configuration, nil); err != nil {
		return nil, fmt.Errorf("convert default controller configuration: %w", err)
	}
	setFlagDefaults(&env.configuration)

	client, err := kubernetes.NewForConfig(env.ownConfig("controller-discovery"))
	if err != nil {
		return nil, fmt.Errorf("create discovery client: %w", err)
	}
	types := &resourceTypes{CachedDiscoveryInterface: memory.NewMemCacheClient(client.Discovery())}
	env.discovery = types
	env.mapper = restmapper.NewDeferredDiscoveryRESTMapper(env.discovery)
	metadataClient, err := metadata.NewForConfig(env.ownConfig("metadata-informers"))
	if err != nil {
		return nil, fmt.Errorf("create metadata client: %w", err)
	}
	env.metadata = metadatainformer.NewSharedInformerFactory(metadataClient, 0)
	if err := types.follow(env.metadata); err != nil {
		return nil, fmt.Errorf("follow the resource types: %w", err)
	}
	env.generic = informerfactory.NewInformerFactory(options.Informers, env.metadata)

	controllers := &Controllers{environment: env}
	for _, construct := range constructors {
		loops, err := construct.build(ctx, env)
		if err != nil {
			return nil, fmt.Errorf("create controller %q: %w", construct.name, err)
		}
		for _, run := range loops {
			controllers.loops = append(controllers.loops, loop{construct.name, run})
		}
	}
	return controllers, nil
}

// Names lists the controllers, each once, in the order in which they start.
func Names() []string {
	var names []string
	for _, construct := range constructors {
		names = append(names, construct.name)
	}
	return names
}

// Run runs the controllers until ctx ends and returns when all have ended.
func (c *Controllers) Run(ctx context.Context) error {
	c.environment.Informers.StartWithContext(ctx)
	c.environment.metadata.Start(ctx.Done())
	close(c.environment.started)
	var group sync.WaitGroup
	for _, loop := range c.loops {
		group.Go(func() { loop.run(ctx) })
	}
	group.Wait()
	c.environment.metadata.Shutdown()
	return nil
}

// setFlagDefaults sets the values that kube-controller-manager takes from the
// defaults of its flags rather than from those of its configuration
// (cmd/kube-controller-manager/app/options).
func setFlagDefaults(configuration *config.KubeControllerManagerConfiguration) {
	configuration.NodeLifecycleController.NodeEvictionRate = 0.1
	configuration.NodeLifecycleController.SecondaryNodeEvictionRate = 0.01
	configuration.NodeLifecycleController.LargeClusterSizeThreshold = 50
	configuration.NodeLifecycleController.UnhealthyZoneThreshold = 0.55
}
