package topology

// Frame is a change of the diagram's contents. The wire form is that of the
// interface Frame in web/src/protocol/topology.ts; a test keeps the two the same.
//
// Every field of a Frame and of what it holds has a predeclared type (no named
// string, no embedded struct) and no slice in it is nil, because that is what
// github.com/norunners/vert turns into the JavaScript value one expects.
type Frame struct {
	// Revision is the highest resourceVersion seen so far.
	Revision int64 `json:"revision" js:"revision"`
	// Time is the cluster time of the frame, in milliseconds since 1970.
	Time int64 `json:"time" js:"time"`
	// Reset says that the frame is the full state and replaces everything before
	// it.
	Reset bool `json:"reset" js:"reset"`
	// Upserts are new and changed items, parents before children.
	Upserts []Item `json:"upserts" js:"upserts"`
	// Removes are the UIDs of items that were in an earlier frame and are gone.
	Removes []string `json:"removes" js:"removes"`
	// Events are new and counted-up events, oldest first.
	Events []ClusterEvent `json:"events" js:"events"`
}

// Item is one object of the diagram: one of *DeploymentItem, *ReplicaSetItem,
// *PodItem, *NodeItem, *WorkloadItem, *ServiceItem, *AutoscalerItem, *BudgetItem,
// *ClaimItem, *VolumeItem, *CustomItem.
//
// The fields that all of them share: UID, Kind, Namespace, Name; Owner, the UID
// of the controlling owner or ""; Created and Deleting, the creation and
// deletion timestamps in milliseconds since 1970, 0 for none; RevisionSeen, the
// resourceVersion of the object.
type Item interface {
	identity() identity
}

// identity is the sort key of items.
type identity struct {
	rank                 int
	namespace, name, uid string
}

// DeploymentItem is a Deployment.
type DeploymentItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	Desired     int32 `json:"desired" js:"desired"`
	Updated     int32 `json:"updated" js:"updated"`
	Ready       int32 `json:"ready" js:"ready"`
	Available   int32 `json:"available" js:"available"`
	Unavailable int32 `json:"unavailable" js:"unavailable"`
	Total       int32 `json:"total" js:"total"`
	// Revision is 0 before the controller has set its annotation.
	Revision int64  `json:"revision" js:"revision"`
	Paused   bool   `json:"paused" js:"paused"`
	Strategy string `json:"strategy" js:"strategy"`
	// MaxSurge and MaxUnavailable are pods, percentages resolved; 0 with Recreate.
	MaxSurge           int32  `json:"maxSurge" js:"maxSurge"`
	MaxUnavailable     int32  `json:"maxUnavailable" js:"maxUnavailable"`
	MaxSurgeText       string `json:"maxSurgeText" js:"maxSurgeText"`
	MaxUnavailableText string `json:"maxUnavailableText" js:"maxUnavailableText"`
	MinReadySeconds    int32  `json:"minReadySeconds" js:"minReadySeconds"`
	// Progressing is the reason of the Progressing condition, "" without one.
	Progressing string   `json:"progressing" js:"progressing"`
	Images      []string `json:"images" js:"images"`
	// Settled says that the Deployment, its ReplicaSets and its pods will not
	// change by themselves.
	Settled bool `json:"settled" js:"settled"`
}

// ReplicaSetItem is a ReplicaSet.
type ReplicaSetItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	Desired   int32 `json:"desired" js:"desired"`
	Current   int32 `json:"current" js:"current"`
	Ready     int32 `json:"ready" js:"ready"`
	Available int32 `json:"available" js:"available"`
	Revision  int64 `json:"revision" js:"revision"`
	// Active marks the ReplicaSet that its Deployment rolls out: the one with the
	// Deployment's template or, before that exists, the one of the highest
	// revision. A ReplicaSet without a Deployment is active.
	Active bool     `json:"active" js:"active"`
	Images []string `json:"images" js:"images"`
	Hash   string   `json:"hash" js:"hash"`
}

// PodItem is a Pod.
type PodItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	Phase string `json:"phase" js:"phase"`
	// Status and ReadyText are kubectl's columns STATUS and READY.
	Status         string   `json:"status" js:"status"`
	ReadyText      string   `json:"readyText" js:"readyText"`
	Ready          bool     `json:"ready" js:"ready"`
	Restarts       int32    `json:"restarts" js:"restarts"`
	Node           string   `json:"node" js:"node"`
	IP             string   `json:"ip" js:"ip"`
	Images         []string `json:"images" js:"images"`
	ReplicaSetHash string   `json:"replicaSetHash" js:"replicaSetHash"`
	// Services are the names of the Services that have the pod as a ready
	// endpoint.
	Services []string `json:"services" js:"services"`
}

