package hardware

import "k8s.io/apimachinery/pkg/api/resource"

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
	MostProcesses   = 32768
	systemProcesses = 130
)

// Space on a disk is also counted in inodes: one for so many bytes, and so many
// bytes in the average file, as mkfs.ext4 and Linux images have them.
const (
	BytesPerInode = 16 << 10
)
