package controllers

import (
	"context"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/quota/v1/generic"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/scale"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/disruption"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	"k8s.io/kubernetes/pkg/controller/resourcequota"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
	quotainstall "k8s.io/kubernetes/pkg/quota/v1/install"
	resourceclient "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"
	"k8s.io/metrics/pkg/client/custom_metrics"
	"k8s.io/metrics/pkg/client/external_metrics"
)

func newServiceAccount(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("service-account-controller")
	if err != nil {
		return nil, err
	}
	controller, err := serviceaccount.NewServiceAccountsController(
		klog.FromContext(ctx),
		env.Informers.Core().V1().ServiceAccounts(),
		env.Informers.Core().V1().Namespaces(),
		client,
		serviceaccount.DefaultServiceAccountsControllerOptions())
	if err != nil {
		return nil, err
	}
	return one(func(ctx context.Context) { controller.Run(ctx, 1) }), nil
}

func newRootCAPublisher(_ context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("root-ca-cert-publisher")
	if err != nil {
		return nil, err
	}
	controller, err := rootcacertpublisher.NewPublisher(
		env.Informers.Core().V1().ConfigMaps(),
		env.Informers.Core().V1().Namespaces(),
		client,
		env.RootCA)
	if err != nil {
		return nil, err
	}
	return one(func(ctx context.Context) { controller.Run(ctx, 1) }), nil
}

func newNamespace(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("namespace-controller")
	if err != nil {
		return nil, err
	}
	metadataClient, err := metadata.NewForConfig(env.clientConfig("namespace-controller"))
	if err != nil {
		return nil, err
	}
	configuration := env.configuration.NamespaceController
	controller := namespace.NewNamespaceController(ctx, client, metadataClient,
		env.discovery.ServerPreferredNamespacedResources,
		env.Informers.Core().V1().Namespaces(),
		configuration.NamespaceSyncPeriod.Duration,
		corev1.FinalizerKubernetes)
	workers := int(configuration.ConcurrentNamespaceSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newGarbageCollector(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("generic-garbage-collector")
	if err != nil {
		return nil, err
	}
	metadataClient, err := metadata.NewForConfig(env.clientConfig("generic-garbage-collector"))
	if err != nil {
		return nil, err
	}
	ignored := maps.Clone(garbagecollector.DefaultIgnoredResources())
	for _, resource := range env.IgnoredResources {
		ignored[resource] = struct{}{}
	}
	env.graph = garbagecollector.NewDependencyGraphBuilder(ctx, metadataClient, env.mapper, ignored, env.generic, env.started)
	controller, err := garbagecollector.NewComposedGarbageCollector(ctx, client, metadataClient, env.mapper, env.graph)
	if err != nil {
		return nil, err
	}
	workers := int(env.configuration.GarbageCollectorController.ConcurrentGCSyncs)
	return []func(context.Context){
		func(ctx context.Context) { controller.Run(ctx, workers, syncPeriod) },
		func(ctx context.Context) { controller.Sync(ctx, env.discovery, syncPeriod) },
	}, nil
}

func newResourceQuota(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("resourcequota-controller")
	if err != nil {
		return nil, err
	}
	configuration := env.configuration.ResourceQuotaController
	quota, err := quotainstall.NewQuotaConfigurationForControllers(
		generic.ListerFuncForResourceFunc(env.Informers.ForResource), env.Informers)
	if err != nil {
		return nil, err
	}
	discoverResources := env.discovery.ServerPreferredNamespacedResources
	quotas, err := resourcequota.NewController(ctx, &resourcequota.ControllerOptions{
		QuotaClient:               client.CoreV1(),
		ResourceQuotaInformer:     env.Informers.Core().V1().ResourceQuotas(),
		ResyncPeriod:              controller.StaticResyncPeriodFunc(configuration.ResourceQuotaSyncPeriod.Duration),
		InformerFactory:           env.generic,
		ReplenishmentResyncPeriod: controller.StaticResyncPeriodFunc(env.configuration.Generic.MinResyncPeriod.Duration),
		DiscoveryFunc:             discoverResources,
		IgnoredResourcesFunc:      quota.IgnoredResources,
		InformersStarted:          env.started,
		Registry:                  generic.NewRegistry(quota.Evaluators()),
		UpdateFilter:              quotainstall.DefaultUpdateFilter(),
	})
	if err != nil {
		return nil, err
	}
	workers := int(configuration.ConcurrentResourceQuotaSyncs)
	return []func(context.Context){
		func(ctx context.Context) { quotas.Run(ctx, workers) },
		func(ctx context.Context) { quotas.Sync(ctx, discoverResources, syncPeriod) },
	}, nil
}

func (e *environment) scaleClient(serviceAccount string) (scale.ScalesGetter, error) {
	return scale.NewForConfig(e.clientConfig(serviceAccount), e.mapper, dynamic.LegacyAPIPathResolverFunc,
		scale.NewDiscoveryScaleKindResolver(e.discovery))
}

func newDisruption(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("disruption-controller")
	if err != nil {
		return nil, err
	}
	scales, err := env.scaleClient("disruption-controller")
	if err != nil {
		return nil, err
	}
	controller := disruption.NewDisruptionController(ctx,
		env.Informers.Core().V1().Pods(),
		env.Informers.Policy().V1().PodDisruptionBudgets(),
		env.Informers.Core().V1().ReplicationControllers(),
		env.Informers.Apps().V1().ReplicaSets(),
		env.Informers.Apps().V1().Deployments(),
		env.Informers.Apps().V1().StatefulSets(),
		client,
		env.mapper,
		scales,
		env.discovery)
	workers := int(env.configuration.DisruptionController.ConcurrentDisruptionSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

func newHorizontalPodAutoscaler(ctx context.Context, env *environment) ([]func(context.Context), error) {
	const name = "horizontal-pod-autoscaler"
	client, err := env.client(name)
	if err != nil {
		return nil, err
	}
	scales, err := env.scaleClient(name)
	if err != nil {
		return nil, err
	}
	resources, err := resourceclient.NewForConfig(env.clientConfig(name))
	if err != nil {
		return nil, err
	}
	external, err := external_metrics.NewForConfig(env.clientConfig(name))
	if err != nil {
		return nil, err
	}
	versions := custom_metrics.NewAvailableAPIsGetter(env.discovery)
	custom := custom_metrics.NewForConfig(env.clientConfig(name), env.mapper, versions)
	configuration := env.configuration.HPAController
	controller := podautoscaler.NewHorizontalController(ctx,
		client.CoreV1(),
		scales,
		client.AutoscalingV2(),
		env.mapper,
		metrics.NewRESTMetricsClient(resources, custom, external),
		env.Informers.Autoscaling().V2().HorizontalPodAutoscalers(),
		env.Informers.Core().V1().Pods(),
		configuration.HorizontalPodAutoscalerSyncPeriod.Duration,
		configuration.HorizontalPodAutoscalerDownscaleStabilizationWindow.Duration,
		configuration.HorizontalPodAutoscalerTolerance,
		configuration.HorizontalPodAutoscalerCPUInitializationPeriod.Duration,
		configuration.HorizontalPodAutoscalerInitialReadinessDelay.Duration)
	workers := int(configuration.ConcurrentHorizontalPodAutoscalerSyncs)
	return []func(context.Context){
		func(ctx context.Context) {
			custom_metrics.PeriodicallyInvalidate(versions, configuration.HorizontalPodAutoscalerSyncPeriod.Duration, ctx.Done())
		},
		func(ctx context.Context) { controller.Run(ctx, workers) },
	}, nil
}
