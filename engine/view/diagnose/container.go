package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/kubelet/events"
)

// containers explains what delays a pod on its node: the first container that
// needs a person's action, or else the first that needs time. Init containers come
// first, as they start first.
func (d *Diagnoser) containers(pod *corev1.Pod) []Link {
	var first []Link
	consider := func(chain []Link) {
		if stateOf(chain).rank() > stateOf(first).rank() {
			first = chain
		}
	}
	initializing := false
	for index := range pod.Spec.InitContainers {
		container := &pod.Spec.InitContainers[index]
		status := statusOf(pod.Status.InitContainerStatuses, container.Name)
		chain := d.initContainer(pod, container, status)
		initializing = initializing || len(chain) > 0
		consider(chain)
	}
	if initializing {
		return first
	}
	for index := range pod.Spec.Containers {
		container := &pod.Spec.Containers[index]
		consider(d.container(pod, container, statusOf(pod.Status.ContainerStatuses, container.Name)))
	}
	return first
}

func statusOf(statuses []corev1.ContainerStatus, name string) *corev1.ContainerStatus {
	for index := range statuses {
		if statuses[index].Name == name {
			return &statuses[index]
		}
	}
	return nil
}

func (d *Diagnoser) initContainer(pod *corev1.Pod, container *corev1.Container, status *corev1.ContainerStatus) []Link {
	sidecar := podutil.IsRestartableInitContainer(container)
	switch {
	case status == nil:
		return nil
	case status.State.Terminated != nil && status.State.Terminated.ExitCode == 0:
		return nil
	case status.State.Running != nil && sidecar && status.Started != nil && *status.Started:
		return nil
	case status.State.Running != nil && sidecar:
		return d.probing(pod, container, status)
	case status.State.Running != nil:
		return []Link{{
			Object: referenceTo("Pod", pod), Reason: ReasonInitContainerRunning, State: Waiting,
			Parameters: Parameters{"container": container.Name},
			Evidence:   []Evidence{field(fmt.Sprintf(".status.initContainerStatuses[%q].state", container.Name), "running")},
			Command:    command(pod.Namespace, "logs", pod.Name, "-c", container.Name),
		}}
	case status.State.Waiting != nil && status.State.Waiting.Reason == "PodInitializing" && status.LastTerminationState.Terminated == nil:
		return nil // an earlier init container must finish first
	default:
		return d.container(pod, container, status)
	}
}

func (d *Diagnoser) container(pod *corev1.Pod, container *corev1.Container, status *corev1.ContainerStatus) []Link {
	switch {
	case status == nil:
		return d.creating(pod, container)
	case status.State.Waiting != nil:
		return d.waiting(pod, container, status)
	case status.State.Terminated != nil:
		return d.ended(pod, container, status)
	case status.State.Running != nil && !status.Ready:
		return d.probing(pod, container, status)
	default:
		return nil
	}
}

// waiting explains the reason of a container's waiting state, which is one of the
// kubelet's (pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime).
func (d *Diagnoser) waiting(pod *corev1.Pod, container *corev1.Container, status *corev1.ContainerStatus) []Link {
	waiting := status.State.Waiting
	symptom := Link{
		Object: referenceTo("Pod", pod), Reason: ReasonContainerWaiting, State: Blocked,
		Parameters: Parameters{"container": container.Name, "reason": waiting.Reason},
		Evidence:   []Evidence{field(fmt.Sprintf(".status.containerStatuses[%q].state.waiting", container.Name), strings.TrimSuffix(waiting.Reason+": "+waiting.Message, ": "))},
		Command:    describe(referenceTo("Pod", pod)),
	}
	switch waiting.Reason {
	case "ContainerCreating", "PodInitializing":
		return d.creating(pod, container)
	case "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable", "ImageVolumeMountFailed":
		return []Link{symptom, d.image(pod, container, waiting)}
	case "CrashLoopBackOff":
		symptom.Reason = ReasonCrashLoop
		symptom.Parameters = Parameters{"container": container.Name, "restarts": status.RestartCount}
		return append([]Link{symptom}, d.exit(pod, container.Name, status.LastTerminationState.Terminated, true)...)
	case "CreateContainerConfigError":
		if missing := d.missingConfiguration(pod); missing != nil {
			return []Link{symptom, *missing}
		}
	}
	return []Link{symptom, {
		Object: symptom.Object, Reason: ReasonContainerCannotStart, State: Blocked,
		Parameters: Parameters{"container": container.Name},
		Evidence:   append([]Evidence{field(".state.waiting.message", waiting.Message)}, newest(d.containerEvents(pod, container.Name, events.FailedToCreateContainer, events.FailedToStartContainer))...),
		Command:    describe(symptom.Object),
	}}
}