// NodeItem is a Node.
type NodeItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	Ready bool `json:"ready" js:"ready"`
	// Status is kubectl's column STATUS.
	Status        string `json:"status" js:"status"`
	Unschedulable bool   `json:"unschedulable" js:"unschedulable"`
	PodCIDR       string `json:"podCIDR" js:"podCIDR"`
	InternalIP    string `json:"internalIP" js:"internalIP"`
	// PodCount is the number of pods bound to the node that have not ended, as
	// "Non-terminated Pods" of kubectl describe.
	PodCount int `json:"podCount" js:"podCount"`
}

// WorkloadItem is a StatefulSet, DaemonSet, Job, CronJob or ReplicationController.
//
//	             Desired                     Ready            Current
//	StatefulSet  spec.replicas               ready replicas   replicas
//	(ReplicationController: the same)
//	DaemonSet    nodes that should run it    ready pods       nodes that run it
//	Job          completions (parallelism    succeeded pods   active pods
//	             where completions is unset)
//	CronJob      1, or 0 when suspended      0                active jobs
type WorkloadItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	Desired int32 `json:"desired" js:"desired"`
	Ready   int32 `json:"ready" js:"ready"`
	Current int32 `json:"current" js:"current"`
	// Updated is the number of pods of the newest template, of a StatefulSet or a
	// DaemonSet; Failed is a Job's number of failed pods.
	Updated int32 `json:"updated" js:"updated"`
	Failed  int32 `json:"failed" js:"failed"`
	// Images are those of the pod template.
	Images []string `json:"images" js:"images"`
}

// ServiceItem is a Service.
type ServiceItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	// ClusterIP and Ports are kubectl's columns CLUSTER-IP and PORT(S).
	ClusterIP string `json:"clusterIP" js:"clusterIP"`
	Type      string `json:"type" js:"type"`
	Ports     string `json:"ports" js:"ports"`
	// Targets are the UIDs of the workloads whose pods the Service selects.
	Targets []string `json:"targets" js:"targets"`
	// Ready of the Service's Endpoints receive requests. Both count pods.
	Ready     int `json:"ready" js:"ready"`
	Endpoints int `json:"endpoints" js:"endpoints"`
}

// AutoscalerItem is a HorizontalPodAutoscaler.
type AutoscalerItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	// Target is the UID of the workload that it scales, "" if that does not exist.
	Target string `json:"target" js:"target"`
	// Minimum, Maximum, Current and Desired are pods.
	Minimum int32 `json:"minimum" js:"minimum"`
	Maximum int32 `json:"maximum" js:"maximum"`
	Current int32 `json:"current" js:"current"`
	Desired int32 `json:"desired" js:"desired"`
	// Metrics is kubectl's column TARGETS, such as "cpu: 31%/50%".
	Metrics string `json:"metrics" js:"metrics"`
	// Trouble is the reason of the condition that keeps it from scaling, "" for
	// none.
	Trouble string `json:"trouble" js:"trouble"`
}

// BudgetItem is a PodDisruptionBudget.
type BudgetItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	// Targets are the UIDs of the workloads whose pods the budget selects.
	Targets []string `json:"targets" js:"targets"`
	// MinAvailable and MaxUnavailable are as written, "" where unset.
	MinAvailable   string `json:"minAvailable" js:"minAvailable"`
	MaxUnavailable string `json:"maxUnavailable" js:"maxUnavailable"`
	// Allowed is how many pods may be evicted now. Healthy is how many pods are
	// healthy, Least how many must be, and Expected how many pods the budget
	// covers.
	Allowed  int32 `json:"allowed" js:"allowed"`
	Healthy  int32 `json:"healthy" js:"healthy"`
	Least    int32 `json:"least" js:"least"`
	Expected int32 `json:"expected" js:"expected"`
}

// ClaimItem is a PersistentVolumeClaim.
type ClaimItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	// Targets are the UIDs of the workloads whose pods mount it.
	Targets []string `json:"targets" js:"targets"`
	// Status is kubectl's column STATUS, such as "Bound"; Bound says whether it is.
	Status string `json:"status" js:"status"`
	Bound  bool   `json:"bound" js:"bound"`
	// Capacity is that of its volume, or what it requests until it has one.
	Capacity string `json:"capacity" js:"capacity"`
	// Class is the name of its StorageClass, "" for none.
	Class string `json:"class" js:"class"`
	// Volume is the name of its volume, "" until it has one.
	Volume string `json:"volume" js:"volume"`
}

