package diagnose

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"tabernetes/engine/view/fields"
)

// failedCreate is the reason of upstream's events and conditions for a pod that
// could not be created (controller.FailedCreatePodReason and others).
const failedCreate = "FailedCreate"

func (d *Diagnoser) replicaSet(set *appsv1.ReplicaSet, now time.Time) []Link {
	return d.replicas(referenceTo("ReplicaSet", set), set, now)
}

// replicationController explains it by the ReplicaSet that it would be: upstream
// has one controller for both (pkg/controller/replication/conversion.go).
func (d *Diagnoser) replicationController(controller *corev1.ReplicationController, now time.Time) []Link {
	set := &appsv1.ReplicaSet{
		ObjectMeta: controller.ObjectMeta,
		Spec:       appsv1.ReplicaSetSpec{Replicas: controller.Spec.Replicas, MinReadySeconds: controller.Spec.MinReadySeconds},
		Status: appsv1.ReplicaSetStatus{
			Replicas:           controller.Status.Replicas,
			AvailableReplicas:  controller.Status.AvailableReplicas,
			ObservedGeneration: controller.Status.ObservedGeneration,
		},
	}
	for _, condition := range controller.Status.Conditions {
		set.Status.Conditions = append(set.Status.Conditions, appsv1.ReplicaSetCondition{
			Type: appsv1.ReplicaSetConditionType(condition.Type), Status: condition.Status,
			Reason: condition.Reason, Message: condition.Message,
		})
	}
	return d.replicas(referenceTo("ReplicationController", controller), set, now)
}

func (d *Diagnoser) replicas(reference Reference, set *appsv1.ReplicaSet, now time.Time) []Link {
	desired := fields.Replicas(set.Spec.Replicas)
	if set.Status.ObservedGeneration < set.Generation {
		return []Link{notObserved(reference, set.Generation, set.Status.ObservedGeneration)}
	}
	pods := d.podsOf(set.UID)
	for _, condition := range set.Status.Conditions {
		if condition.Type == appsv1.ReplicaSetReplicaFailure && condition.Status == corev1.ConditionTrue && condition.Reason == failedCreate {
			evidence := []Evidence{conditionEvidence("ReplicaFailure", "True", condition.Message)}
			return d.createRefused(reference, desired-set.Status.Replicas, desired, evidence, condition.Message)
		}
	}
	if set.Status.AvailableReplicas >= desired && set.Status.Replicas == desired {
		return d.leaving(reference, pods, now)
	}
	if set.Status.Replicas != desired {
		return []Link{scaling(reference, set.Status.Replicas, desired)}
	}
	return d.unavailable(reference, pods, desired, set.Spec.MinReadySeconds, now)
}

// unavailable explains pods of a controller that do not count as available: of the
// causes that need the most from a person, the one that most pods share.
func (d *Diagnoser) unavailable(reference Reference, pods []*corev1.Pod, desired, minReadySeconds int32, now time.Time) []Link {
	count := 0
	chains := map[string][]Link{}
	shared := map[string]int{}
	var best string
	for _, pod := range pods {
		if podutil.IsPodAvailable(pod, minReadySeconds, metav1.NewTime(now)) && pod.DeletionTimestamp == nil {
			continue
		}
		if pod.DeletionTimestamp == nil {
			count++
		}
		chain := d.podOf(pod, minReadySeconds, now)
		if len(chain) == 0 {
			continue
		}
		key := root(chain)
		shared[key]++
		if chains[key] == nil {
			chains[key] = chain
		}
		one, other := stateOf(chain).rank(), stateOf(chains[best]).rank()
		if best == "" || one > other || one == other && shared[key] > shared[best] {
			best = key
		}
	}
	if count == 0 && best == "" {
		return nil
	}
	return append([]Link{{
		Object: reference, Reason: ReasonPodsUnavailable, State: worse(stateOf(chains[best]), Waiting),
		Parameters: Parameters{"count": count, "desired": desired},
		Evidence:   []Evidence{field("pods that are not available", count)},
		Command:    describe(reference),
	}}, chains[best]...)
}

func scaling(reference Reference, current, desired int32) Link {
	return Link{
		Object: reference, Reason: ReasonScaling, State: Waiting,
		Parameters: Parameters{"current": current, "desired": desired},
		Evidence:   []Evidence{field(".status.replicas", current)},
		Command:    describe(reference),
	}
}

// eventRefusal explains a controller that reports only in events that it cannot
// create pods.
func (d *Diagnoser) eventRefusal(reference Reference, object metav1.Object, missing, desired int32, reasons ...string) []Link {
	events := d.eventsOf(object.GetUID(), reasons...)
	if missing <= 0 || len(events) == 0 {
		return nil
	}
	return d.createRefused(reference, missing, desired, newest(events), events[0].Message)
}
