package controllers

import (
	"context"

	"k8s.io/kubernetes/pkg/controller/endpoint"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/endpointslicemirroring"
	"k8s.io/kubernetes/pkg/controller/servicecidrs"
)

func newEndpoints(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("endpoint-controller")
	if err != nil {
		return nil, err
	}
	configuration := env.configuration.EndpointController
	controller := endpoint.NewEndpointController(ctx,
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().Services(),
		env.Informers.Core().V1().Endpoints(),
		client,
		configuration.EndpointUpdatesBatchPeriod.Duration)
	workers := int(configuration.ConcurrentEndpointSyncs)
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

func newEndpointSliceMirroring(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("endpointslicemirroring-controller")
	if err != nil {
		return nil, err
	}
	configuration := env.configuration.EndpointSliceMirroringController
	controller := endpointslicemirroring.NewController(ctx,
		env.Informers.Core().V1().Endpoints(),
		env.Informers.Discovery().V1().EndpointSlices(),
		env.Informers.Core().V1().Services(),
		configuration.MirroringMaxEndpointsPerSubset,
		client,
		configuration.MirroringEndpointUpdatesBatchPeriod.Duration)
	workers := int(configuration.MirroringConcurrentServiceEndpointSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newServiceCIDR(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("service-cidrs-controller")
	if err != nil {
		return nil, err
	}
	controller := servicecidrs.NewController(ctx,
		env.Informers.Networking().V1().ServiceCIDRs(),
		env.Informers.Networking().V1().IPAddresses(),
		client)
	return one(func(ctx context.Context) { controller.Run(ctx, 5) }), nil
}
