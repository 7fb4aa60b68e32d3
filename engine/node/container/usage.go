package container

import (
	"math"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	kubeutil "k8s.io/kubernetes/pkg/kubelet/util"

	"tabernetes/engine/node/syncloop"
)

// reasonOutOfMemory is what containerd says of a container whose process the
// kernel killed because the memory limit of its control group was reached.
const reasonOutOfMemory = "OOMKilled"

// outOfMemoryShortest is how long a process lives at least that needs more memory
// from its start than it may have.
const outOfMemoryShortest = 100 * time.Millisecond

// maxBacklog bounds the CPU time that requests wait for in a container that is
// throttled; more is forgotten, as clients give up.
const maxBacklog = 30 * time.Second

// meter counts what a container takes.
type meter struct {
	at       time.Time     // up to when cpu is counted
	cpu      time.Duration // since the container started
	backlog  time.Duration // CPU time of requests that the limit has not allowed yet
	requests int64
	kill     *syncloop.Timer // when the memory limit will be reached
}

// begin starts to count, for a process that has just started or was taken over,
// and sets when it will end by its settings or for want of memory.
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

// count brings the CPU time up to now: the idle and the start-up time pass, and
// the time of requests, as far as the limit allows.
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

// watchMemory sets when the kernel will kill the process because it reaches its
// memory limit. It is called again whenever that time changes.
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

// limit is the container's limit of a resource, in cores or bytes: its own, or
// the pod's if it has none. Zero means none.
func (c *Container) limit(name corev1.ResourceName) float64 {
	limits := kubeutil.GetLimits(&kubeutil.ResourceOpts{PodResources: c.pod.Object().Spec.Resources, ContainerResources: &c.resources})
	limit := limits[name]
	return limit.AsApproximateFloat64()
}

// IsRunning says whether process 1 runs.
func (c *Container) IsRunning() bool { return c.status.State == kubecontainer.ContainerStateRunning }
