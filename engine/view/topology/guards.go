package topology

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"

	"tabernetes/engine/view/fields"
)

func (topology *Topology) autoscalerItem(autoscaler *autoscalingv2.HorizontalPodAutoscaler) *AutoscalerItem {
	reference := autoscaler.Spec.ScaleTargetRef
	item := &AutoscalerItem{
		UID:          string(autoscaler.UID),
		Kind:         kindAutoscaler,
		Namespace:    autoscaler.Namespace,
		Name:         autoscaler.Name,
		Owner:        controllerUID(autoscaler),
		Created:      milliseconds(autoscaler.CreationTimestamp.Time),
		Deleting:     deletion(autoscaler),
		RevisionSeen: fields.Revision(autoscaler),
		Target:       topology.graph.targetOf(autoscaler.Namespace, reference.Kind, reference.Name),
		Minimum:      fields.Replicas(autoscaler.Spec.MinReplicas),
		Maximum:      autoscaler.Spec.MaxReplicas,
		Current:      autoscaler.Status.CurrentReplicas,
		Desired:      autoscaler.Status.DesiredReplicas,
		Metrics:      topology.columns.autoscaler(autoscaler).text(topology.columns.autoscalerTargets),
	}
	for _, condition := range autoscaler.Status.Conditions {
		if condition.Type != autoscalingv2.ScalingLimited && condition.Status == corev1.ConditionFalse {
			item.Trouble = condition.Reason
			break
		}
	}
	return item
}

func (topology *Topology) budgetItem(budget *policyv1.PodDisruptionBudget) *BudgetItem {
	return &BudgetItem{
		UID:            string(budget.UID),
		Kind:           kindBudget,
		Namespace:      budget.Namespace,
		Name:           budget.Name,
		Owner:          controllerUID(budget),
		Created:        milliseconds(budget.CreationTimestamp.Time),
		Deleting:       deletion(budget),
		RevisionSeen:   fields.Revision(budget),
		Targets:        topology.graph.targets(budget.Namespace, selectorOf(budget.Spec.Selector)),
		MinAvailable:   asWritten(budget.Spec.MinAvailable),
		MaxUnavailable: asWritten(budget.Spec.MaxUnavailable),
		Allowed:        budget.Status.DisruptionsAllowed,
		Healthy:        budget.Status.CurrentHealthy,
		Least:          budget.Status.DesiredHealthy,
		Expected:       budget.Status.ExpectedPods,
	}
}
