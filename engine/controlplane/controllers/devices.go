package controllers

import (
	"context"

	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/devicetainteviction"
	"k8s.io/kubernetes/pkg/controller/resourceclaim"
)

func newResourceClaim(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("resource-claim-controller")
	if err != nil {
		return nil, err
	}
	// The informer of pod groups belongs to the feature GenericWorkload, which is
	// off in v1.37.
	controller, err := resourceclaim.NewController(klog.FromContext(ctx), client,
		env.Informers.Core().V1().Pods(),
		nil,
		env.Informers.Resource().V1().ResourceClaims(),
		env.Informers.Resource().V1().ResourceClaimTemplates())
	if err != nil {
		return nil, err
	}
	workers := int(env.configuration.ResourceClaimController.ConcurrentSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newDeviceTaintEviction(_ context.Context, env *environment) ([]func(context.Context), error) {
	const name = "device-taint-eviction-controller"
	client, err := env.client(name)
	if err != nil {
		return nil, err
	}
	controller := devicetainteviction.New(client,
		env.Informers.Core().V1().Pods(),
		env.Informers.Resource().V1().ResourceClaims(),
		env.Informers.Resource().V1().ResourceSlices(),
		env.Informers.Resource().V1().DeviceTaintRules(),
		env.Informers.Resource().V1().DeviceClasses(),
		name)
	workers := int(env.configuration.DeviceTaintEvictionController.ConcurrentSyncs)
	return one(func(ctx context.Context) {
		if err := controller.Run(ctx, workers); err != nil && ctx.Err() == nil {
			klog.FromContext(ctx).Error(err, "no pod is evicted any more because of its devices' taints")
		}
	}), nil
}