// creating explains a container that the node is preparing: it pulls the image, or
// waits for the volumes of the pod.
func (d *Diagnoser) creating(pod *corev1.Pod, container *corev1.Container) []Link {
	reference := referenceTo("Pod", pod)
	link := Link{
		Object: reference, Reason: ReasonContainerCreating, State: Waiting,
		Parameters: Parameters{"container": container.Name, "image": container.Image},
		Evidence:   newest(d.eventsOf(pod.UID)),
		Command:    describe(reference),
	}
	if link.Evidence == nil {
		link.Evidence = []Evidence{field(".status.phase", pod.Status.Phase)}
	}
	failed := d.eventsOf(pod.UID, events.FailedMountVolume)
	if missing := d.missingConfiguration(pod); missing != nil && len(failed) > 0 {
		link.State, link.Evidence = Blocked, newest(failed)
		return []Link{link, *missing}
	}
	return []Link{link}
}

// image explains why an image cannot be pulled, from the registry's answer:
// containerd passes on the text of the OCI distribution errors.
func (d *Diagnoser) image(pod *corev1.Pod, container *corev1.Container, waiting *corev1.ContainerStateWaiting) Link {
	reference := referenceTo("Pod", pod)
	link := Link{
		Object: reference, Reason: ReasonImagePullFailed, State: Blocked,
		Parameters: Parameters{"image": waitedFor(pod, container, waiting)},
		Command:    command(pod.Namespace, "get", "events", "--field-selector", "involvedObject.name="+pod.Name),
	}
	// The sync loop reports its own error under the same reason ("Error: ErrImagePull").
	for _, event := range d.containerEvents(pod, container.Name, events.FailedToPullImage) {
		if !strings.HasPrefix(event.Message, "Error: ") {
			link.Evidence = []Evidence{eventEvidence(event)}
			break
		}
	}
	text := waiting.Message
	for _, evidence := range link.Evidence {
		text += "\n" + evidence.Text
	}
	if link.Evidence == nil {
		link.Evidence = []Evidence{field(".state.waiting.message", waiting.Message)}
	}
	contains := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return true
			}
		}
		return false
	}
	switch {
	case waiting.Reason == "ErrImageNeverPull":
		link.Reason = ReasonImageNeverPulled
		link.Parameters["node"] = pod.Spec.NodeName
	case waiting.Reason == "InvalidImageName":
		link.Reason = ReasonImageNameInvalid
	case contains("pull access denied", "unauthorized", "authorization failed", "401 Unauthorized", "403 Forbidden", "denied:"):
		link.Reason = ReasonImageAccessDenied
	case contains("no such host", "connection refused", "i/o timeout", "network is unreachable"):
		link.Reason = ReasonRegistryUnreachable
	case contains("not found", "manifest unknown"):
		link.Reason = ReasonImageNotFound
	}
	return link
}

