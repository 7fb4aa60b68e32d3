package diagnose

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	resourcehelper "k8s.io/component-helpers/resource"
	schedulinghelper "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	affinityplugin "k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodeaffinity"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodeunschedulable"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/volumebinding"
)

// nodeRefusal matches one part of the scheduler's message, such as "3 Insufficient
// cpu": how many nodes a filter has refused, and why (framework.FitError).
var nodeRefusal = regexp.MustCompile(`(?:^|[:,] )(\d+) ((?:Insufficient|Too many pods|node\(s\)|node )[^,.;]*(?:\{[^}]*\})?)`)

// unschedulable explains a pod that the scheduler has found no node for. The
// filters' reasons come from its message; which nodes they refused, and how much
// these lack, is computed with the functions that the filters use.
func (d *Diagnoser) unschedulable(pod *corev1.Pod, condition *corev1.PodCondition) []Link {
	reference := referenceTo("Pod", pod)
	nodes := all[*corev1.Node](d, "Node", "")
	chain := []Link{{
		Object: reference, Reason: ReasonUnschedulable, State: Blocked,
		Parameters: Parameters{"nodes": len(nodes)},
		Evidence:   append([]Evidence{conditionEvidence("PodScheduled", "False", condition.Message)}, newest(d.eventsOf(pod.UID, "FailedScheduling"))...),
		Command:    describe(reference),
	}}
	filters, _, _ := strings.Cut(condition.Message, "preemption:")
	var causes []Link
	for _, match := range nodeRefusal.FindAllStringSubmatch(filters, -1) {
		count, err := strconv.Atoi(match[1])
		if err != nil {
			continue // more digits than a number of nodes can have
		}
		causes = append(causes, d.refusals(pod, nodes, count, strings.TrimSpace(match[2]), condition.Message)...)
	}
	if len(causes) == 0 {
		causes = append(causes, d.otherRefusal(pod, condition.Message)...)
	}
	slices.SortStableFunc(causes, func(a, b Link) int {
		return slices.Index(refusalOrder, a.Reason) - slices.Index(refusalOrder, b.Reason)
	})
	return append(chain, causes...)
}

// refusalOrder puts the pod's own constraints before what the nodes lack, which is
// the likeliest to be changed and so comes last. Other reasons come first.
var refusalOrder = []Reason{ReasonNodeSelector, ReasonUntoleratedTaint, ReasonNodesCordoned, ReasonTooManyPods, ReasonInsufficientResource}

func (d *Diagnoser) refusals(pod *corev1.Pod, nodes []*corev1.Node, count int, text, message string) []Link {
	reference := referenceTo("Pod", pod)
	insufficient, isInsufficient := strings.CutPrefix(text, "Insufficient ")
	switch {
	case isInsufficient:
		return []Link{d.insufficient(pod, nodes, corev1.ResourceName(insufficient), count)}
	case text == "Too many pods":
		return []Link{{
			Object: reference, Reason: ReasonTooManyPods, State: Blocked,
			Parameters: Parameters{"nodes": count},
			Evidence:   []Evidence{conditionEvidence("PodScheduled", "False", message)},
			Command:    command("", "get", "nodes", "-o", "custom-columns=NAME:.metadata.name,PODS:.status.allocatable.pods"),
		}}
	case strings.HasPrefix(text, "node(s) had untolerated taint"):
		return []Link{d.untolerated(pod, nodes, count)}
	case text == nodeunschedulable.ErrReasonUnschedulable:
		return []Link{d.cordoned(pod, nodes)}
	case text == affinityplugin.ErrReasonPod:
		selector := nodeSelectorText(pod)
		return []Link{{
			Object: reference, Reason: ReasonNodeSelector, State: Blocked,
			Parameters: Parameters{"selector": selector, "nodes": unmatched(pod, nodes)},
			Evidence:   []Evidence{field(".spec.nodeSelector", selector)},
			Command:    command("", "get", "nodes", "--show-labels"),
		}}
	case text == string(volumebinding.ErrReasonNodeConflict):
		claims := claimsOf(pod)
		return []Link{{
			Object: reference, Reason: ReasonVolumeElsewhere, State: Blocked,
			Parameters: Parameters{"claims": claims, "nodes": count},
			Evidence:   []Evidence{conditionEvidence("PodScheduled", "False", message)},
			Command:    command("", "describe", "persistentvolumes"),
		}}
	default:
		return d.otherRefusal(pod, text)
	}
}

