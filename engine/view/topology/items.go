package topology

import (
	"cmp"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"

	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/fields"
)

const (
	kindDeployment  = "Deployment"
	kindReplicaSet  = "ReplicaSet"
	kindPod         = "Pod"
	kindNode        = "Node"
	kindStatefulSet = "StatefulSet"
	kindDaemonSet   = "DaemonSet"
	kindJob         = "Job"
	kindCronJob     = "CronJob"
	kindService     = "Service"
	kindAutoscaler  = "HorizontalPodAutoscaler"
	kindBudget      = "PodDisruptionBudget"
	kindClaim       = "PersistentVolumeClaim"
	kindVolume      = "PersistentVolume"
	kindCustom      = "CustomResource"

	kindReplicationController = "ReplicationController"
)

// build makes the item of an entry from its current state.
func (topology *Topology) build(entry *entry, now metav1.Time) Item {
	switch object := entry.object.(type) {
	case *appsv1.Deployment:
		return topology.deploymentItem(object, now)
	case *appsv1.ReplicaSet:
		return topology.replicaSetItem(object, entry.owner)
	case *corev1.Pod:
		return topology.podItem(object)
	case *corev1.Node:
		return topology.nodeItem(object)
	case *corev1.Service:
		return topology.serviceItem(object)
	case *appsv1.StatefulSet:
		item := workloadItem(object, kindStatefulSet, fields.Replicas(object.Spec.Replicas), object.Status.ReadyReplicas, object.Status.Replicas)
		item.Updated, item.Images = object.Status.UpdatedReplicas, images(object.Spec.Template.Spec)
		return item
	case *appsv1.DaemonSet:
		item := workloadItem(object, kindDaemonSet, object.Status.DesiredNumberScheduled, object.Status.NumberReady, object.Status.CurrentNumberScheduled)
		item.Updated, item.Images = object.Status.UpdatedNumberScheduled, images(object.Spec.Template.Spec)
		return item
	case *batchv1.Job:
		completions := object.Spec.Completions
		if completions == nil {
			completions = object.Spec.Parallelism
		}
		item := workloadItem(object, kindJob, fields.Replicas(completions), object.Status.Succeeded, object.Status.Active)
		item.Failed, item.Images = object.Status.Failed, images(object.Spec.Template.Spec)
		return item
	case *batchv1.CronJob:
		var desired int32 = 1
		if object.Spec.Suspend != nil && *object.Spec.Suspend {
			desired = 0
		}
		item := workloadItem(object, kindCronJob, desired, 0, int32(len(object.Status.Active)))
		item.Images = images(object.Spec.JobTemplate.Spec.Template.Spec)
		return item
	case *autoscalingv2.HorizontalPodAutoscaler:
		return topology.autoscalerItem(object)
	case *corev1.ReplicationController:
		item := workloadItem(object, kindReplicationController, fields.Replicas(object.Spec.Replicas), object.Status.ReadyReplicas, object.Status.Replicas)
		if object.Spec.Template != nil {
			item.Images = images(object.Spec.Template.Spec)
		}
		return item
	case *policyv1.PodDisruptionBudget:
		return topology.budgetItem(object)
	case *corev1.PersistentVolumeClaim:
		return topology.claimItem(object)
	case *corev1.PersistentVolume:
		return topology.volumeItem(object)
	case *custom.Object:
		return topology.customItem(object)
	default:
		return nil
	}
}

