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

// usage is what a container takes of its machine.
type usage struct {
	cpu       time.Duration // of one core, since the container started
	rate      float64       // cores now
	memory    int64         // bytes
	disk      int64         // bytes that the container has written
	logs      int64         // bytes of its log
	processes int64
}

// takes is the usage of a container at the time of the turn. The caller holds mu.
func (c *container) takes() usage {
	if c.status.State != kubecontainer.ContainerStateRunning {
		return usage{}
	}
	running := c.worker.node.now.Sub(c.status.StartedAt)
	const idle = 0.001
	return usage{
		cpu: time.Duration(idle * float64(running)), rate: idle, memory: 8 << 20, processes: 1,
	}
}
