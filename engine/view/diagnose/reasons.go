package diagnose

// Reason names a cause. The page has a sentence for each.
type Reason string

// The reasons, by the kind of object that they are about.
const (
	// Any object.
	ReasonFinalizers  Reason = "Finalizers"
	ReasonNotObserved Reason = "NotObserved"

	// Custom kinds.
	ReasonConditionReported Reason = "ConditionReported"
	ReasonWorkloadTroubled  Reason = "WorkloadTroubled"
	ReasonNobodyActs        Reason = "NobodyActs"

	// Deployments.
	ReasonDeploymentPaused         Reason = "DeploymentPaused"
	ReasonProgressDeadlineExceeded Reason = "ProgressDeadlineExceeded"
	ReasonRolloutIncomplete        Reason = "RolloutIncomplete"
	ReasonRolloutBound             Reason = "RolloutBound"

	// Controllers of pods.
	ReasonCreateRefused         Reason = "CreateRefused"
	ReasonAdmissionRefused      Reason = "AdmissionRefused"
	ReasonPodsUnavailable       Reason = "PodsUnavailable"
	ReasonScaling               Reason = "Scaling"
	ReasonOrderedPods           Reason = "OrderedPods"
	ReasonUpdateOnDelete        Reason = "UpdateOnDelete"
	ReasonUpdatePartition       Reason = "UpdatePartition"
	ReasonNoNodeSelected        Reason = "NoNodeSelected"
	ReasonJobFailed             Reason = "JobFailed"
	ReasonJobRunning            Reason = "JobRunning"
	ReasonSuspended             Reason = "Suspended"
	ReasonScheduleNotUsable     Reason = "ScheduleNotUsable"
	ReasonQuotaExceeded         Reason = "QuotaExceeded"
	ReasonQuotaUnspecified      Reason = "QuotaUnspecified"
	ReasonLimitRangeRefused     Reason = "LimitRangeRefused"
	ReasonPodSecurityRefused    Reason = "PodSecurityRefused"
	ReasonPolicyRefused         Reason = "PolicyRefused"
	ReasonWebhookRefused        Reason = "WebhookRefused"
	ReasonWebhookFailed         Reason = "WebhookFailed"
	ReasonServiceAccountMissing Reason = "ServiceAccountMissing"
	ReasonScalerNotActive       Reason = "ScalerNotActive"
	ReasonScalingLimited        Reason = "ScalingLimited"
	ReasonTerminatingReplica    Reason = "TerminatingReplica"

	// Claims and volumes.
	ReasonVolumeUnbound       Reason = "VolumeUnbound"
	ReasonClaimMissing        Reason = "ClaimMissing"
	ReasonVolumeElsewhere     Reason = "VolumeElsewhere"
	ReasonNoStorageClass      Reason = "NoStorageClass"
	ReasonStorageClassMissing Reason = "StorageClassMissing"
	ReasonWaitsForFirstPod    Reason = "WaitsForFirstPod"
	ReasonNoFittingVolume     Reason = "NoFittingVolume"
	ReasonProvisioning        Reason = "Provisioning"
	ReasonProvisioningFailed  Reason = "ProvisioningFailed"
	ReasonProvisionerSilent   Reason = "ProvisionerSilent"
	ReasonVolumeLost          Reason = "VolumeLost"
	ReasonClaimInUse          Reason = "ClaimInUse"
	ReasonVolumeReleased      Reason = "VolumeReleased"
	ReasonVolumeFailed        Reason = "VolumeFailed"

	// Scheduling.
	ReasonNotScheduledYet      Reason = "NotScheduledYet"
	ReasonSchedulingGated      Reason = "SchedulingGated"
	ReasonUnschedulable        Reason = "Unschedulable"
	ReasonInsufficientResource Reason = "InsufficientResource"
	ReasonTooManyPods          Reason = "TooManyPods"
	ReasonUntoleratedTaint     Reason = "UntoleratedTaint"
	ReasonNodesCordoned        Reason = "NodesCordoned"
	ReasonNodeSelector         Reason = "NodeSelector"
	ReasonSchedulerRefused     Reason = "SchedulerRefused"

	// Containers.
	ReasonContainerWaiting       Reason = "ContainerWaiting"
	ReasonContainerCreating      Reason = "ContainerCreating"
	ReasonImageNotFound          Reason = "ImageNotFound"
	ReasonImageAccessDenied      Reason = "ImageAccessDenied"
	ReasonRegistryUnreachable    Reason = "RegistryUnreachable"
	ReasonImageNameInvalid       Reason = "ImageNameInvalid"
	ReasonImageNeverPulled       Reason = "ImageNeverPulled"
	ReasonImagePullFailed        Reason = "ImagePullFailed"
	ReasonConfigMissing          Reason = "ConfigMissing"
	ReasonConfigKeyMissing       Reason = "ConfigKeyMissing"
	ReasonContainerCannotStart   Reason = "ContainerCannotStart"
	ReasonCrashLoop              Reason = "CrashLoop"
	ReasonContainerExited        Reason = "ContainerExited"
	ReasonOutOfMemory            Reason = "OutOfMemory"
	ReasonLivenessProbeFailing   Reason = "LivenessProbeFailing"
	ReasonStartupProbeFailing    Reason = "StartupProbeFailing"
	ReasonReadinessProbeFailing  Reason = "ReadinessProbeFailing"
	ReasonProbePending           Reason = "ProbePending"
	ReasonInitContainerRunning   Reason = "InitContainerRunning"
	ReasonPodNotReady            Reason = "PodNotReady"
	ReasonReadinessGate          Reason = "ReadinessGate"
	ReasonMinReadySeconds        Reason = "MinReadySeconds"
	ReasonPodFailed              Reason = "PodFailed"
	ReasonTerminating            Reason = "Terminating"
	ReasonContainerNotRestarting Reason = "ContainerNotRestarting"

	// Nodes and budgets.
	ReasonNodeDown              Reason = "NodeDown"
	ReasonNodeCordoned          Reason = "NodeCordoned"
	ReasonDrainBlocked          Reason = "DrainBlocked"
	ReasonDisruptionsNotAllowed Reason = "DisruptionsNotAllowed"
	ReasonBudgetSelectsNoPods   Reason = "BudgetSelectsNoPods"

	// Services and others.
	ReasonNoEndpoints          Reason = "NoEndpoints"
	ReasonSelectorMatchesNone  Reason = "SelectorMatchesNone"
	ReasonNoPodReady           Reason = "NoPodReady"
	ReasonTargetPortMissing    Reason = "TargetPortMissing"
	ReasonNamespaceTerminating Reason = "NamespaceTerminating"
)

