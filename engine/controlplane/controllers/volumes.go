package controllers

import (
	"context"

	csitranslation "k8s.io/csi-translation-lib"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/volume/ephemeral"
	"k8s.io/kubernetes/pkg/controller/volume/expand"
	"k8s.io/kubernetes/pkg/controller/volume/persistentvolume"
	"k8s.io/kubernetes/pkg/controller/volume/pvcprotection"
	"k8s.io/kubernetes/pkg/controller/volume/pvprotection"
	"k8s.io/kubernetes/pkg/controller/volume/vacprotection"
	"k8s.io/kubernetes/pkg/volume"
	"k8s.io/kubernetes/pkg/volume/csimigration"
	"k8s.io/kubernetes/pkg/volume/hostpath"
	"k8s.io/kubernetes/pkg/volume/nfs"
)

// newPersistentVolumeBinder binds claims, with the plug-ins that can recycle or
// delete a volume. Of kube-controller-manager's own it leaves out none: fc, iscsi
// and csi can do neither.
func newPersistentVolumeBinder(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("persistent-volume-binder")
	if err != nil {
		return nil, err
	}
	configuration := env.configuration.PersistentVolumeBinderController
	recycler := configuration.VolumeConfiguration.PersistentVolumeRecyclerConfiguration
	plugins := hostpath.ProbeVolumePlugins(volume.VolumeConfig{
		RecyclerMinimumTimeout:   int(recycler.MinimumTimeoutHostPath),
		RecyclerTimeoutIncrement: int(recycler.IncrementTimeoutHostPath),
		RecyclerPodTemplate:      volume.NewPersistentVolumeRecyclerPodTemplate(),
		ProvisioningEnabled:      configuration.VolumeConfiguration.EnableHostPathProvisioning,
	})
	plugins = append(plugins, nfs.ProbeVolumePlugins(volume.VolumeConfig{
		RecyclerMinimumTimeout:   int(recycler.MinimumTimeoutNFS),
		RecyclerTimeoutIncrement: int(recycler.IncrementTimeoutNFS),
		RecyclerPodTemplate:      volume.NewPersistentVolumeRecyclerPodTemplate(),
	})...)
	controller, err := persistentvolume.NewController(ctx, persistentvolume.ControllerParameters{
		KubeClient:                client,
		SyncPeriod:                configuration.PVClaimBinderSyncPeriod.Duration,
		VolumePlugins:             plugins,
		VolumeInformer:            env.Informers.Core().V1().PersistentVolumes(),
		ClaimInformer:             env.Informers.Core().V1().PersistentVolumeClaims(),
		ClassInformer:             env.Informers.Storage().V1().StorageClasses(),
		PodInformer:               env.Informers.Core().V1().Pods(),
		NodeInformer:              env.Informers.Core().V1().Nodes(),
		EnableDynamicProvisioning: configuration.VolumeConfiguration.EnableDynamicProvisioning,
	})
	if err != nil {
		return nil, err
	}
	return one(controller.Run), nil
}

func newExpander(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("expand-controller")
	if err != nil {
		return nil, err
	}
	translator := csitranslation.New()
	controller, err := expand.NewExpandController(ctx, client,
		env.Informers.Core().V1().PersistentVolumeClaims(),
		nil, // no plug-in of kube-controller-manager can expand a volume
		translator,
		csimigration.NewPluginManager(translator))
	if err != nil {
		return nil, err
	}
	return one(controller.Run), nil
}

func newClaimProtection(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("pvc-protection-controller")
	if err != nil {
		return nil, err
	}
	controller, err := pvcprotection.NewPVCProtectionController(klog.FromContext(ctx),
		env.Informers.Core().V1().PersistentVolumeClaims(),
		env.Informers.Core().V1().Pods(),
		client)
	if err != nil {
		return nil, err
	}
	return one(func(ctx context.Context) { controller.Run(ctx, 1) }), nil
}

func newVolumeProtection(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("pv-protection-controller")
	if err != nil {
		return nil, err
	}
	controller, err := pvprotection.NewPVProtectionController(klog.FromContext(ctx),
		env.Informers.Core().V1().PersistentVolumes(),
		client)
	if err != nil {
		return nil, err
	}
	return one(func(ctx context.Context) { controller.Run(ctx, 1) }), nil
}

func newVolumeAttributesClassProtection(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("volumeattributesclass-protection-controller")
	if err != nil {
		return nil, err
	}
	controller, err := vacprotection.NewVACProtectionController(klog.FromContext(ctx), client,
		env.Informers.Core().V1().PersistentVolumeClaims(),
		env.Informers.Core().V1().PersistentVolumes(),
		env.Informers.Storage().V1().VolumeAttributesClasses())
	if err != nil {
		return nil, err
	}
	return one(func(ctx context.Context) { controller.Run(ctx, 1) }), nil
}

func newEphemeralVolume(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("ephemeral-volume-controller")
	if err != nil {
		return nil, err
	}
	controller, err := ephemeral.NewController(ctx, client,
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().PersistentVolumeClaims())
	if err != nil {
		return nil, err
	}
	workers := int(env.configuration.EphemeralVolumeController.ConcurrentEphemeralVolumeSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}
