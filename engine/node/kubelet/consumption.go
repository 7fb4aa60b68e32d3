package kubelet

import (
	"time"

	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

// consumption is what a container, a pod or a machine takes.
type consumption struct {
	cpu       time.Duration // of one core, since the start
	memory    int64         // bytes
	disk      int64         // bytes written besides the image
	logs      int64         // bytes of logs
	processes int64
}

func (c *consumption) add(other consumption) {
	c.cpu += other.cpu
	c.memory += other.memory
	c.disk += other.disk
	c.logs += other.logs
	c.processes += other.processes
}

// consumption is what the container takes at the time of the turn. The caller
// holds the lock.
func (c *container) consumption() consumption {
	if c.status.State != kubecontainer.ContainerStateRunning {
		return consumption{}
	}
	used := c.usage()
	return consumption{cpu: used.CPUTime, memory: used.MemoryBytes, processes: 1}
}
