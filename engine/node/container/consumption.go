package container

import "time"

// Consumption is what a container, a pod or a machine consumes.
type Consumption struct {
	CPU       time.Duration // of one core, since the start; two readings give a rate
	Memory    int64         // bytes of the working set
	Disk      int64         // bytes written besides the image
	Logs      int64         // bytes of logs
	Processes int64
}

// Add adds other to c.
func (c *Consumption) Add(other Consumption) {
	c.CPU += other.CPU
	c.Memory += other.Memory
	c.Disk += other.Disk
	c.Logs += other.Logs
	c.Processes += other.Processes
}

// Consumption returns the container's consumption at the time of the turn. A
// container that does not run consumes nothing.
func (c *Container) Consumption() Consumption {
	if !c.IsRunning() {
		return Consumption{}
	}
	c.count()
	return Consumption{CPU: c.meter.cpu, Memory: c.Memory(), Processes: 1}
}

// NewCPUTime returns the CPU time consumed since the previous call.
func (c *Container) NewCPUTime() time.Duration {
	now := c.Consumption().CPU
	before := c.cpuCounted
	c.cpuCounted = now
	return max(0, now-before)
}
