package kubelet

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/kubelet/status"
	kubeutil "k8s.io/kubernetes/pkg/kubelet/util"

	"tabernetes/engine/node/syncloop"
)

type probeKind int

const (
	noProbe probeKind = iota
	readinessProbe
	livenessProbe
	startupProbe
)

func (k probeKind) String() string {
	return [...]string{"", "Readiness", "Liveness", "Startup"}[k]
}

type probeOutcome int

const (
	probeNotRun probeOutcome = iota
	probeUnknown
	probeSuccess
	probeFailure
)

// probe runs one probe of one container of a pod, with the timing of upstream's
// prober (pkg/kubelet/prober/worker.go): the period runs from when the pod was
// first synced, not from the start of the container, and is begun anew when a
// sync finds the container not ready yet.
type probe struct {
	worker *podWorker
	kind   probeKind
	spec   *corev1.Probe
	of     *corev1.Container
	next   *syncloop.Timer // the next tick; nil once it has been stopped

	// busy says that a probe is under way. A tick that comes meanwhile is kept, one
	// at most, and so is a trigger.
	busy, late, triggered bool

	containerID string       // the container that the results are about
	outcome     probeOutcome // of containerID
	last        probeOutcome
	run         int  // how often last came in a row
	onHold      bool // until there is another container
}

// addProbes starts the probes of the pod that do not run yet.
func (w *podWorker) addProbes() {
	if w.probes != nil {
		return
	}
	w.probes = []*probe{}
	add := func(kind probeKind, spec *corev1.Probe, of *corev1.Container) {
		if spec == nil {
			return
		}
		p := &probe{worker: w, kind: kind, spec: spec, of: of}
		w.probes = append(w.probes, p)
		delay := time.Duration(0)
		if period := p.period(); period > w.scope.Now().Sub(w.node.started) {
			// Upstream spreads the probes of a kubelet that has just started.
			delay = w.vary.Between(0, period)
		}
		p.next = w.scope.After(delay, p.tick)
	}
	addAll := func(of *corev1.Container) {
		add(startupProbe, of.StartupProbe, of)
		add(readinessProbe, of.ReadinessProbe, of)
		add(livenessProbe, of.LivenessProbe, of)
	}
	for i := range w.pod.Spec.Containers {
		addAll(&w.pod.Spec.Containers[i])
	}
	for i := range w.pod.Spec.InitContainers {
		if podutil.IsRestartableInitContainer(&w.pod.Spec.InitContainers[i]) {
			addAll(&w.pod.Spec.InitContainers[i])
		}
	}
}

// stopProbes ends probes of the given kinds. What they found stays.
func (w *podWorker) stopProbes(kinds ...probeKind) {
	for _, p := range w.probes {
		if slices.Contains(kinds, p.kind) {
			w.scope.Stop(p.next)
			p.next = nil
		}
	}
}

func (w *podWorker) findProbe(name string, kind probeKind) *probe {
	for _, p := range w.probes {
		if p.of.Name == name && p.kind == kind {
			return p
		}
	}
	return nil
}

// probeResult is what the probe of a kind says about a container, by its ID.
func (w *podWorker) probeResult(kind probeKind, containerID string) probeOutcome {
	for _, p := range w.probes {
		if p.kind == kind && p.containerID == containerID {
			return p.outcome
		}
	}
	return probeNotRun
}

// applyProbes sets started and ready in the container statuses.
func (w *podWorker) applyProbes(next *corev1.PodStatus) {
	for i := range next.ContainerStatuses {
		w.applyProbe(&next.ContainerStatuses[i])
	}
	for i := range next.InitContainerStatuses {
		current := &next.InitContainerStatuses[i]
		spec, ok := kubeutil.GetContainerByIndex(w.pod.Spec.InitContainers, next.InitContainerStatuses, i)
		switch {
		case !ok:
		case podutil.IsRestartableInitContainer(&spec):
			w.applyProbe(current)
		default:
			started := w.started(current)
			current.Started = &started
			current.Ready = current.Ready || succeeded(current.State)
		}
	}
}

func (w *podWorker) applyProbe(current *corev1.ContainerStatus) {
	started := w.started(current)
	current.Started = &started
	if !started {
		return
	}
	p := w.findProbe(current.Name, readinessProbe)
	switch {
	case p == nil:
		current.Ready = true
	case p.containerID == current.ContainerID && p.outcome == probeSuccess:
		current.Ready = true
	default:
		current.Ready = false
		if w.adopted(current) && p.containerID != current.ContainerID {
			// The kubelet started after the container: what was ready stays so until
			// a probe says otherwise.
			current.Ready = podutil.IsPodReady(w.pod)
		}
		p.trigger()
	}
}

func (w *podWorker) started(current *corev1.ContainerStatus) bool {
	if current.State.Running == nil {
		return false
	}
	p := w.findProbe(current.Name, startupProbe)
	switch {
	case p == nil:
		return true
	case p.containerID == current.ContainerID && p.outcome != probeNotRun:
		return p.outcome == probeSuccess
	}
	return current.Started != nil && *current.Started
}

