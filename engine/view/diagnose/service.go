package diagnose

import (
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

func (d *Diagnoser) service(service *corev1.Service, now time.Time) []Link {
	if len(service.Spec.Selector) == 0 || service.Spec.Type == corev1.ServiceTypeExternalName || d.serves(service) {
		return nil // endpoints of a service without a selector are managed by somebody else
	}
	reference := referenceTo("Service", service)
	selector := metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: service.Spec.Selector})
	symptom := Link{
		Object: reference, Reason: ReasonNoEndpoints, State: Blocked, Parameters: Parameters{},
		Evidence: []Evidence{field("ready endpoints of its EndpointSlices", 0)},
		Command:  command(service.Namespace, "get", "endpointslices", "-l", discoveryv1.LabelServiceName+"="+service.Name),
	}
	var selected []*corev1.Pod
	for _, pod := range all[*corev1.Pod](d, "Pod", service.Namespace) {
		if labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(pod.Labels)) && !podutil.IsPodTerminal(pod) {
			selected = append(selected, pod)
		}
	}
	list := command(service.Namespace, "get", "pods", "-l", selector)
	if len(selected) == 0 {
		return []Link{symptom, {
			Object: reference, Reason: ReasonSelectorMatchesNone, State: Blocked,
			Parameters: Parameters{"selector": selector},
			Evidence:   []Evidence{field(".spec.selector", selector)},
			Command:    list,
		}}
	}
	ready := 0
	var worst []Link
	for _, pod := range selected {
		if podutil.IsPodReady(pod) && pod.DeletionTimestamp == nil {
			ready++
		} else if chain := d.pod(pod, now); stateOf(chain).rank() > stateOf(worst).rank() {
			worst = chain
		}
	}
	if ready == 0 {
		symptom.State = stateOf(worst)
		return append([]Link{symptom, {
			Object: reference, Reason: ReasonNoPodReady, State: stateOf(worst),
			Parameters: Parameters{"pods": len(selected)},
			Evidence:   []Evidence{field("pods that are ready", 0)},
			Command:    list,
		}}, worst...)
	}
	for _, port := range service.Spec.Ports {
		if port.TargetPort.Type == intstr.String && !named(selected, port.TargetPort.StrVal) {
			return []Link{symptom, {
				Object: reference, Reason: ReasonTargetPortMissing, State: Blocked,
				Parameters: Parameters{"port": port.TargetPort.StrVal},
				Evidence:   []Evidence{field(".spec.ports[*].targetPort", port.TargetPort.StrVal)},
				Command:    describe(reference),
			}}
		}
	}
	symptom.State = Waiting // the endpoint slices will follow the pods in a moment
	return []Link{symptom}
}

// serves reports whether the service has an endpoint that is ready for traffic.
func (d *Diagnoser) serves(service *corev1.Service) bool {
	for _, slice := range all[*discoveryv1.EndpointSlice](d, "EndpointSlice", service.Namespace) {
		if slice.Labels[discoveryv1.LabelServiceName] != service.Name || len(slice.Ports) == 0 && len(service.Spec.Ports) > 0 {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				return true
			}
		}
	}
	return false
}

func named(pods []*corev1.Pod, port string) bool {
	for _, pod := range pods {
		for _, container := range pod.Spec.Containers {
			for _, candidate := range container.Ports {
				if candidate.Name == port {
					return true
				}
			}
		}
	}
	return false
}

func (d *Diagnoser) autoscaler(scaler *autoscalingv2.HorizontalPodAutoscaler) []Link {
	reference := referenceTo("HorizontalPodAutoscaler", scaler)
	for _, condition := range scaler.Status.Conditions {
		link := Link{
			Object: reference, State: Blocked,
			Parameters: Parameters{"reason": condition.Reason},
			Evidence:   []Evidence{conditionEvidence(string(condition.Type), string(condition.Status), condition.Message)},
			Command:    describe(reference),
		}
		switch {
		case condition.Type == autoscalingv2.AbleToScale && condition.Status == corev1.ConditionFalse,
			condition.Type == autoscalingv2.ScalingActive && condition.Status == corev1.ConditionFalse && condition.Reason != "ScalingDisabled":
			link.Reason = ReasonScalerNotActive
		case condition.Type == autoscalingv2.ScalingLimited && condition.Status == corev1.ConditionTrue:
			link.Reason, link.State = ReasonScalingLimited, Held
		default:
			continue
		}
		return []Link{link}
	}
	return nil
}
