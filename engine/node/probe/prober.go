package probe

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"tabernetes/engine/node/syncloop"
)

// Kind is what a probe is for.
type Kind int

// The kinds of probes, and None.
const (
	None Kind = iota
	Readiness
	Liveness
	Startup
)

// String is the name that events use.
func (k Kind) String() string {
	return [...]string{"", "Readiness", "Liveness", "Startup"}[k]
}

// Outcome is the result of a probe for a container.
type Outcome int

// The outcomes. NotRun is also that of a probe that ended in an error.
const (
	NotRun Outcome = iota
	Unknown
	Success
	Failure
)

// probe runs one probe of one container of a pod, with the timing of upstream's
// prober (pkg/kubelet/prober/worker.go): the period starts when the pod is first
// synced, not when the container starts, and starts again when a sync finds the
// container not ready yet.
type probe struct {
	set  *Set
	kind Kind
	spec *corev1.Probe
	of   *corev1.Container
	next *syncloop.Timer // the next tick; nil once it has been stopped

	// busy says that a probe is under way. A tick in the meantime is kept, but
	// only one, and so is a trigger.
	busy, late, triggered bool

	containerID string  // the container that the results are about
	outcome     Outcome // of containerID
	last        Outcome
	run         int  // how many times in a row the result was last
	onHold      bool // until there is a new container
}

func (p *probe) period() time.Duration {
	return time.Duration(max(1, p.spec.PeriodSeconds)) * time.Second
}

// trigger runs the probe at once and restarts its period.
func (p *probe) trigger() {
	switch {
	case p.next == nil:
	case p.busy:
		p.triggered = true
	default:
		p.set.scope.Stop(p.next)
		p.next = p.set.scope.After(0, p.tick)
	}
}

func (p *probe) tick() {
	p.next = p.set.scope.After(p.period(), p.tick)
	if p.busy {
		p.late = true
		return
	}
	p.probe()
}

// probed ends a probe that was under way: a tick or trigger in the meantime
// follows at once.
func (p *probe) probed() {
	p.busy = false
	late, triggered := p.late, p.triggered
	p.late, p.triggered = false, false
	switch {
	case p.next == nil:
	case triggered:
		p.set.scope.Stop(p.next)
		p.next = p.set.scope.After(0, p.tick)
	case late:
		p.probe()
	}
}

// probe runs the probe once, if the container is in a state to be probed.
func (p *probe) probe() {
	known := p.set.pod.Status()
	current, ok := podutil.GetContainerStatus(known.ContainerStatuses, p.of.Name)
	if !ok || current.ContainerID == "" {
		current, ok = podutil.GetContainerStatus(known.InitContainerStatuses, p.of.Name)
	}
	if !ok || current.ContainerID == "" {
		return
	}
	if p.containerID != current.ContainerID {
		p.containerID, p.outcome, p.onHold = current.ContainerID, NotRun, false
		switch {
		case !p.set.adopted(&current):
			p.take(map[Kind]Outcome{Readiness: Failure, Liveness: Success, Startup: Unknown}[p.kind])
		case p.kind == Startup && current.Started != nil && *current.Started:
			p.take(Success)
		}
	}
	if p.onHold {
		return
	}
	if current.State.Running == nil {
		p.take(Failure)
		return
	}
	if p.set.pod.Object().DeletionTimestamp != nil && p.kind != Readiness {
		p.take(Success)
		return
	}
	if int32(p.set.scope.Now().Sub(current.State.Running.StartedAt.Time).Seconds()) < p.spec.InitialDelaySeconds {
		return
	}
	if started := current.Started != nil && *current.Started; started == (p.kind == Startup) {
		// A startup probe ends when the container has started; the others start
		// then.
		return
	}
	p.busy = true
	p.look(1, func(found Outcome) {
		if p.next != nil {
			p.conclude(found)
		}
		p.probed()
	})
}

// conclude counts the outcome of a probe; NotRun is an error, which says nothing
// about the container.
func (p *probe) conclude(found Outcome) {
	if found == NotRun {
		return
	}
	if found == p.last {
		p.run++
	} else {
		p.last, p.run = found, 1
	}
	if (found == Failure && p.run < int(p.spec.FailureThreshold)) || (found == Success && p.run < int(p.spec.SuccessThreshold)) {
		return
	}
	p.take(found)
	if p.kind == Startup || (p.kind == Liveness && found == Failure) {
		p.onHold, p.run = true, 0
	}
}

// take makes an outcome the container's result. Readiness and start show in the
// pod's status at once, even during a sync.
func (p *probe) take(outcome Outcome) {
	if p.outcome == outcome {
		return
	}
	p.outcome = outcome
	switch {
	case p.kind == Readiness:
		p.set.pod.ShowReadiness(p.containerID, outcome == Success)
	case p.kind == Liveness && outcome != Failure:
		return
	}
	p.set.pod.RequestSync()
}
