package cluster

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"
	clientrest "k8s.io/client-go/rest"
	"k8s.io/kubernetes/pkg/controller/certificates/authority"

	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/controllers"
	"tabernetes/engine/controlplane/metrics"
	"tabernetes/engine/controlplane/provisioner"
	"tabernetes/engine/controlplane/scheduler"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/inprocess"
	"tabernetes/engine/node"
	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/traffic"
	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/diagnose"
	"tabernetes/engine/view/timeline"
	"tabernetes/engine/view/topology"
)

// Options describe a cluster. The zero value is a cluster of three nodes.
type Options struct {
	// Nodes are the simulated nodes; nil means three of the default size.
	Nodes []hardware.Options
	// InstantKubelet makes pods run as soon as they are bound and end as soon as
	// they are deleted. For benchmarks.
	InstantKubelet bool
	// Seed is the seed of the simulation's random source.
	Seed uint64
	// OnCommit is called for every commit, in order, under the store's lock: it
	// must be quick. May be nil.
	OnCommit func(store.Commit)
	// Restore has the objects and the revision to start from, instead of an empty
	// cluster. May be nil.
	Restore *store.Snapshot
	// Disks are the contents of the machines' disks when the objects to restore were
	// stored, as Cluster.Disks returned them. Nil means empty disks.
	Disks []byte
}

// Cluster is a control plane with simulated nodes.
type Cluster struct {
	options  Options
	store    *store.Store
	gate     *Gate
	server   *apiserver.Server
	client   kubernetes.Interface
	nodes    *node.Fleet
	metrics  *metrics.Server
	customs  *custom.Follower
	topology *topology.Topology
	network  *network.Network
	traffic  *traffic.Traffic
	diagnose *diagnose.Diagnoser
	timeline *timeline.Timeline
	pods     *scheduler.Scheduler
	loops    *controllers.Controllers
	volumes  *provisioner.Provisioner
	// abandon ends what the constructors of the scheduler and the controllers have
	// started.
	abandon context.CancelFunc
	ready   chan struct{}
}

// New builds a cluster. Nothing runs until Run.
func New(options Options) (*Cluster, error) {
	foundation, err := Prepare()
	if err != nil {
		return nil, err
	}
	built, err := foundation.Build(options)
	if err != nil {
		foundation.Close()
		return nil, err
	}
	return built, nil
}

// Authority returns what signs certificates of the cluster, for a server that speaks TLS
// and for its clients. The cluster has to run.
func (c *Cluster) Authority(ctx context.Context) (*authority.CertificateAuthority, error) {
	return c.server.Authority(ctx)
}

// Handler answers the Kubernetes API: a request that came over TLS in the name of its
// certificate or token, any other in the name of its token or the cluster's administrator.
func (c *Cluster) Handler() http.Handler { return c.server.Handler() }

// Dial opens a connection on which the API answers as Handler does, in HTTP/1.1.
// It can be upgraded, so exec and attach work where there is no network.
func (c *Cluster) Dial() net.Conn { return inprocess.Pipe(c.Handler()) }

// RESTConfig is a client configuration that reaches the API inside this process in
// the name of the administrator, without passing the gate.
func (c *Cluster) RESTConfig() *clientrest.Config {
	return c.server.RESTConfig(apiserver.Administrator())
}

// Gate holds back the changes of the components.
func (c *Cluster) Gate() *Gate { return c.gate }

// Topology returns the diagram's contents.
func (c *Cluster) Topology() *topology.Topology { return c.topology }

// Network is the network of the nodes, the pods and the API server.
func (c *Cluster) Network() *network.Network { return c.network }

// Traffic returns the clients that send requests to Services.
func (c *Cluster) Traffic() *traffic.Traffic { return c.traffic }

// Diagnoser explains why an object is not as it should be.
func (c *Cluster) Diagnoser() *diagnose.Diagnoser { return c.diagnose }

// Timeline returns the history of each Deployment.
func (c *Cluster) Timeline() *timeline.Timeline { return c.timeline }