// VolumeItem is a PersistentVolume. One that is bound is drawn as part of its claim.
type VolumeItem struct {
	UID          string `json:"uid" js:"uid"`
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	// Status is kubectl's column STATUS, such as "Released"; Bound says whether it is a
	// claim's.
	Status string `json:"status" js:"status"`
	Bound  bool   `json:"bound" js:"bound"`
	// Capacity is its size.
	Capacity string `json:"capacity" js:"capacity"`
	// Class is the name of its StorageClass, "" for none.
	Class string `json:"class" js:"class"`
	// ReclaimPolicy says what becomes of it when its claim is deleted.
	ReclaimPolicy string `json:"reclaimPolicy" js:"reclaimPolicy"`
	// Claim is the claim that has it or had it last, as NAMESPACE/NAME, "" for none.
	Claim string `json:"claim" js:"claim"`
}

// CustomItem is an object of a kind that a CustomResourceDefinition defines.
type CustomItem struct {
	UID string `json:"uid" js:"uid"`
	// Kind is always CustomResource: Type is the kind that the API has.
	Kind         string `json:"kind" js:"kind"`
	Namespace    string `json:"namespace" js:"namespace"`
	Name         string `json:"name" js:"name"`
	Owner        string `json:"owner" js:"owner"`
	Created      int64  `json:"created" js:"created"`
	Deleting     int64  `json:"deleting" js:"deleting"`
	RevisionSeen int64  `json:"revisionSeen" js:"revisionSeen"`

	Type  string `json:"type" js:"type"`
	Group string `json:"group" js:"group"`
	// Path is that of the object in the API.
	Path string `json:"path" js:"path"`
	// Targets are the UIDs of the workloads that belong to it, as what it controls, or
	// what an object controls that it controls.
	Targets []string `json:"targets" js:"targets"`
	// Conditions are those of its status, in their order.
	Conditions []CustomCondition `json:"conditions" js:"conditions"`
}

// CustomCondition is a condition of a CustomItem.
type CustomCondition struct {
	Type    string `json:"type" js:"type"`
	Status  string `json:"status" js:"status"`
	Reason  string `json:"reason" js:"reason"`
	Message string `json:"message" js:"message"`
	// Troubled says that the condition tells of something that is not as it should be.
	Troubled bool `json:"troubled" js:"troubled"`
}

// ClusterEvent is an Event of the API.
type ClusterEvent struct {
	UID string `json:"uid" js:"uid"`
	// Time is when it was last seen, in milliseconds since 1970.
	Time    int64  `json:"time" js:"time"`
	Type    string `json:"type" js:"type"`
	Reason  string `json:"reason" js:"reason"`
	Message string `json:"message" js:"message"`
	Count   int32  `json:"count" js:"count"`
	// Source is the reporting component, such as deployment-controller.
	Source   string         `json:"source" js:"source"`
	Involved InvolvedObject `json:"involved" js:"involved"`
}

// InvolvedObject is what a ClusterEvent is about.
type InvolvedObject struct {
	Kind      string `json:"kind" js:"kind"`
	Namespace string `json:"namespace" js:"namespace"`
	Name      string `json:"name" js:"name"`
	UID       string `json:"uid" js:"uid"`
}

func (item *DeploymentItem) identity() identity {
	return identity{rankDeployment, item.Namespace, item.Name, item.UID}
}

func (item *ReplicaSetItem) identity() identity {
	return identity{rankReplicaSet, item.Namespace, item.Name, item.UID}
}

func (item *PodItem) identity() identity {
	return identity{rankPod, item.Namespace, item.Name, item.UID}
}

func (item *NodeItem) identity() identity {
	return identity{rankNode, item.Namespace, item.Name, item.UID}
}

func (item *WorkloadItem) identity() identity {
	rank := rankWorkload
	if item.Kind == kindCronJob {
		rank = rankCronJob
	}
	return identity{rank, item.Namespace, item.Name, item.UID}
}

func (item *ServiceItem) identity() identity {
	return identity{rankService, item.Namespace, item.Name, item.UID}
}

func (item *AutoscalerItem) identity() identity {
	return identity{rankGuard, item.Namespace, item.Name, item.UID}
}

func (item *ClaimItem) identity() identity {
	return identity{rankGuard, item.Namespace, item.Name, item.UID}
}

func (item *VolumeItem) identity() identity {
	return identity{rankGuard, item.Namespace, item.Name, item.UID}
}

func (item *BudgetItem) identity() identity {
	return identity{rankGuard, item.Namespace, item.Name, item.UID}
}

func (item *CustomItem) identity() identity {
	return identity{rankCustom, item.Namespace, item.Name, item.UID}
}

// Ranks put owners before what they own.
const (
	rankNode = iota
	rankService
	rankCustom
	rankDeployment
	rankCronJob
	rankWorkload
	rankReplicaSet
	rankPod
	rankGuard
)