// otherRefusal explains a refusal in the scheduler's words, or by a claim if they
// are about one.
func (d *Diagnoser) otherRefusal(pod *corev1.Pod, message string) []Link {
	reference := referenceTo("Pod", pod)
	evidence := []Evidence{conditionEvidence("PodScheduled", "False", message)}
	if strings.Contains(strings.ToLower(message), "persistent") {
		if chain := d.unboundClaim(pod, evidence); len(chain) > 0 {
			return chain
		}
	}
	return []Link{{
		Object: reference, Reason: ReasonSchedulerRefused, State: Blocked,
		Parameters: Parameters{"message": message},
		Evidence:   evidence,
		Command:    describe(reference),
	}}
}

// insufficient compares the pod's request with the node that has the most left.
func (d *Diagnoser) insufficient(pod *corev1.Pod, nodes []*corev1.Node, name corev1.ResourceName, count int) Link {
	requested := resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{})[name]
	link := Link{
		Object: referenceTo("Pod", pod), Reason: ReasonInsufficientResource, State: Blocked,
		Command: command("", "describe", "nodes"),
	}
	var most *resource.Quantity
	for _, node := range nodes {
		free := node.Status.Allocatable[name].DeepCopy()
		for _, other := range d.podsOn(node.Name) {
			if podutil.IsPodTerminal(other) {
				continue
			}
			taken := resourcehelper.PodRequests(other, resourcehelper.PodResourcesOptions{})[name]
			free.Sub(taken)
		}
		if most == nil || free.Cmp(*most) > 0 {
			most = &free
			allocatable := node.Status.Allocatable[name]
			link.Evidence = []Evidence{
				field(".spec.containers[*].resources.requests."+string(name), requested.String()),
				field("node "+node.Name+" .status.allocatable."+string(name), allocatable.String()+", free: "+free.String()),
			}
		}
	}
	free := "0"
	if most != nil {
		free = most.String()
	}
	link.Parameters = Parameters{"resource": string(name), "requested": requested.String(), "free": free, "nodes": count}
	return link
}

func (d *Diagnoser) untolerated(pod *corev1.Pod, nodes []*corev1.Node, count int) Link {
	taints := map[string]struct{}{}
	names := []string{}
	for _, node := range nodes {
		taint, found := schedulinghelper.FindMatchingUntoleratedTaint(klog.Background(), node.Spec.Taints, pod.Spec.Tolerations, keepsPodsOut, false)
		if found && taint.Key != corev1.TaintNodeUnschedulable {
			taints[taint.ToString()] = struct{}{}
			names = append(names, node.Name)
		}
	}
	sorted := slices.Sorted(maps.Keys(taints))
	if sorted == nil {
		sorted = []string{}
	}
	return Link{
		Object: referenceTo("Pod", pod), Reason: ReasonUntoleratedTaint, State: Blocked,
		Parameters: Parameters{"taints": sorted, "nodes": names},
		Evidence:   []Evidence{field(".spec.taints", strings.Join(sorted, ", ")), field("nodes", count)},
		Command:    command("", "get", "nodes", "-o", "custom-columns=NAME:.metadata.name,TAINTS:.spec.taints"),
	}
}

func (d *Diagnoser) cordoned(pod *corev1.Pod, nodes []*corev1.Node) Link {
	names := []string{}
	for _, node := range nodes {
		if node.Spec.Unschedulable {
			names = append(names, node.Name)
		}
	}
	return Link{
		Object: referenceTo("Pod", pod), Reason: ReasonNodesCordoned, State: Blocked,
		Parameters: Parameters{"names": names},
		Evidence:   []Evidence{field("nodes with .spec.unschedulable", strings.Join(names, ", "))},
		Command:    command("", "get", "nodes"),
	}
}

// unmatched returns the nodes that the pod's selector and affinity exclude.
func unmatched(pod *corev1.Pod, nodes []*corev1.Node) []string {
	required := nodeaffinity.GetRequiredNodeAffinity(pod)
	names := []string{}
	for _, node := range nodes {
		if matches, err := required.Match(node); err != nil || !matches {
			names = append(names, node.Name)
		}
	}
	return names
}

func nodeSelectorText(pod *corev1.Pod) string {
	var parts []string
	if len(pod.Spec.NodeSelector) > 0 {
		parts = append(parts, metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: pod.Spec.NodeSelector}))
	}
	if affinity := pod.Spec.Affinity; affinity != nil && affinity.NodeAffinity != nil && affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil {
		for _, term := range affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
			for _, expression := range term.MatchExpressions {
				parts = append(parts, strings.TrimSpace(expression.Key+" "+string(expression.Operator)+" "+strings.Join(expression.Values, ",")))
			}
		}
	}
	return strings.Join(parts, "; ")
}

// keepsPodsOut reports whether the scheduler's filter considers a taint.
func keepsPodsOut(taint *corev1.Taint) bool {
	return taint.Effect == corev1.TaintEffectNoSchedule || taint.Effect == corev1.TaintEffectNoExecute
}