// waitedFor is the image that a container waits for: its own, or that of a volume that it
// mounts, if the message names that.
func waitedFor(pod *corev1.Pod, container *corev1.Container, waiting *corev1.ContainerStateWaiting) string {
	for i := range pod.Spec.Volumes {
		volume := &pod.Spec.Volumes[i]
		mounted := slices.ContainsFunc(container.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume.Name })
		if volume.Image != nil && mounted && strings.Contains(waiting.Message, volume.Image.Reference) && !strings.Contains(waiting.Message, container.Image) {
			return volume.Image.Reference
		}
	}
	return container.Image
}

func (d *Diagnoser) ended(pod *corev1.Pod, container *corev1.Container, status *corev1.ContainerStatus) []Link {
	ended := status.State.Terminated
	reference := referenceTo("Pod", pod)
	if pod.Spec.RestartPolicy != corev1.RestartPolicyAlways && ended.ExitCode == 0 {
		return nil
	}
	if pod.Spec.RestartPolicy == corev1.RestartPolicyNever {
		return []Link{{
			Object: reference, Reason: ReasonContainerNotRestarting, State: Blocked,
			Parameters: Parameters{"container": container.Name, "code": ended.ExitCode, "policy": string(pod.Spec.RestartPolicy)},
			Evidence:   []Evidence{field(fmt.Sprintf(".status.containerStatuses[%q].state.terminated", container.Name), describeExit(ended))},
			Command:    command(pod.Namespace, "logs", pod.Name, "-c", container.Name),
		}}
	}
	symptom := Link{
		Object: reference, Reason: ReasonCrashLoop, State: Blocked,
		Parameters: Parameters{"container": container.Name, "restarts": status.RestartCount},
		Evidence:   []Evidence{field(fmt.Sprintf(".status.containerStatuses[%q].restartCount", container.Name), status.RestartCount)},
		Command:    describe(reference),
	}
	return append([]Link{symptom}, d.exit(pod, container.Name, ended, false)...)
}

// exit explains why a container ended: it was killed for its memory or by a probe,
// or exited with a code of its own.
func (d *Diagnoser) exit(pod *corev1.Pod, name string, ended *corev1.ContainerStateTerminated, previous bool) []Link {
	reference := referenceTo("Pod", pod)
	if ended == nil {
		return nil
	}
	logs := []string{"logs", pod.Name, "-c", name}
	if previous {
		logs = append(logs, "--previous")
	}
	link := Link{
		Object: reference, Reason: ReasonContainerExited, State: Blocked,
		Parameters: Parameters{"container": name, "code": ended.ExitCode},
		Evidence:   []Evidence{field("terminated", describeExit(ended))},
		Command:    command(pod.Namespace, logs...),
	}
	container := containerOf(pod, name)
	switch {
	case ended.Reason == "OOMKilled":
		limit := ""
		if container != nil {
			if quantity, limited := container.Resources.Limits[corev1.ResourceMemory]; limited {
				limit = quantity.String()
			}
		}
		link.Reason = ReasonOutOfMemory
		link.Parameters = Parameters{"container": name, "limit": limit}
		link.Evidence = append(link.Evidence, field(".resources.limits.memory", cmp.Or(limit, "none")))
		link.Command = describe(reference)
	case container != nil:
		if probe := d.killingProbe(pod, container, ended); probe != nil {
			return []Link{*probe}
		}
	}
	return []Link{link}
}

// killingProbe explains a restart by a probe: the node says so when it kills
// (kuberuntime_manager.go: "Container %s failed liveness probe, will be restarted").
func (d *Diagnoser) killingProbe(pod *corev1.Pod, container *corev1.Container, ended *corev1.ContainerStateTerminated) *Link {
	for _, event := range d.containerEvents(pod, container.Name, events.KillingContainer) {
		// The event is recorded before the container has ended, and its count goes
		// up.
		if ended != nil && event.FirstTimestamp.After(ended.FinishedAt.Time) {
			continue
		}
		switch {
		case strings.Contains(event.Message, "failed liveness probe") && container.LivenessProbe != nil:
			return d.probe(pod, container, ReasonLivenessProbeFailing, "Liveness", container.LivenessProbe, event)
		case strings.Contains(event.Message, "failed startup probe") && container.StartupProbe != nil:
			return d.probe(pod, container, ReasonStartupProbeFailing, "Startup", container.StartupProbe, event)
		}
	}
	return nil
}

