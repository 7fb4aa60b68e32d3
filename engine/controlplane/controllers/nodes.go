package controllers

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	nodehelper "k8s.io/component-helpers/node/util"
	"k8s.io/kubernetes/pkg/controller/nodelifecycle"
	"k8s.io/kubernetes/pkg/controller/tainteviction"
	"k8s.io/kubernetes/pkg/controller/ttl"
	nodeutil "k8s.io/kubernetes/pkg/util/node"
)

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

func newTTL(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("ttl-controller")
	if err != nil {
		return nil, err
	}
	controller := ttl.NewTTLController(ctx, env.Informers.Core().V1().Nodes(), client)
	return one(func(ctx context.Context) { controller.Run(ctx, 5) }), nil
}
