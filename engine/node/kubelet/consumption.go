package kubelet

import (
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

// What runs on a machine besides pods: the operating system, the container
// runtime and the kubelet.
var (
	systemCPU    = resource.MustParse("60m")
	systemMemory = resource.MustParse("420Mi")
	systemDisk   = resource.MustParse("5Gi")
)

// Of the processes that a machine can have (the kernel's default for pid_max) and
// those that the system itself has.
const (
	mostProcesses   = 32768
	systemProcesses = 130
)

// Space on a disk is also counted in inodes: one for so many bytes, and so many
// bytes in the average file, as mkfs.ext4 and Linux images have them.
const (
	bytesPerInode = 16 << 10
	bytesPerFile  = 48 << 10
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