// Store holds the objects; it is for the journal.
func (c *Cluster) Store() *store.Store { return c.store }

// Disks returns the contents of the machines' disks as JSON.
func (c *Cluster) Disks() ([]byte, error) { return c.nodes.Disks().Encode() }

// DiskState returns a number that is another one when the disks have changed.
func (c *Cluster) DiskState() uint64 { return c.nodes.DiskState() }

// Ready is closed when the API answers and every component runs.
func (c *Cluster) Ready() <-chan struct{} { return c.ready }

// Run runs the cluster until ctx ends or a component fails. When it returns,
// nothing of the cluster runs any more.
func (c *Cluster) Run(ctx context.Context) error {
	defer c.store.Close()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(ctx, c.abandon)()

	// 1. Start the API server, which outlives the components.
	serverContext, stopServer := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServer()
	serving := make(chan struct{})
	var server errgroup.Group
	server.Go(func() error {
		// When the server fails, the components end too.
		defer stop()
		return c.server.Run(serverContext, func() { close(serving) })
	})

	// 2. Start the components once the API answers.
	components, componentContext := errgroup.WithContext(ctx)
	select {
	case <-serving:
		components.Go(func() error { return c.nodes.Run(componentContext) })
		components.Go(func() error { return c.network.Run(componentContext) })
		components.Go(func() error { return c.traffic.Run(componentContext) })
		components.Go(func() error { return c.metrics.Run(componentContext) })
		components.Go(func() error { return c.pods.Run(componentContext) })
		components.Go(func() error { return c.loops.Run(componentContext) })
		components.Go(func() error { return c.volumes.Run(componentContext) })
		components.Go(func() error { return c.customs.Run(componentContext) })
		components.Go(func() error { return c.announce(componentContext) })
	case <-ctx.Done():
	}

	// 3. Join them in the reverse order.
	err := components.Wait()
	stopServer()
	return errors.Join(err, server.Wait())
}

// announce closes ready once the nodes have registered and the namespace
// "default" has its service account, without which it admits no pod. A new cluster
// gets its StorageClass; in a stored one it may have been deleted. A new cluster has
// what every cluster has by then; a stored one has it already, and does not wait.
func (c *Cluster) announce(ctx context.Context) error {
	if c.options.Restore == nil {
		if err := c.volumes.CreateClass(ctx); err != nil {
			return err
		}
		select {
		case <-c.server.DefaultsWritten():
		case <-ctx.Done():
			return nil
		}
	}
	informers := c.server.Informers()
	accounts := informers.Core().V1().ServiceAccounts()
	nodes := informers.Core().V1().Nodes()
	informers.StartWithContext(ctx)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		account, _ := accounts.Lister().ServiceAccounts("default").Get("default")
		registered := nodes.Informer().GetStore().ListKeys()
		if account != nil && len(registered) > 0 {
			close(c.ready)
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// componentConfig is the client configuration of a component, which upstream runs
// as the given program: its changes wait at the gate.
func (c *Cluster) componentConfig(identity apiserver.Identity, program string) *clientrest.Config {
	config := c.server.ComponentConfig(identity)
	config.UserAgent = inprocess.UserAgent(program, apiserver.KubernetesVersion)
	config.Transport = c.gate.transport(config.Transport)
	return config
}

func (c *Cluster) committed(commit store.Commit) {
	c.gate.observe(visible(commit.Key))
	if c.options.OnCommit != nil {
		c.options.OnCommit(commit)
	}
}

// visibleResources are the resources whose changes end a step: those that the
// diagram draws, except nodes, whose heartbeats would end every step, volumes, which
// change with their claims, and custom objects, which have no keys in common.
var visibleResources = []string{
	"pods", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs",
	"services/specs", "horizontalpodautoscalers", "poddisruptionbudgets",
	"controllers", "persistentvolumeclaims",
}

func visible(key string) bool {
	for _, resource := range visibleResources {
		if strings.HasPrefix(key, "/registry/"+resource+"/") {
			return true
		}
	}
	return !apiserver.IsBuiltin(key)
}
