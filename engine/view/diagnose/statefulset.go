package diagnose

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"tabernetes/engine/view/fields"
)

func (d *Diagnoser) statefulSet(set *appsv1.StatefulSet, now time.Time) []Link {
	reference, desired, status := referenceTo("StatefulSet", set), fields.Replicas(set.Spec.Replicas), set.Status
	if status.ObservedGeneration < set.Generation {
		return []Link{notObserved(reference, set.Generation, status.ObservedGeneration)}
	}
	pods := d.podsOf(set.UID)
	if status.Replicas < desired {
		if refused := d.eventRefusal(reference, set, desired-status.Replicas, desired, failedCreate); refused != nil && noneWaits(pods, set.Spec.MinReadySeconds, now) {
			return refused
		}
	}
	if status.AvailableReplicas < desired {
		chain := d.unavailable(reference, pods, desired, set.Spec.MinReadySeconds, now)
		if len(chain) == 0 {
			return []Link{scaling(reference, status.Replicas, desired)}
		}
		if status.Replicas < desired && set.Spec.PodManagementPolicy != appsv1.ParallelPodManagement && len(chain) > 1 {
			chain[0] = Link{
				Object: reference, Reason: ReasonOrderedPods, State: chain[0].State,
				Parameters: Parameters{"pod": chain[1].Object.Name, "current": status.Replicas, "desired": desired},
				Evidence:   []Evidence{field(".status.replicas", status.Replicas), field(".spec.podManagementPolicy", set.Spec.PodManagementPolicy)},
				Command:    command(set.Namespace, "get", "pods", "-l", selectorText(set.Spec.Selector)),
			}
		}
		return chain
	}
	if status.Replicas > desired {
		return append([]Link{scaling(reference, status.Replicas, desired)}, d.leaving(reference, pods, now)...)
	}
	if status.CurrentRevision == status.UpdateRevision {
		return d.leaving(reference, pods, now)
	}
	return d.statefulSetUpdate(reference, set)
}

// statefulSetUpdate explains why all pods are available but not all have the
// newest revision.
func (d *Diagnoser) statefulSetUpdate(reference Reference, set *appsv1.StatefulSet) []Link {
	desired, status := fields.Replicas(set.Spec.Replicas), set.Status
	if set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType {
		return []Link{updateOnDelete(reference, status.UpdatedReplicas, desired)}
	}
	if rolling := set.Spec.UpdateStrategy.RollingUpdate; rolling != nil && rolling.Partition != nil && *rolling.Partition > 0 && status.UpdatedReplicas >= desired-*rolling.Partition {
		return []Link{{
			Object: reference, Reason: ReasonUpdatePartition, State: Held,
			Parameters: Parameters{"partition": *rolling.Partition, "updated": status.UpdatedReplicas, "desired": desired},
			Evidence:   []Evidence{field(".spec.updateStrategy.rollingUpdate.partition", *rolling.Partition)},
			Command:    command(set.Namespace, "rollout", "status", "statefulset/"+set.Name),
		}}
	}
	return []Link{{
		Object: reference, Reason: ReasonRolloutIncomplete, State: Waiting,
		Parameters: Parameters{"updated": status.UpdatedReplicas, "desired": desired, "available": status.AvailableReplicas},
		Evidence:   []Evidence{field(".status.updatedReplicas", status.UpdatedReplicas)},
		Command:    command(set.Namespace, "rollout", "status", "statefulset/"+set.Name),
	}}
}

func updateOnDelete(reference Reference, updated, desired int32) Link {
	return Link{
		Object: reference, Reason: ReasonUpdateOnDelete, State: Held,
		Parameters: Parameters{"updated": updated, "desired": desired},
		Evidence:   []Evidence{field(".spec.updateStrategy.type", "OnDelete")},
		Command:    command(reference.Namespace, "get", resourceOf(reference.Kind), reference.Name, "-o", "jsonpath={.spec.updateStrategy.type}"),
	}
}

func noneWaits(pods []*corev1.Pod, minReadySeconds int32, now time.Time) bool {
	for _, pod := range pods {
		if pod.DeletionTimestamp != nil || !podutil.IsPodAvailable(pod, minReadySeconds, metav1.NewTime(now)) {
			return false
		}
	}
	return true
}

func (d *Diagnoser) daemonSet(set *appsv1.DaemonSet, now time.Time) []Link {
	reference, status := referenceTo("DaemonSet", set), set.Status
	if status.ObservedGeneration < set.Generation {
		return []Link{notObserved(reference, set.Generation, status.ObservedGeneration)}
	}
	desired := status.DesiredNumberScheduled
	if desired == 0 {
		selector := metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: set.Spec.Template.Spec.NodeSelector})
		return []Link{{
			Object: reference, Reason: ReasonNoNodeSelected, State: Blocked,
			Parameters: Parameters{"selector": selector},
			Evidence:   []Evidence{field(".status.desiredNumberScheduled", 0), field(".spec.template.spec.nodeSelector", selector)},
			Command:    command("", "get", "nodes", "--show-labels"),
		}}
	}
	if refused := d.eventRefusal(reference, set, desired-status.CurrentNumberScheduled, desired, failedCreate); refused != nil {
		return refused
	}
	pods := d.podsOf(set.UID)
	if status.NumberAvailable < desired {
		if chain := d.unavailable(reference, pods, desired, set.Spec.MinReadySeconds, now); len(chain) > 0 {
			return chain
		}
		return []Link{scaling(reference, status.CurrentNumberScheduled, desired)}
	}
	if status.UpdatedNumberScheduled < desired {
		if set.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
			return []Link{updateOnDelete(reference, status.UpdatedNumberScheduled, desired)}
		}
		return []Link{{
			Object: reference, Reason: ReasonRolloutIncomplete, State: Waiting,
			Parameters: Parameters{"updated": status.UpdatedNumberScheduled, "desired": desired, "available": status.NumberAvailable},
			Evidence:   []Evidence{field(".status.updatedNumberScheduled", fmt.Sprintf("%d of %d", status.UpdatedNumberScheduled, desired))},
			Command:    command(set.Namespace, "rollout", "status", "daemonset/"+set.Name),
		}}
	}
	return d.leaving(reference, pods, now)
}
