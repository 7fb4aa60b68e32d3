package diagnose

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"

	"tabernetes/engine/view/fields"
	"tabernetes/engine/view/rollout"
)

// replicaSetsOf returns the ReplicaSets that a Deployment controls, oldest first.
func (d *Diagnoser) replicaSetsOf(deployment *appsv1.Deployment) []*appsv1.ReplicaSet {
	indexer, ok := d.stores["ReplicaSet"].(cache.Indexer)
	if !ok {
		return nil // every informer's store is an indexer
	}
	return controlled[*appsv1.ReplicaSet](indexer, deployment.UID)
}

// Arithmetic is what the Deployment controller computes for a Deployment now.
// The error is ErrNotFound.
func (d *Diagnoser) Arithmetic(namespace, name string) (*rollout.Arithmetic, error) {
	deployment, ok := d.find("Deployment", namespace, name).(*appsv1.Deployment)
	if !ok {
		return nil, fmt.Errorf("explain Deployment %q: %w", objectName(namespace, name), ErrNotFound)
	}
	arithmetic := rollout.Compute(deployment, d.replicaSetsOf(deployment))
	return &arithmetic, nil
}

func (d *Diagnoser) deployment(deployment *appsv1.Deployment, now time.Time) []Link {
	reference := referenceTo("Deployment", deployment)
	status, desired := deployment.Status, fields.Replicas(deployment.Spec.Replicas)
	if status.ObservedGeneration < deployment.Generation {
		return []Link{notObserved(reference, deployment.Generation, status.ObservedGeneration)}
	}
	replicaSets := d.replicaSetsOf(deployment)
	if deploymentutil.DeploymentComplete(deployment, &status) {
		if deployment.Spec.Paused {
			return []Link{d.paused(reference, deployment)}
		}
		return d.leavingReplicas(reference, replicaSets, now)
	}

	symptom := Link{
		Object: reference, Reason: ReasonRolloutIncomplete, State: Waiting,
		Parameters: Parameters{"updated": status.UpdatedReplicas, "desired": desired, "available": status.AvailableReplicas},
		Evidence: []Evidence{field(".status", fmt.Sprintf("updatedReplicas: %d, availableReplicas: %d, replicas: %d",
			status.UpdatedReplicas, status.AvailableReplicas, status.Replicas))},
		Command: command(deployment.Namespace, "rollout", "status", "deployment/"+deployment.Name),
	}
	progressing := deploymentutil.GetDeploymentCondition(status, appsv1.DeploymentProgressing)
	if progressing != nil && progressing.Reason == deploymentutil.TimedOutReason {
		symptom.Reason, symptom.State = ReasonProgressDeadlineExceeded, Blocked
		seconds := int32(600)
		if deployment.Spec.ProgressDeadlineSeconds != nil {
			seconds = *deployment.Spec.ProgressDeadlineSeconds
		}
		symptom.Parameters["seconds"] = seconds
	}
	if progressing != nil {
		symptom.Evidence = append(symptom.Evidence, conditionEvidence("Progressing", string(progressing.Status), progressing.Message))
	}
	if available := deploymentutil.GetDeploymentCondition(status, appsv1.DeploymentAvailable); available != nil && available.Status != corev1.ConditionTrue {
		symptom.Evidence = append(symptom.Evidence, conditionEvidence("Available", string(available.Status), available.Message))
	}
	chain := []Link{symptom}

	current := deploymentutil.FindNewReplicaSet(deployment, replicaSets)
	cause := d.currentCause(deployment, current, now)
	// What blocks the new pods matters even when the rollout is paused; a cause
	// that needs no action yields to the pause.
	if deployment.Spec.Paused && stateOf(cause) != Blocked {
		return append(chain, d.paused(reference, deployment))
	}
	arithmetic := rollout.Compute(deployment, replicaSets)
	if arithmetic.Next == rollout.Wait && arithmetic.Old > 0 && deploymentutil.IsRollingUpdate(deployment) {
		chain = append(chain, Link{
			Object: reference, Reason: ReasonRolloutBound, State: Waiting,
			Parameters: Parameters{"total": arithmetic.Total, "ceiling": arithmetic.Ceiling, "available": arithmetic.Available, "floor": arithmetic.Floor},
			Evidence: []Evidence{field(".spec.strategy.rollingUpdate",
				fmt.Sprintf("maxSurge: %s, maxUnavailable: %s", arithmetic.Surge.Written, arithmetic.Unavailable.Written))},
			Command: command(deployment.Namespace, "get", "replicasets", "-l", selectorText(deployment.Spec.Selector)),
		})
	}
	if len(cause) == 0 {
		cause = d.leavingReplicas(reference, replicaSets, now)
	}
	if len(cause) == 0 {
		cause = d.unavailableOld(replicaSets, current, now)
	}
	return append(chain, cause...)
}