// adopted says whether a container ran before this node started. Times in a
// status are whole seconds.
func (w *podWorker) adopted(current *corev1.ContainerStatus) bool {
	return current.State.Running != nil && current.State.Running.StartedAt.Time.Before(w.node.started.Add(-restartGrace))
}

// restartGrace is kubeletRestartGracePeriod of upstream's prober.
const restartGrace = 10 * time.Second

func (p *probe) period() time.Duration {
	return time.Duration(max(1, p.spec.PeriodSeconds)) * time.Second
}

// trigger has the probe run at once, and its period begin again.
func (p *probe) trigger() {
	switch {
	case p.next == nil:
	case p.busy:
		p.triggered = true
	default:
		p.worker.scope.Stop(p.next)
		p.next = p.worker.scope.After(0, p.tick)
	}
}

func (p *probe) tick() {
	p.next = p.worker.scope.After(p.period(), p.tick)
	if p.busy {
		p.late = true
		return
	}
	p.probe()
}

// probed ends a probe that was under way: what came meanwhile follows at once.
func (p *probe) probed() {
	p.busy = false
	late, triggered := p.late, p.triggered
	p.late, p.triggered = false, false
	switch {
	case p.next == nil:
	case triggered:
		p.worker.scope.Stop(p.next)
		p.next = p.worker.scope.After(0, p.tick)
	case late:
		p.probe()
	}
}

// probe runs the probe once, if the container is in a state to be probed.
func (p *probe) probe() {
	w := p.worker
	known := w.lastStatus()
	current, ok := podutil.GetContainerStatus(known.ContainerStatuses, p.of.Name)
	if !ok || current.ContainerID == "" {
		current, ok = podutil.GetContainerStatus(known.InitContainerStatuses, p.of.Name)
	}
	if !ok || current.ContainerID == "" {
		return
	}
	if p.containerID != current.ContainerID {
		p.containerID, p.outcome, p.onHold = current.ContainerID, probeNotRun, false
		switch {
		case !w.adopted(&current):
			p.set(map[probeKind]probeOutcome{readinessProbe: probeFailure, livenessProbe: probeSuccess, startupProbe: probeUnknown}[p.kind])
		case p.kind == startupProbe && current.Started != nil && *current.Started:
			p.set(probeSuccess)
		}
	}
	if p.onHold {
		return
	}
	if current.State.Running == nil {
		p.set(probeFailure)
		return
	}
	if w.pod.DeletionTimestamp != nil && p.kind != readinessProbe {
		p.set(probeSuccess)
		return
	}
	if int32(w.scope.Now().Sub(current.State.Running.StartedAt.Time).Seconds()) < p.spec.InitialDelaySeconds {
		return
	}
	if started := current.Started != nil && *current.Started; started == (p.kind == startupProbe) {
		// A startup probe ends when the container has started; the others wait for
		// that.
		return
	}
	p.busy = true
	p.look(1, func(found probeOutcome) {
		if p.next != nil {
			p.conclude(found)
		}
		p.probed()
	})
}

// conclude takes in what a probe found; probeNotRun is an error, which says
// nothing about the container.
func (p *probe) conclude(found probeOutcome) {
	if found == probeNotRun {
		return
	}
	if found == p.last {
		p.run++
	} else {
		p.last, p.run = found, 1
	}
	if (found == probeFailure && p.run < int(p.spec.FailureThreshold)) || (found == probeSuccess && p.run < int(p.spec.SuccessThreshold)) {
		return
	}
	p.set(found)
	if p.kind == startupProbe || (p.kind == livenessProbe && found == probeFailure) {
		p.onHold, p.run = true, 0
	}
}

// set takes a result. The pod's status follows at once for readiness and start,
// even during a sync.
func (p *probe) set(outcome probeOutcome) {
	if p.outcome == outcome {
		return
	}
	p.outcome = outcome
	w := p.worker
	switch {
	case p.kind == readinessProbe:
		w.showReadiness(p.containerID, outcome == probeSuccess)
	case p.kind == livenessProbe && outcome != probeFailure:
		return
	}
	w.request()
}

// showReadiness puts the readiness of a container into the status.
func (w *podWorker) showReadiness(containerID string, ready bool) {
	if w.status == nil {
		return
	}
	next := w.status.DeepCopy()
	for _, statuses := range [][]corev1.ContainerStatus{next.ContainerStatuses, next.InitContainerStatuses} {
		for i := range statuses {
			if statuses[i].ContainerID == containerID {
				statuses[i].Ready = ready
			}
		}
	}
	all := append(append([]corev1.ContainerStatus{}, next.InitContainerStatuses...), next.ContainerStatuses...)
	for _, condition := range []corev1.PodCondition{
		status.GeneratePodReadyCondition(w.pod, w.status, next.Conditions, all, next.Phase),
		status.GenerateContainersReadyCondition(w.pod, w.status, all, next.Phase),
	} {
		if i, _ := podutil.GetPodConditionFromList(next.Conditions, condition.Type); i >= 0 {
			next.Conditions[i] = condition
		}
	}
	w.setStatus(*next)
}