// Reasons lists the parameters of every reason. Counts and seconds are integers,
// lists of names are lists of strings, all others are strings.
var Reasons = map[Reason][]string{
	ReasonFinalizers:  {"finalizers"},
	ReasonNotObserved: {"generation", "observed"},

	ReasonConditionReported: {"condition", "status", "reason", "message"},
	ReasonWorkloadTroubled:  {"kind", "name"},
	ReasonNobodyActs:        {"kind"},

	ReasonDeploymentPaused:         {"updated", "desired"},
	ReasonProgressDeadlineExceeded: {"seconds", "updated", "desired", "available"},
	ReasonRolloutIncomplete:        {"updated", "desired", "available"},
	ReasonRolloutBound:             {"total", "ceiling", "available", "floor"},

	ReasonCreateRefused:         {"missing", "desired"},
	ReasonAdmissionRefused:      {"message"},
	ReasonPodsUnavailable:       {"count", "desired"},
	ReasonScaling:               {"current", "desired"},
	ReasonOrderedPods:           {"pod", "current", "desired"},
	ReasonUpdateOnDelete:        {"updated", "desired"},
	ReasonUpdatePartition:       {"partition", "updated", "desired"},
	ReasonNoNodeSelected:        {"selector"},
	ReasonJobFailed:             {"reason", "failed"},
	ReasonJobRunning:            {"succeeded", "desired"},
	ReasonSuspended:             {},
	ReasonScheduleNotUsable:     {"schedule"},
	ReasonQuotaExceeded:         {"quota", "requested", "used", "limited"},
	ReasonQuotaUnspecified:      {"quota", "missing"},
	ReasonLimitRangeRefused:     {"message"},
	ReasonPodSecurityRefused:    {"level", "message"},
	ReasonPolicyRefused:         {"kind", "policy", "binding", "message"},
	ReasonWebhookRefused:        {"webhook", "message"},
	ReasonWebhookFailed:         {"webhook", "message"},
	ReasonServiceAccountMissing: {"account", "namespace"},
	ReasonScalerNotActive:       {"reason"},
	ReasonScalingLimited:        {"reason"},
	ReasonTerminatingReplica:    {"count"},

	ReasonNotScheduledYet:      {},
	ReasonSchedulingGated:      {"gates"},
	ReasonUnschedulable:        {"nodes"},
	ReasonInsufficientResource: {"resource", "requested", "free", "nodes"},
	ReasonTooManyPods:          {"nodes"},
	ReasonUntoleratedTaint:     {"taints", "nodes"},
	ReasonNodesCordoned:        {"names"},
	ReasonNodeSelector:         {"selector", "nodes"},
	ReasonSchedulerRefused:     {"message"},

	ReasonVolumeUnbound:       {"claim"},
	ReasonClaimMissing:        {"claim"},
	ReasonVolumeElsewhere:     {"claims", "nodes"},
	ReasonNoStorageClass:      {"requested"},
	ReasonStorageClassMissing: {"class"},
	ReasonWaitsForFirstPod:    {"class"},
	ReasonNoFittingVolume:     {"class", "requested", "volumes"},
	ReasonProvisioning:        {"provisioner"},
	ReasonProvisioningFailed:  {"provisioner", "message"},
	ReasonProvisionerSilent:   {"provisioner"},
	ReasonVolumeLost:          {"volume"},
	ReasonClaimInUse:          {"pods"},
	ReasonVolumeReleased:      {"claim"},
	ReasonVolumeFailed:        {"message"},

	ReasonContainerWaiting:       {"container", "reason"},
	ReasonContainerCreating:      {"container", "image"},
	ReasonImageNotFound:          {"image"},
	ReasonImageAccessDenied:      {"image"},
	ReasonRegistryUnreachable:    {"image"},
	ReasonImageNameInvalid:       {"image"},
	ReasonImageNeverPulled:       {"image", "node"},
	ReasonImagePullFailed:        {"image"},
	ReasonConfigMissing:          {"kind", "name"},
	ReasonConfigKeyMissing:       {"kind", "name", "key"},
	ReasonContainerCannotStart:   {"container"},
	ReasonCrashLoop:              {"container", "restarts"},
	ReasonContainerExited:        {"container", "code"},
	ReasonOutOfMemory:            {"container", "limit"},
	ReasonLivenessProbeFailing:   {"container", "probe"},
	ReasonStartupProbeFailing:    {"container", "probe"},
	ReasonReadinessProbeFailing:  {"container", "probe"},
	ReasonProbePending:           {"container", "probe"},
	ReasonInitContainerRunning:   {"container"},
	ReasonPodNotReady:            {"containers"},
	ReasonReadinessGate:          {"condition"},
	ReasonMinReadySeconds:        {"seconds", "remaining"},
	ReasonPodFailed:              {"reason"},
	ReasonTerminating:            {"remaining"},
	ReasonContainerNotRestarting: {"container", "code", "policy"},

	ReasonNodeDown:              {"node", "status"},
	ReasonNodeCordoned:          {"pods"},
	ReasonDrainBlocked:          {"pods"},
	ReasonDisruptionsNotAllowed: {"healthy", "desired", "expected"},
	ReasonBudgetSelectsNoPods:   {"selector"},

	ReasonNoEndpoints:          {},
	ReasonSelectorMatchesNone:  {"selector"},
	ReasonNoPodReady:           {"pods"},
	ReasonTargetPortMissing:    {"port"},
	ReasonNamespaceTerminating: {"namespace"},
}
