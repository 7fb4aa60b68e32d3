package cluster

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	clientrest "k8s.io/client-go/rest"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"

	"tabernetes/engine/client/reach"
	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/controllers"
	"tabernetes/engine/controlplane/metrics"
	"tabernetes/engine/controlplane/provisioner"
	"tabernetes/engine/controlplane/scheduler"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/node"
	"tabernetes/engine/node/traffic"
	"tabernetes/engine/sampleapiserver"
	"tabernetes/engine/userland/process"
	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/diagnose"
	"tabernetes/engine/view/timeline"
	"tabernetes/engine/view/topology"
)

// Foundation is the part of a cluster that does not depend on options: the API
// server with an empty store, the scheduler, the controllers, and the views of
// them. Building it is most of the work of a start; nothing of it runs yet. It
// becomes one cluster.
//
// wasm/controlplane stops here when the site is built, so that browsers start from
// a memory image in which this work is done.
type Foundation struct {
	cluster     *Cluster
	connections *node.Connections
}

// Prepare builds the part of a cluster that does not depend on options.
func Prepare() (*Foundation, error) {
	pauseAfterErrors()
	ctx, abandon := context.WithCancel(context.Background())
	c := &Cluster{gate: NewGate(), ready: make(chan struct{}), abandon: abandon}
	foundation := &Foundation{cluster: c, connections: node.NewConnections()}
	var err error
	if c.store, err = store.New(store.Options{OnCommit: c.committed}); err != nil {
		abandon()
		return nil, fmt.Errorf("create store: %w", err)
	}
	if err := foundation.assemble(ctx); err != nil {
		foundation.Close()
		return nil, err
	}
	return foundation, nil
}

// assemble builds everything around the store. Some of upstream's constructors add
// handlers to an informer before they have set all of their own fields, so no
// informer may run yet.
func (f *Foundation) assemble(ctx context.Context) error {
	c := f.cluster
	fromServer := &lateNetwork{}
	var err error
	c.server, err = apiserver.New(apiserver.Options{
		Store:  c.store,
		Nodes:  f.connections,
		Proxy:  fromServer,
		Dial:   fromServer.Dial,
		Groups: c.addMetrics,
	})
	if err != nil {
		return err
	}
	shared := c.server.Informers()
	customClient, err := dynamic.NewForConfig(c.server.ComponentConfig(apiserver.Administrator()))
	if err != nil {
		return fmt.Errorf("create client of custom objects: %w", err)
	}
	if c.customs, err = custom.New(custom.Options{Definitions: c.server.Definitions(), Client: customClient}); err != nil {
		return err
	}
	if c.topology, err = topology.New(topology.Options{Informers: shared, Customs: c.customs}); err != nil {
		return fmt.Errorf("create topology: %w", err)
	}
	if c.network, err = newNetwork(shared, c.server); err != nil {
		return err
	}
	fromServer.transport = c.network.NewTransport(c.network.ControlPlane())
	// As kube-apiserver's: a pod has no certificate for its address.
	fromServer.transport.TLS = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as upstream, for pods/proxy and services/proxy alone
	c.server.Handle(reach.Prefix, reach.Handler{Network: func() process.Network { return atFirstNode(c.network) }})
	if c.diagnose, err = diagnose.New(diagnose.Options{Informers: shared, Customs: c.customs}); err != nil {
		return err
	}
	c.traffic = traffic.New(c.network, 0)
	if c.timeline, err = timeline.New(timeline.Options{Informers: shared}); err != nil {
		return err
	}
	c.client, err = kubernetes.NewForConfig(c.componentConfig(apiserver.Nodes(), "kubelet"))
	if err != nil {
		return fmt.Errorf("create kubelet client: %w", err)
	}
	if c.pods, err = scheduler.New(ctx, c.componentConfig(apiserver.Scheduler(), "kube-scheduler")); err != nil {
		return err
	}
	if err := c.addProvisioner(ctx); err != nil {
		return err
	}
	c.loops, err = controllers.New(ctx, controllers.Options{
		ClientConfig: func(account string) *clientrest.Config {
			return c.componentConfig(apiserver.ServiceAccount(account), "kube-controller-manager")
		},
		OwnConfig:        c.componentConfig(apiserver.ControllerManager(), "kube-controller-manager"),
		Informers:        shared,
		RootCA:           apiserver.RootCA,
		Authority:        c.server.Authority,
		Tokens:           c.server.LegacyTokens(),
		IgnoredResources: apiserver.OlderResources(),
	})
	return err
}

// addProvisioner builds the provisioner of the default StorageClass.
func (c *Cluster) addProvisioner(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.componentConfig(apiserver.Provisioner(), "local-path-provisioner"))
	if err != nil {
		return fmt.Errorf("create provisioner client: %w", err)
	}
	c.volumes, err = provisioner.New(ctx, provisioner.Options{
		Client:    client,
		Informers: c.server.Informers(),
		Remove:    func(node, path string) error { return c.nodes.RemoveDirectory(node, path) },
	})
	return err
}

// addMetrics builds the metrics server and returns its group for the API server.
func (c *Cluster) addMetrics(shared informers.SharedInformerFactory) ([]*genericapiserver.APIGroupInfo, error) {
	var err error
	c.metrics, err = metrics.New(metrics.Options{
		Informers: shared,
		Summary:   func(node string) (*statsapi.Summary, error) { return c.nodes.Summary(node) },
	})
	if err != nil {
		return nil, err
	}
	group, err := c.metrics.Group()
	if err != nil {
		return nil, fmt.Errorf("create metrics API: %w", err)
	}
	return []*genericapiserver.APIGroupInfo{group}, nil
}

// Build makes a cluster of the foundation. When the objects to restore cannot be
// read, it changes nothing and can be called again; after a success it must not be
// called again.
func (f *Foundation) Build(options Options) (*Cluster, error) {
	c := f.cluster
	if c.nodes != nil {
		return nil, errors.New("build cluster: its foundation has become one already")
	}
	if options.Restore != nil {
		if err := c.store.Restore(*options.Restore); err != nil {
			return nil, fmt.Errorf("restore objects: %w", err)
		}
	}
	disks, err := node.DecodeDisks(options.Disks)
	if err != nil {
		return nil, err
	}
	nodes, err := node.New(node.Options{
		Disks:       disks,
		Client:      c.client,
		Informers:   c.server.Informers(),
		Tokens:      c.server.RequestToken,
		Connections: f.connections,
		Network:     c.network,
		Programs:    map[string]process.Command{sampleapiserver.Name: sampleapiserver.Program(apiserver.Address().Addr())},
		Nodes:       options.Nodes,
		Instant:     options.InstantKubelet,
	})
	if err != nil {
		return nil, fmt.Errorf("create nodes: %w", err)
	}
	c.options, c.nodes = options, nodes
	c.Reseed(options.Seed)
	return c, nil
}

// Close ends a foundation that becomes no cluster.
func (f *Foundation) Close() {
	f.cluster.abandon()
	f.cluster.store.Close()
}

// Reseed replaces the seed of the simulation's random source. It must be called
// while nothing of the cluster moves: before Run, or between two turns of a
// single-threaded program.
func (c *Cluster) Reseed(seed uint64) {
	c.network.Reseed(seed)
	c.traffic.Reseed(seed)
	c.nodes.Reseed(seed)
}