func (topology *Topology) deploymentItem(deployment *appsv1.Deployment, now metav1.Time) *DeploymentItem {
	item := &DeploymentItem{
		UID:             string(deployment.UID),
		Kind:            kindDeployment,
		Namespace:       deployment.Namespace,
		Name:            deployment.Name,
		Owner:           controllerUID(deployment),
		Created:         milliseconds(deployment.CreationTimestamp.Time),
		Deleting:        deletion(deployment),
		RevisionSeen:    fields.Revision(deployment),
		Desired:         fields.Replicas(deployment.Spec.Replicas),
		Updated:         deployment.Status.UpdatedReplicas,
		Ready:           deployment.Status.ReadyReplicas,
		Available:       deployment.Status.AvailableReplicas,
		Unavailable:     deployment.Status.UnavailableReplicas,
		Total:           deployment.Status.Replicas,
		Revision:        fields.RolloutRevision(deployment),
		Paused:          deployment.Spec.Paused,
		Strategy:        string(deployment.Spec.Strategy.Type),
		MinReadySeconds: deployment.Spec.MinReadySeconds,
		Images:          images(deployment.Spec.Template.Spec),
		Settled:         topology.graph.deploymentTreeObstacle(deployment, now) == "",
	}
	if condition := deploymentutil.GetDeploymentCondition(deployment.Status, appsv1.DeploymentProgressing); condition != nil {
		item.Progressing = condition.Reason
	}
	if rolling := deployment.Spec.Strategy.RollingUpdate; rolling != nil {
		item.MaxSurgeText = asWritten(rolling.MaxSurge)
		item.MaxUnavailableText = asWritten(rolling.MaxUnavailable)
		// An error means a text that is neither a number nor a percentage, which
		// validation rejects; the numbers then stay 0 beside the text.
		item.MaxSurge, item.MaxUnavailable, _ = deploymentutil.ResolveFenceposts(rolling.MaxSurge, rolling.MaxUnavailable, item.Desired)
	}
	return item
}

func (topology *Topology) replicaSetItem(replicaSet *appsv1.ReplicaSet, owner types.UID) *ReplicaSetItem {
	return &ReplicaSetItem{
		UID:          string(replicaSet.UID),
		Kind:         kindReplicaSet,
		Namespace:    replicaSet.Namespace,
		Name:         replicaSet.Name,
		Owner:        string(owner),
		Created:      milliseconds(replicaSet.CreationTimestamp.Time),
		Deleting:     deletion(replicaSet),
		RevisionSeen: fields.Revision(replicaSet),
		Desired:      fields.Replicas(replicaSet.Spec.Replicas),
		Current:      replicaSet.Status.Replicas,
		Ready:        replicaSet.Status.ReadyReplicas,
		Available:    replicaSet.Status.AvailableReplicas,
		Revision:     fields.RolloutRevision(replicaSet),
		Active:       topology.graph.active(replicaSet, owner),
		Images:       images(replicaSet.Spec.Template.Spec),
		Hash:         replicaSet.Labels[appsv1.DefaultDeploymentUniqueLabelKey],
	}
}

// active reports whether replicaSet is the one that its Deployment rolls out.
func (graph *graph) active(replicaSet *appsv1.ReplicaSet, owner types.UID) bool {
	siblings := graph.replicaSets(owner)
	if len(siblings) == 0 {
		return true
	}
	if known := graph.entries[owner]; known != nil {
		if deployment, ok := known.object.(*appsv1.Deployment); ok {
			if current := deploymentutil.FindNewReplicaSet(deployment, siblings); current != nil {
				return current.UID == replicaSet.UID
			}
		}
	}
	revision := fields.RolloutRevision(replicaSet)
	for _, sibling := range siblings {
		if fields.RolloutRevision(sibling) > revision {
			return false
		}
	}
	return true
}

func (topology *Topology) podItem(pod *corev1.Pod) *PodItem {
	row := topology.columns.pod(pod)
	return &PodItem{
		UID:            string(pod.UID),
		Kind:           kindPod,
		Namespace:      pod.Namespace,
		Name:           pod.Name,
		Owner:          controllerUID(pod),
		Created:        milliseconds(pod.CreationTimestamp.Time),
		Deleting:       deletion(pod),
		RevisionSeen:   fields.Revision(pod),
		Phase:          cmp.Or(string(pod.Status.Phase), string(corev1.PodPending)),
		Status:         row.text(topology.columns.podStatus),
		ReadyText:      row.text(topology.columns.podReady),
		Ready:          podutil.IsPodReady(pod),
		Restarts:       row.leadingNumber(topology.columns.podRestarts),
		Node:           pod.Spec.NodeName,
		IP:             pod.Status.PodIP,
		Images:         images(pod.Spec),
		ReplicaSetHash: pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey],
		Services:       topology.graph.servicesOf(pod.UID),
	}
}