// currentCause explains the ReplicaSet of the Deployment's current template.
func (d *Diagnoser) currentCause(deployment *appsv1.Deployment, current *appsv1.ReplicaSet, now time.Time) []Link {
	if current == nil {
		return nil
	}
	// The controller copies the failure of the new ReplicaSet into its own
	// conditions, and scales the ReplicaSet only within its bounds: only the pods
	// missing up to that size count.
	return d.replicaSet(current, now)
}

// unavailableOld explains old pods that are not available: below the floor, no old
// pod may be removed, and no new one added.
func (d *Diagnoser) unavailableOld(replicaSets []*appsv1.ReplicaSet, current *appsv1.ReplicaSet, now time.Time) []Link {
	var worst []Link
	for _, replicaSet := range replicaSets {
		if current != nil && replicaSet.UID == current.UID {
			continue
		}
		if chain := d.replicaSet(replicaSet, now); stateOf(chain).rank() > stateOf(worst).rank() {
			worst = chain
		}
	}
	return worst
}

// leavingReplicas explains pods of a Deployment that terminate.
func (d *Diagnoser) leavingReplicas(reference Reference, replicaSets []*appsv1.ReplicaSet, now time.Time) []Link {
	var pods []*corev1.Pod
	for _, replicaSet := range replicaSets {
		pods = append(pods, d.podsOf(replicaSet.UID)...)
	}
	return d.leaving(reference, pods, now)
}

func (d *Diagnoser) leaving(reference Reference, pods []*corev1.Pod, now time.Time) []Link {
	leaving := 0
	var worst []Link
	for _, pod := range pods {
		if pod.DeletionTimestamp == nil {
			continue
		}
		leaving++
		if chain := d.pod(pod, now); worst == nil || stateOf(chain).rank() > stateOf(worst).rank() {
			worst = chain
		}
	}
	if leaving == 0 {
		return nil
	}
	return append([]Link{{
		Object: reference, Reason: ReasonTerminatingReplica, State: stateOf(worst),
		Parameters: Parameters{"count": leaving},
		Evidence:   []Evidence{field("pods with .metadata.deletionTimestamp", leaving)},
		Command:    command(reference.Namespace, "get", "pods"),
	}}, worst...)
}

func (d *Diagnoser) paused(reference Reference, deployment *appsv1.Deployment) Link {
	link := Link{
		Object: reference, Reason: ReasonDeploymentPaused, State: Held,
		Parameters: Parameters{"updated": deployment.Status.UpdatedReplicas, "desired": fields.Replicas(deployment.Spec.Replicas)},
		Evidence:   []Evidence{field(".spec.paused", true)},
		Command:    command(deployment.Namespace, "get", "deployment", deployment.Name, "-o", "jsonpath={.spec.paused}"),
	}
	if condition := deploymentutil.GetDeploymentCondition(deployment.Status, appsv1.DeploymentProgressing); condition != nil && condition.Reason == deploymentutil.PausedDeployReason {
		link.Evidence = append(link.Evidence, conditionEvidence("Progressing", string(condition.Status), condition.Message))
	}
	return link
}

func notObserved(reference Reference, generation, observed int64) Link {
	return Link{
		Object: reference, Reason: ReasonNotObserved, State: Waiting,
		Parameters: Parameters{"generation": generation, "observed": observed},
		Evidence:   []Evidence{field(".status.observedGeneration", observed)},
		Command:    command(reference.Namespace, "get", resourceOf(reference.Kind), reference.Name, "-o", "jsonpath={.status.observedGeneration}"),
	}
}
