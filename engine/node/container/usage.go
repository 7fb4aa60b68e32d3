package container

import (
	"math"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	kubeutil "k8s.io/kubernetes/pkg/kubelet/util"

	"tabernetes/engine/node/syncloop"
)

// reasonOutOfMemory is the reason that containerd reports for a container whose
// process was killed by the kernel because the memory limit of its control group
// was reached.
const reasonOutOfMemory = "OOMKilled"

// outOfMemoryShortest is the minimum lifetime of a process that needs more memory
// than its limit from its start.
const outOfMemoryShortest = 100 * time.Millisecond

// maxBacklog bounds the CPU time of requests that wait in a throttled container;
// CPU time beyond it is dropped, as clients give up.
const maxBacklog = 30 * time.Second

// meter counts a container's consumption.
type meter struct {
	at       time.Time     // the time up to which cpu is counted
	cpu      time.Duration // since the container started
	backlog  time.Duration // CPU time of requests that is delayed by the limit
	requests int64
	kill     *syncloop.Timer // when the memory limit will be reached
}

// begin starts the meter of a process that has just started or was adopted, and
// schedules its end by its settings or by its memory limit.
func (c *Container) begin() {
	c.meter.at = c.status.StartedAt
	if after := c.settings.CrashAfter; after != nil {
		c.crash = c.scope.After(max(0, *after-c.age()), func() { c.exit(c.settings.CrashCode) })
	}
	c.watchMemory()
}

// served counts a request.
func (c *Container) served() {
	c.count()
	c.meter.requests++
	c.meter.backlog = min(c.meter.backlog+c.image.Usage.CPU.PerRequest.Duration, maxBacklog)
	if !c.image.Usage.Memory.PerRequest.IsZero() {
		c.watchMemory()
	}
}

// count adds the CPU time up to now: that of idling, of start-up, and of requests,
// as far as the limit allows.
func (c *Container) count() {
	m, now := &c.meter, c.scope.Now()
	passed := now.Sub(m.at)
	if passed <= 0 {
		return
	}
	cpu := c.image.Usage.CPU
	starting := min(passed, max(0, c.image.StartUp.Duration-m.at.Sub(c.status.StartedAt)))
	wanted := cores(cpu.StartUp.AsApproximateFloat64(), starting) + cores(cpu.Idle.AsApproximateFloat64(), passed-starting) + m.backlog
	allowed := wanted
	if limit := c.limit(corev1.ResourceCPU); limit > 0 {
		allowed = min(wanted, cores(limit, passed))
	}
	m.cpu += allowed
	m.backlog = min(m.backlog, wanted-allowed)
	m.at = now
}

func cores(count float64, over time.Duration) time.Duration {
	return time.Duration(math.Round(count * float64(over)))
}

// Memory is the working set in bytes.
func (c *Container) Memory() int64 {
	memory := c.image.Usage.Memory
	bytes := memory.Base.Value() + int64(memory.PerSecond.AsApproximateFloat64()*c.age().Seconds()) + memory.PerRequest.Value()*c.meter.requests
	if !memory.Most.IsZero() {
		bytes = min(bytes, max(memory.Most.Value(), memory.Base.Value()))
	}
	if limit := c.limit(corev1.ResourceMemory); limit > 0 {
		bytes = min(bytes, int64(limit))
	}
	return bytes
}

// watchMemory schedules the time at which the kernel kills the process because it
// reaches its memory limit. It is called again whenever that time changes.
func (c *Container) watchMemory() {
	c.scope.Stop(c.meter.kill)
	c.meter.kill = nil
	limit := c.limit(corev1.ResourceMemory)
	if limit <= 0 || !c.IsRunning() {
		return
	}
	memory := c.image.Usage.Memory
	if most := memory.Most.AsApproximateFloat64(); most > 0 && most < limit {
		return
	}
	now := memory.Base.AsApproximateFloat64() + memory.PerRequest.AsApproximateFloat64()*float64(c.meter.requests)
	left := limit - now - memory.PerSecond.AsApproximateFloat64()*c.age().Seconds()
	var wait time.Duration
	switch perSecond := memory.PerSecond.AsApproximateFloat64(); {
	case left <= 0:
		wait = max(0, outOfMemoryShortest-c.age())
	case perSecond <= 0:
		return
	case left/perSecond > (100 * 365 * 24 * time.Hour).Seconds():
		return
	default:
		wait = time.Duration(left / perSecond * float64(time.Second))
	}
	c.meter.kill = c.scope.After(wait, func() { c.end(ExitKilled, reasonOutOfMemory) })
}

// limit is the container's limit of a resource, in cores or bytes: its own, or the
// pod's if it has none. Zero means no limit.
func (c *Container) limit(name corev1.ResourceName) float64 {
	limits := kubeutil.GetLimits(&kubeutil.ResourceOpts{PodResources: c.pod.Object().Spec.Resources, ContainerResources: &c.resources})
	limit := limits[name]
	return limit.AsApproximateFloat64()
}

// IsRunning reports whether process 1 runs.
func (c *Container) IsRunning() bool { return c.status.State == kubecontainer.ContainerStateRunning }
