package container

import "time"

// Consumption is what a container, a pod or a machine takes.
type Consumption struct {
	CPU       time.Duration // of one core, since the start: two readings give a rate
	Memory    int64         // bytes of the working set
	Disk      int64         // bytes written besides the image
	Logs      int64         // bytes of logs
	Processes int64
}

// Add adds up.
func (c *Consumption) Add(other Consumption) {
	c.CPU += other.CPU
	c.Memory += other.Memory
	c.Disk += other.Disk
	c.Logs += other.Logs
	c.Processes += other.Processes
}

// Consumption is what the container takes at the time of the turn. A container that
// does not run takes nothing.
func (c *Container) Consumption() Consumption {
	if !c.IsRunning() {
		return Consumption{}
	}
	c.count()
	return Consumption{CPU: c.meter.cpu, Memory: c.Memory(), Processes: 1}
}

// NewCPUTime is the processor time that has come since it was asked last.
func (c *Container) NewCPUTime() time.Duration {
	now := c.Consumption().CPU
	before := c.cpuCounted
	c.cpuCounted = now
	return max(0, now-before)
}