// probing explains a container that runs but is not ready.
func (d *Diagnoser) probing(pod *corev1.Pod, container *corev1.Container, status *corev1.ContainerStatus) []Link {
	symptom := d.notReady(pod)
	var cause *Link
	started := status.Started != nil && *status.Started
	switch {
	case status.RestartCount > 0:
		cause = d.killingProbe(pod, container, status.LastTerminationState.Terminated)
		if cause == nil && started && container.ReadinessProbe != nil {
			cause = d.probe(pod, container, ReasonReadinessProbeFailing, "Readiness", container.ReadinessProbe, nil)
		}
	case !started && container.StartupProbe != nil:
		cause = d.probe(pod, container, ReasonStartupProbeFailing, "Startup", container.StartupProbe, nil)
	case container.ReadinessProbe != nil:
		cause = d.probe(pod, container, ReasonReadinessProbeFailing, "Readiness", container.ReadinessProbe, nil)
	}
	if cause == nil {
		return []Link{symptom}
	}
	symptom.State = cause.State
	return []Link{symptom, *cause}
}

// probe explains a probe by its last failure, or says that it has not run yet.
func (d *Diagnoser) probe(pod *corev1.Pod, container *corev1.Container, reason Reason, name string, probe *corev1.Probe, killing *corev1.Event) *Link {
	reference := referenceTo("Pod", pod)
	link := &Link{
		Object: reference, Reason: reason, State: Blocked,
		Parameters: Parameters{"container": container.Name, "probe": describeProbe(probe)},
		Command:    describe(reference),
	}
	for _, event := range d.containerEvents(pod, container.Name, events.ContainerUnhealthy) {
		if strings.HasPrefix(event.Message, name+" probe ") {
			link.Evidence = append(link.Evidence, eventEvidence(event))
			break
		}
	}
	if killing != nil {
		link.Evidence = append(link.Evidence, eventEvidence(killing))
	}
	if link.Evidence == nil {
		link.Reason, link.State = ReasonProbePending, Waiting
		link.Evidence = []Evidence{field("."+strings.ToLower(name)+"Probe", describeProbe(probe))}
	}
	return link
}

// containerEvents are the events about a container of a pod, newest first.
func (d *Diagnoser) containerEvents(pod *corev1.Pod, name string, reasons ...string) []*corev1.Event {
	var found []*corev1.Event
	for _, event := range d.eventsOf(pod.UID, reasons...) {
		path := event.InvolvedObject.FieldPath
		if path == "" || strings.HasSuffix(path, "{"+name+"}") {
			found = append(found, event)
		}
	}
	return found
}

func containerOf(pod *corev1.Pod, name string) *corev1.Container {
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for index := range containers {
			if containers[index].Name == name {
				return &containers[index]
			}
		}
	}
	return nil
}

func describeExit(ended *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("reason: %s, exitCode: %d", ended.Reason, ended.ExitCode)
	if ended.Message != "" {
		text += ", message: " + ended.Message
	}
	return text
}

// describeProbe returns a short description of a probe's action.
func describeProbe(probe *corev1.Probe) string {
	switch {
	case probe.HTTPGet != nil:
		return fmt.Sprintf("GET %s on port %s", cmp.Or(probe.HTTPGet.Path, "/"), probe.HTTPGet.Port.String())
	case probe.TCPSocket != nil:
		return "TCP port " + probe.TCPSocket.Port.String()
	case probe.GRPC != nil:
		return fmt.Sprintf("gRPC port %d", probe.GRPC.Port)
	case probe.Exec != nil:
		return strings.Join(probe.Exec.Command, " ")
	default:
		return ""
	}
}
