package pod

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// The states of a container, by a letter each.
func stateFor(letter byte, name string) corev1.ContainerStatus {
	ended := func(code int32, reason string) *corev1.ContainerStateTerminated {
		return &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason}
	}
	status := corev1.ContainerStatus{Name: name}
	switch letter {
	case 'w': // waits for its first start
		status.State.Waiting = &corev1.ContainerStateWaiting{}
	case 'b': // waits in back-off after a failure
		status.State.Waiting = &corev1.ContainerStateWaiting{}
		status.LastTerminationState.Terminated = ended(1, "Error")
	case 'r': // runs, not started yet
		status.State.Running = &corev1.ContainerStateRunning{}
	case 'R': // runs and has started
		status.State.Running = &corev1.ContainerStateRunning{}
		status.Started = ptr.To(true)
	case '0':
		status.State.Terminated = ended(0, "Completed")
	case '1':
		status.State.Terminated = ended(1, "Error")
	case 'a': // ended with the whole pod, which begins again
		status.State.Terminated = ended(1, reasonRestartingAll)
	}
	return status
}

func TestPhase(t *testing.T) {
	for _, test := range []struct {
		what string
		// init, sidecars and containers have a letter for each container; '-' is one
		// without a status.
		init, sidecars, containers string
		policy                     corev1.RestartPolicy
		final, started             bool
		want                       corev1.PodPhase
	}{
		{what: "no status yet", containers: "-", want: corev1.PodPending},
		{what: "waits", containers: "w", want: corev1.PodPending},
		{what: "one still waits", containers: "Rw", want: corev1.PodPending},
		{what: "runs", containers: "R", want: corev1.PodRunning},
		{what: "one runs, one has ended", containers: "R0", policy: corev1.RestartPolicyNever, want: corev1.PodRunning},
		{what: "in back-off", containers: "b", want: corev1.PodRunning},
		{what: "ended, restarts", containers: "0", want: corev1.PodRunning},
		{what: "ended, restarts on failure only", containers: "0", policy: corev1.RestartPolicyOnFailure, want: corev1.PodSucceeded},
		{what: "failed, restarts on failure", containers: "1", policy: corev1.RestartPolicyOnFailure, want: corev1.PodRunning},
		{what: "all succeeded", containers: "00", policy: corev1.RestartPolicyNever, want: corev1.PodSucceeded},
		{what: "one failed", containers: "01", policy: corev1.RestartPolicyNever, want: corev1.PodFailed},
		{what: "restarts all", containers: "a", policy: corev1.RestartPolicyNever, want: corev1.PodRunning},
		{what: "nothing starts any more", containers: "1", final: true, want: corev1.PodFailed},
		{what: "init runs", init: "r", containers: "w", want: corev1.PodPending},
		{what: "init in back-off", init: "b", containers: "w", want: corev1.PodPending},
		{what: "init failed for good", init: "1", containers: "w", policy: corev1.RestartPolicyNever, want: corev1.PodFailed},
		{what: "init done", init: "0", containers: "R", want: corev1.PodRunning},
		{what: "init runs beside a container", init: "r", containers: "R", want: corev1.PodPending},
		{what: "sidecar has not started", sidecars: "r", containers: "R", want: corev1.PodPending},
		{what: "sidecar starts again", sidecars: "r", containers: "R", started: true, want: corev1.PodRunning},
		{what: "sidecar has started", sidecars: "R", containers: "R", want: corev1.PodRunning},
		{what: "sidecar outlives the containers", sidecars: "R", containers: "0", policy: corev1.RestartPolicyNever, started: true, want: corev1.PodRunning},
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{RestartPolicy: test.policy}}
		if test.policy == "" {
			pod.Spec.RestartPolicy = corev1.RestartPolicyAlways
		}
		var statuses []corev1.ContainerStatus
		add := func(prefix, letters string, to *[]corev1.Container, policy *corev1.ContainerRestartPolicy) {
			for i := range len(letters) {
				name := prefix + string(rune('a'+i))
				*to = append(*to, corev1.Container{Name: name, RestartPolicy: policy})
				if letters[i] != '-' {
					statuses = append(statuses, stateFor(letters[i], name))
				}
			}
		}
		add("init-", test.init, &pod.Spec.InitContainers, nil)
		add("side-", test.sidecars, &pod.Spec.InitContainers, ptr.To(corev1.ContainerRestartPolicyAlways))
		add("", test.containers, &pod.Spec.Containers, nil)
		if got := phaseOf(pod, statuses, test.final, test.started); got != test.want {
			t.Errorf("%s: got %s, want %s", test.what, got, test.want)
		}
	}
}
