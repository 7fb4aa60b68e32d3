package controllers

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/util/flowcontrol"
	nodehelper "k8s.io/component-helpers/node/util"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/nodelifecycle"
	"k8s.io/kubernetes/pkg/controller/podgc"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/kubernetes/pkg/controller/tainteviction"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
	nodeutil "k8s.io/kubernetes/pkg/util/node"
)

// constructor builds one controller, as cmd/kube-controller-manager/app does for
// the controller of that name.
type constructor struct {
	// name is the one in cmd/kube-controller-manager/names.
	name  string
	build func(context.Context, *environment) ([]func(context.Context), error)
}

var constructors = []constructor{
	{"serviceaccount-controller", newServiceAccount},
	{"root-ca-certificate-publisher-controller", newRootCAPublisher},
	{"namespace-controller", newNamespace},
	{"garbage-collector-controller", newGarbageCollector},
	{"resourcequota-controller", newResourceQuota},
	{"deployment-controller", newDeployment},
	{"replicaset-controller", newReplicaSet},
	{"statefulset-controller", newStatefulSet},
	{"daemonset-controller", newDaemonSet},
	{"job-controller", newJob},
	{"cronjob-controller", newCronJob},
	{"ttl-after-finished-controller", newTTLAfterFinished},
	{"endpointslice-controller", newEndpointSlice},
	{"disruption-controller", newDisruption},
	{"horizontal-pod-autoscaler-controller", newHorizontalPodAutoscaler},
	{"node-ipam-controller", newNodeIPAM},
	{"node-lifecycle-controller", newNodeLifecycle},
	{"taint-eviction-controller", newTaintEviction},
	{"pod-garbage-collector-controller", newPodGarbageCollector},
}

// one returns the run function of a controller that has a single one.
func one(run func(context.Context)) []func(context.Context) {
	return []func(context.Context){run}
}

