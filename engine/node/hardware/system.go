package hardware

import "k8s.io/apimachinery/pkg/api/resource"

// What runs on a machine besides pods: the operating system, the container
// runtime and the kubelet.
var (
	systemCPU    = resource.MustParse("60m")
	systemMemory = resource.MustParse("420Mi")
	systemDisk   = resource.MustParse("5Gi")
)

// The number of processes that a machine can have (the kernel's default for
// pid_max) and the number of the system's own.
const (
	MostProcesses   = 32768
	systemProcesses = 130
)

// BytesPerInode is the disk space for each inode, as mkfs.ext4 sets it: space is
// counted in inodes, too.
const (
	BytesPerInode = 16 << 10
)
