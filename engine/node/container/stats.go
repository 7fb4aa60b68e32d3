package container

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
)

// bytesPerFile is the average size of a file in a Linux image.
const bytesPerFile = 48 << 10

// CPUStats returns the CPU time in the form of the kubelet's summary API.
func (c Consumption) CPUStats(at metav1.Time) *statsapi.CPUStats {
	total := uint64(max(0, c.CPU))
	return &statsapi.CPUStats{Time: at, UsageCoreNanoSeconds: &total}
}

// MemoryStats returns the memory in the same form. The available bytes are set
// only if there is a limit.
func (c Consumption) MemoryStats(at metav1.Time, limit int64) *statsapi.MemoryStats {
	working := uint64(max(0, c.Memory))
	memory := &statsapi.MemoryStats{Time: at, UsageBytes: &working, WorkingSetBytes: &working, RSSBytes: &working}
	if limit > 0 {
		working = min(working, uint64(limit))
		available := uint64(limit) - working
		memory.AvailableBytes = &available
	}
	return memory
}

// DiskStats returns the usage of a disk in the same form.
func DiskStats(at metav1.Time, size int64) *statsapi.FsStats {
	bytes, inodes := uint64(max(0, size)), uint64(max(0, size)/bytesPerFile)
	return &statsapi.FsStats{Time: at, UsedBytes: &bytes, InodesUsed: &inodes}
}
