package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// downNode explains that the node of a pod does not report, or is gone; nil when
// it is ready.
func (d *Diagnoser) downNode(name string) *Link {
	if name == "" {
		return nil
	}
	reference := Reference{Kind: "Node", Name: name}
	node, ok := d.find("Node", "", name).(*corev1.Node)
	if !ok {
		return &Link{
			Object: reference, Reason: ReasonNodeDown, State: Blocked,
			Parameters: Parameters{"node": name, "status": "NotFound"},
			Evidence:   []Evidence{field(".spec.nodeName", name)},
			Command:    command("", "get", "nodes"),
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type != corev1.NodeReady || condition.Status == corev1.ConditionTrue {
			continue
		}
		return &Link{
			Object: referenceTo("Node", node), Reason: ReasonNodeDown, State: Blocked,
			Parameters: Parameters{"node": name, "status": string(condition.Status)},
			Evidence:   []Evidence{conditionEvidence("Ready", string(condition.Status), cmp.Or(condition.Message, condition.Reason))},
			Command:    command("", "describe", "node", name),
		}
	}
	return nil
}

func (d *Diagnoser) node(node *corev1.Node, now time.Time) []Link {
	if down := d.downNode(node.Name); down != nil {
		return []Link{*down}
	}
	if !node.Spec.Unschedulable {
		return nil
	}
	// kubectl drain leaves the pods of DaemonSets and mirror pods where they are.
	var staying []*corev1.Pod
	for _, pod := range d.podsOn(node.Name) {
		controller := metav1.GetControllerOfNoCopy(pod)
		_, mirror := pod.Annotations[corev1.MirrorPodAnnotationKey]
		if !podutil.IsPodTerminal(pod) && !mirror && (controller == nil || controller.Kind != "DaemonSet") {
			staying = append(staying, pod)
		}
	}
	reference := referenceTo("Node", node)
	link := Link{
		Object: reference, Reason: ReasonNodeCordoned, State: Held,
		Parameters: Parameters{"pods": len(staying)},
		Evidence:   []Evidence{field(".spec.unschedulable", true)},
		Command:    command("", "get", "node", node.Name),
	}
	var guarded []string
	var budget *policyv1.PodDisruptionBudget
	for _, pod := range staying {
		if guard := d.guard(pod); guard != nil {
			guarded = append(guarded, pod.Name)
			if budget == nil {
				budget = guard
			}
		}
	}
	if budget == nil {
		return []Link{link}
	}
	link.State = Blocked
	return append([]Link{link, {
		Object: reference, Reason: ReasonDrainBlocked, State: Blocked,
		Parameters: Parameters{"pods": guarded},
		Evidence:   []Evidence{field("pods on the node", strings.Join(guarded, ", "))},
		Command:    command("", "drain", node.Name, "--ignore-daemonsets", "--dry-run=server"),
	}}, d.budget(budget, now)...)
}

// guard returns the budget that blocks an eviction of the pod, or nil. As in the
// eviction API (pkg/registry/core/pod/storage/eviction.go), pods that have ended
// may be evicted, and pods that are not ready if the policy says so.
func (d *Diagnoser) guard(pod *corev1.Pod) *policyv1.PodDisruptionBudget {
	if podutil.IsPodTerminal(pod) || pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodPending {
		return nil
	}
	for _, budget := range all[*policyv1.PodDisruptionBudget](d, "PodDisruptionBudget", pod.Namespace) {
		selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
		if err != nil || !selector.Matches(labels.Set(pod.Labels)) || budget.Status.DisruptionsAllowed > 0 {
			continue
		}
		if !podutil.IsPodReady(pod) && budget.Spec.UnhealthyPodEvictionPolicy != nil && *budget.Spec.UnhealthyPodEvictionPolicy == policyv1.AlwaysAllow {
			continue
		}
		return budget
	}
	return nil
}

func (d *Diagnoser) budget(budget *policyv1.PodDisruptionBudget, now time.Time) []Link {
	reference, status := referenceTo("PodDisruptionBudget", budget), budget.Status
	if status.ObservedGeneration < budget.Generation {
		return []Link{notObserved(reference, budget.Generation, status.ObservedGeneration)}
	}
	if status.ExpectedPods == 0 {
		return []Link{{
			Object: reference, Reason: ReasonBudgetSelectsNoPods, State: Blocked,
			Parameters: Parameters{"selector": selectorText(budget.Spec.Selector)},
			Evidence:   []Evidence{field(".status.expectedPods", 0)},
			Command:    command(budget.Namespace, "get", "pods", "-l", selectorText(budget.Spec.Selector)),
		}}
	}
	if status.DisruptionsAllowed > 0 {
		return nil
	}
	link := Link{
		Object: reference, Reason: ReasonDisruptionsNotAllowed, State: Blocked,
		Parameters: Parameters{"healthy": status.CurrentHealthy, "desired": status.DesiredHealthy, "expected": status.ExpectedPods},
		Evidence:   []Evidence{field(".status.disruptionsAllowed", status.DisruptionsAllowed)},
		Command:    command(budget.Namespace, "get", "poddisruptionbudget", budget.Name),
	}
	for _, condition := range status.Conditions {
		if condition.Type == policyv1.DisruptionAllowedCondition {
			link.Evidence = append(link.Evidence, conditionEvidence(condition.Type, string(condition.Status), condition.Reason))
		}
	}
	chain := []Link{link}
	if status.CurrentHealthy >= status.ExpectedPods {
		return chain // the budget leaves no room even when all pods are healthy
	}
	selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
	if err != nil {
		return chain // validation rejects such a selector
	}
	var worst []Link
	for _, pod := range all[*corev1.Pod](d, "Pod", budget.Namespace) {
		if selector.Matches(labels.Set(pod.Labels)) && !podutil.IsPodReady(pod) {
			if cause := d.pod(pod, now); stateOf(cause).rank() > stateOf(worst).rank() {
				worst = cause
			}
		}
	}
	if stateOf(worst) == Waiting {
		chain[0].State = Waiting
	}
	return append(chain, worst...)
}

func sortEvidence(evidence []Evidence) {
	slices.SortFunc(evidence, func(a, b Evidence) int { return strings.Compare(a.Name, b.Name) })
}
