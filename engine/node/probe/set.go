package probe

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubeutil "k8s.io/kubernetes/pkg/kubelet/util"

	"tabernetes/engine/node/dial"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
)

// Pod is the pod whose containers are probed.
type Pod interface {
	// Object is the newest state of the pod.
	Object() *corev1.Pod
	// Status is the status that the kubelet generated last.
	Status() *corev1.PodStatus
	// ContainerEvent records an event about a container of the pod.
	ContainerEvent(spec *corev1.Container, kind, reason, message string)
	// Execute runs a command in a container and calls done on the loop when it has
	// ended or timed out. It reports whether the container exists.
	Execute(containerID string, command []string, timeout time.Duration, done func(Execution)) bool
	// ShowReadiness changes the readiness of a container in the status at once.
	ShowReadiness(containerID string, ready bool)
	// RequestSync asks for a sync of the pod.
	RequestSync()
}

// Host is the node that probes.
type Host interface {
	dial.Listeners
	// Started is when the kubelet began to run.
	Started() time.Time
}

// Execution is how a command in a container ended. Err says that the command could
// not be run or was killed, because of its timeout if TimedOut is set.
type Execution struct {
	Output   string // standard output and then standard error
	Errors   string // standard error
	Code     int32
	TimedOut bool
	Err      error
}

// Set is the probes of a pod. It belongs to the loop.
type Set struct {
	pod   Pod
	host  Host
	scope *syncloop.Scope
	vary  variation.Source
	// list is empty until the probes are started.
	list    []*probe
	started bool
}

// NewSet makes the probes of a pod without starting them.
func NewSet(pod Pod, on Host, scope *syncloop.Scope, vary variation.Source) *Set {
	return &Set{pod: pod, host: on, scope: scope, vary: vary}
}

// Start starts the probes, if they are not running yet.
func (s *Set) Start() {
	if s.started {
		return
	}
	s.started = true
	add := func(kind Kind, spec *corev1.Probe, of *corev1.Container) {
		if spec == nil {
			return
		}
		p := &probe{set: s, kind: kind, spec: spec, of: of}
		s.list = append(s.list, p)
		delay := time.Duration(0)
		if period := p.period(); period > s.scope.Now().Sub(s.host.Started()) {
			// Upstream spreads the probes of a kubelet that has just started over
			// their period.
			delay = s.vary.Between(0, period)
		}
		p.next = s.scope.After(delay, p.tick)
	}
	addAll := func(of *corev1.Container) {
		add(Startup, of.StartupProbe, of)
		add(Readiness, of.ReadinessProbe, of)
		add(Liveness, of.LivenessProbe, of)
	}
	pod := s.pod.Object()
	for i := range pod.Spec.Containers {
		addAll(&pod.Spec.Containers[i])
	}
	for i := range pod.Spec.InitContainers {
		if podutil.IsRestartableInitContainer(&pod.Spec.InitContainers[i]) {
			addAll(&pod.Spec.InitContainers[i])
		}
	}
}

// Stop ends probes of the given kinds. Their results stay.
func (s *Set) Stop(kinds ...Kind) {
	for _, p := range s.list {
		if slices.Contains(kinds, p.kind) {
			s.scope.Stop(p.next)
			p.next = nil
		}
	}
}

func (s *Set) find(name string, kind Kind) *probe {
	for _, p := range s.list {
		if p.of.Name == name && p.kind == kind {
			return p
		}
	}
	return nil
}

// Result returns the result of the probe of a kind for a container, by its ID.
func (s *Set) Result(kind Kind, containerID string) Outcome {
	for _, p := range s.list {
		if p.kind == kind && p.containerID == containerID {
			return p.outcome
		}
	}
	return NotRun
}

// Apply sets started and ready in the container statuses.
func (s *Set) Apply(next *corev1.PodStatus) {
	for i := range next.ContainerStatuses {
		s.applyOne(&next.ContainerStatuses[i])
	}
	for i := range next.InitContainerStatuses {
		current := &next.InitContainerStatuses[i]
		spec, ok := kubeutil.GetContainerByIndex(s.pod.Object().Spec.InitContainers, next.InitContainerStatuses, i)
		switch {
		case !ok:
		case podutil.IsRestartableInitContainer(&spec):
			s.applyOne(current)
		default:
			started := s.hasStarted(current)
			current.Started = &started
			current.Ready = current.Ready || (current.State.Terminated != nil && current.State.Terminated.ExitCode == 0)
		}
	}
}

func (s *Set) applyOne(current *corev1.ContainerStatus) {
	started := s.hasStarted(current)
	current.Started = &started
	if !started {
		return
	}
	p := s.find(current.Name, Readiness)
	switch {
	case p == nil:
		current.Ready = true
	case p.containerID == current.ContainerID && p.outcome == Success:
		current.Ready = true
	default:
		current.Ready = false
		if s.adopted(current) && p.containerID != current.ContainerID {
			// The kubelet started after the container, which stays ready until a
			// probe fails.
			current.Ready = podutil.IsPodReady(s.pod.Object())
		}
		p.trigger()
	}
}

func (s *Set) hasStarted(current *corev1.ContainerStatus) bool {
	if current.State.Running == nil {
		return false
	}
	p := s.find(current.Name, Startup)
	switch {
	case p == nil:
		return true
	case p.containerID == current.ContainerID && p.outcome != NotRun:
		return p.outcome == Success
	}
	return current.Started != nil && *current.Started
}

// adopted reports whether a container ran before this node started. Times in a
// status are in whole seconds.
func (s *Set) adopted(current *corev1.ContainerStatus) bool {
	return current.State.Running != nil && current.State.Running.StartedAt.Time.Before(s.host.Started().Add(-restartGrace))
}

// restartGrace is kubeletRestartGracePeriod of upstream's prober.
const restartGrace = 10 * time.Second

// GracePeriod returns how many seconds a container has to end after its probe of a
// kind has failed, or nil if that probe does not set it.
func GracePeriod(of *corev1.Container, kind Kind) *int64 {
	var spec *corev1.Probe
	switch kind {
	case Liveness:
		spec = of.LivenessProbe
	case Startup:
		spec = of.StartupProbe
	}
	if spec == nil {
		return nil
	}
	return spec.TerminationGracePeriodSeconds
}