func (topology *Topology) nodeItem(node *corev1.Node) *NodeItem {
	item := &NodeItem{
		UID:           string(node.UID),
		Kind:          kindNode,
		Name:          node.Name,
		Owner:         controllerUID(node),
		Created:       milliseconds(node.CreationTimestamp.Time),
		Deleting:      deletion(node),
		RevisionSeen:  fields.Revision(node),
		Ready:         nodeReady(node) == corev1.ConditionTrue,
		Status:        topology.columns.node(node).text(topology.columns.nodeStatus),
		Unschedulable: node.Spec.Unschedulable,
		PodCIDR:       node.Spec.PodCIDR,
		PodCount:      len(topology.graph.pods[node.Name]),
	}
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			item.InternalIP = address.Address
			break
		}
	}
	return item
}

// nodeReady returns the status of the condition Ready, "" without one.
func nodeReady(node *corev1.Node) corev1.ConditionStatus {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status
		}
	}
	return ""
}

func (topology *Topology) serviceItem(service *corev1.Service) *ServiceItem {
	row := topology.columns.service(service)
	ready, endpoints := topology.graph.endpointsOf(service)
	return &ServiceItem{
		UID:          string(service.UID),
		Kind:         kindService,
		Namespace:    service.Namespace,
		Name:         service.Name,
		Owner:        controllerUID(service),
		Created:      milliseconds(service.CreationTimestamp.Time),
		Deleting:     deletion(service),
		RevisionSeen: fields.Revision(service),
		ClusterIP:    row.text(topology.columns.serviceIP),
		Type:         string(service.Spec.Type),
		Ports:        row.text(topology.columns.servicePorts),
		Targets:      topology.graph.targets(service.Namespace, labels.SelectorFromSet(service.Spec.Selector)),
		Ready:        ready,
		Endpoints:    endpoints,
	}
}

func workloadItem(object metav1.Object, kind string, desired, ready, current int32) *WorkloadItem {
	return &WorkloadItem{
		UID:          string(object.GetUID()),
		Kind:         kind,
		Namespace:    object.GetNamespace(),
		Name:         object.GetName(),
		Owner:        controllerUID(object),
		Created:      milliseconds(object.GetCreationTimestamp().Time),
		Deleting:     deletion(object),
		RevisionSeen: fields.Revision(object),
		Desired:      desired,
		Ready:        ready,
		Current:      current,
	}
}

func controllerUID(object metav1.Object) string {
	if controller := metav1.GetControllerOfNoCopy(object); controller != nil {
		return string(controller.UID)
	}
	return ""
}

// deletion returns the deletionTimestamp in milliseconds since 1970, 0 without
// one.
func deletion(object metav1.Object) int64 {
	if timestamp := object.GetDeletionTimestamp(); timestamp != nil {
		return milliseconds(timestamp.Time)
	}
	return 0
}

// asWritten returns the value as in the manifest, "" if it is unset.
func asWritten(value *intstr.IntOrString) string {
	if value == nil {
		return ""
	}
	return value.String()
}

// images returns the images of the containers in their order, without init
// containers.
func images(spec corev1.PodSpec) []string {
	images := make([]string, 0, len(spec.Containers))
	for _, container := range spec.Containers {
		images = append(images, container.Image)
	}
	return images
}

// describe names an object as kubectl does, with its namespace.
func describe(kind string, object metav1.Object) string {
	if object.GetNamespace() == "" {
		return fmt.Sprintf("%s %q", kind, object.GetName())
	}
	return fmt.Sprintf("%s %q", kind, object.GetNamespace()+"/"+object.GetName())
}