func newDeployment(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("deployment-controller")
	if err != nil {
		return nil, err
	}
	controller, err := deployment.NewDeploymentController(ctx,
		env.Informers.Apps().V1().Deployments(),
		env.Informers.Apps().V1().ReplicaSets(),
		env.Informers.Core().V1().Pods(),
		client)
	if err != nil {
		return nil, err
	}
	workers := int(env.configuration.DeploymentController.ConcurrentDeploymentSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newReplicaSet(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("replicaset-controller")
	if err != nil {
		return nil, err
	}
	controller := replicaset.NewReplicaSetController(ctx,
		env.Informers.Apps().V1().ReplicaSets(),
		env.Informers.Core().V1().Pods(),
		client,
		replicaset.BurstReplicas)
	workers := int(env.configuration.ReplicaSetController.ConcurrentRSSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newStatefulSet(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("statefulset-controller")
	if err != nil {
		return nil, err
	}
	controller := statefulset.NewStatefulSetController(ctx,
		env.Informers.Core().V1().Pods(),
		env.Informers.Apps().V1().StatefulSets(),
		env.Informers.Core().V1().PersistentVolumeClaims(),
		env.Informers.Apps().V1().ControllerRevisions(),
		client)
	workers := int(env.configuration.StatefulSetController.ConcurrentStatefulSetSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newDaemonSet(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("daemon-set-controller")
	if err != nil {
		return nil, err
	}
	controller, err := daemon.NewDaemonSetsController(ctx,
		env.Informers.Apps().V1().DaemonSets(),
		env.Informers.Apps().V1().ControllerRevisions(),
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().Nodes(),
		client,
		flowcontrol.NewBackOff(time.Second, 15*time.Minute))
	if err != nil {
		return nil, err
	}
	workers := int(env.configuration.DaemonSetController.ConcurrentDaemonSetSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newJob(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("job-controller")
	if err != nil {
		return nil, err
	}
	// The informers of workloads and pod groups belong to the feature
	// WorkloadWithJob, which is off in v1.37.
	controller, err := job.NewController(ctx, client,
		env.Informers.Core().V1().Pods(),
		env.Informers.Batch().V1().Jobs(),
		nil, nil)
	if err != nil {
		return nil, err
	}
	workers := int(env.configuration.JobController.ConcurrentJobSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newCronJob(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("cronjob-controller")
	if err != nil {
		return nil, err
	}
	controller, err := cronjob.NewControllerV2(ctx,
		env.Informers.Batch().V1().Jobs(),
		env.Informers.Batch().V1().CronJobs(),
		client)
	if err != nil {
		return nil, err
	}
	workers := int(env.configuration.CronJobController.ConcurrentCronJobSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newTTLAfterFinished(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("ttl-after-finished-controller")
	if err != nil {
		return nil, err
	}
	controller := ttlafterfinished.New(ctx, env.Informers.Batch().V1().Jobs(), client)
	workers := int(env.configuration.TTLAfterFinishedController.ConcurrentTTLSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newEndpointSlice(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("endpointslice-controller")
	if err != nil {
		return nil, err
	}
	configuration := env.configuration.EndpointSliceController
	controller := endpointslice.NewController(ctx,
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().Services(),
		env.Informers.Core().V1().Nodes(),
		env.Informers.Discovery().V1().EndpointSlices(),
		configuration.MaxEndpointsPerSlice,
		client,
		configuration.EndpointUpdatesBatchPeriod.Duration)
	workers := int(configuration.ConcurrentServiceEndpointSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newNodeLifecycle(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("node-controller")
	if err != nil {
		return nil, err
	}
	configuration := env.configuration.NodeLifecycleController
	controller, err := nodelifecycle.NewNodeLifecycleController(ctx,
		env.Informers.Coordination().V1().Leases(),
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().Nodes(),
		env.Informers.Apps().V1().DaemonSets(),
		client,
		env.configuration.NodeLifecycleController.NodeMonitorPeriod.Duration,
		configuration.NodeStartupGracePeriod.Duration,
		configuration.NodeMonitorGracePeriod.Duration,
		configuration.NodeEvictionRate,
		configuration.SecondaryNodeEvictionRate,
		configuration.LargeClusterSizeThreshold,
		configuration.UnhealthyZoneThreshold)
	if err != nil {
		return nil, err
	}
	nodes := env.Informers.Core().V1().Nodes().Lister()
	return one(func(ctx context.Context) {
		waitForReadyNode(ctx, nodes)
		controller.Run(ctx)
	}), nil
}

// nodePatience bounds how long the node lifecycle controller waits for a ready
// node before it starts.
const nodePatience = 10 * time.Second

// waitForReadyNode returns when a node is ready and no other is still starting, or
// after nodePatience. All components of this cluster start at one instant, so the
// node lifecycle controller would otherwise find all nodes not ready yet and start
// in master disruption mode, as a real cluster does only when its network fails.
func waitForReadyNode(ctx context.Context, nodes corelisters.NodeLister) {
	ctx, cancel := context.WithTimeout(ctx, nodePatience)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		all, err := nodes.List(labels.Everything())
		if err == nil && slices.ContainsFunc(all, nodeutil.IsNodeReady) && !slices.ContainsFunc(all, isStarting) {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// isStarting reports whether a node's kubelet has not reported yet that it is
// ready. If the node has stopped reporting, the condition is unknown.
func isStarting(node *corev1.Node) bool {
	_, ready := nodehelper.GetNodeCondition(&node.Status, corev1.NodeReady)
	return ready == nil || ready.Status == corev1.ConditionFalse
}

func newTaintEviction(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("node-controller")
	if err != nil {
		return nil, err
	}
	controller, err := tainteviction.New(ctx, client,
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().Nodes(),
		"taint-eviction-controller")
	if err != nil {
		return nil, err
	}
	return one(controller.Run), nil
}

func newPodGarbageCollector(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("pod-garbage-collector")
	if err != nil {
		return nil, err
	}
	controller := podgc.NewPodGC(ctx, client,
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().Nodes(),
		int(env.configuration.PodGCController.TerminatedPodGCThreshold))
	return one(controller.Run), nil
}
