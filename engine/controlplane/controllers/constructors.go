package controllers

import (
	"context"
	"time"

	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/podgc"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/replication"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
)

// constructor builds one controller, as cmd/kube-controller-manager/app does for
// the controller of that name.
type constructor struct {
	// name is the one in cmd/kube-controller-manager/names.
	name  string
	build func(context.Context, *environment) ([]func(context.Context), error)
}

var constructors = []constructor{
	{"serviceaccount-token-controller", newServiceAccountToken},
	{"serviceaccount-controller", newServiceAccount},
	{"root-ca-certificate-publisher-controller", newRootCAPublisher},
	{"namespace-controller", newNamespace},
	{"garbage-collector-controller", newGarbageCollector},
	{"resourcequota-controller", newResourceQuota},
	{"deployment-controller", newDeployment},
	{"replicaset-controller", newReplicaSet},
	{"replicationcontroller-controller", newReplicationController},
	{"statefulset-controller", newStatefulSet},
	{"daemonset-controller", newDaemonSet},
	{"job-controller", newJob},
	{"cronjob-controller", newCronJob},
	{"ttl-after-finished-controller", newTTLAfterFinished},
	{"endpoints-controller", newEndpoints},
	{"endpointslice-controller", newEndpointSlice},
	{"endpointslice-mirroring-controller", newEndpointSliceMirroring},
	{"service-cidr-controller", newServiceCIDR},
	{"disruption-controller", newDisruption},
	{"horizontal-pod-autoscaler-controller", newHorizontalPodAutoscaler},
	{"node-ipam-controller", newNodeIPAM},
	{"node-lifecycle-controller", newNodeLifecycle},
	{"taint-eviction-controller", newTaintEviction},
	{"pod-garbage-collector-controller", newPodGarbageCollector},
	{"ttl-controller", newTTL},
	{"device-taint-eviction-controller", newDeviceTaintEviction},
	{"resourceclaim-controller", newResourceClaim},
	{"clusterrole-aggregation-controller", newClusterRoleAggregation},
	{"validatingadmissionpolicy-status-controller", newValidatingAdmissionPolicyStatus},
	{"persistentvolume-binder-controller", newPersistentVolumeBinder},
	{"persistentvolume-expander-controller", newExpander},
	{"persistentvolumeclaim-protection-controller", newClaimProtection},
	{"persistentvolume-protection-controller", newVolumeProtection},
	{"volumeattributesclass-protection-controller", newVolumeAttributesClassProtection},
	{"ephemeral-volume-controller", newEphemeralVolume},
	{"certificatesigningrequest-signing-controller", newCertificateSigning},
	{"certificatesigningrequest-approving-controller", newCertificateApproving},
	{"certificatesigningrequest-cleaner-controller", newCertificateCleaner},
	{"podcertificaterequest-cleaner-controller", newPodCertificateRequestCleaner},
	{"kube-apiserver-serving-clustertrustbundle-publisher-controller", newTrustBundlePublisher},
	{"storage-version-migrator-controller", newStorageVersionMigrator},
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

func newReplicationController(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("replication-controller")
	if err != nil {
		return nil, err
	}
	controller := replication.NewReplicationManager(ctx,
		env.Informers.Core().V1().Pods(),
		env.Informers.Core().V1().ReplicationControllers(),
		client,
		replication.BurstReplicas)
	workers := int(env.configuration.ReplicationController.ConcurrentRCSyncs)
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
