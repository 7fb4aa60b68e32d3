package kubelet

import (
	"context"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
	"k8s.io/kubernetes/pkg/kubelet/server/stats"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/hardware"
)

// summaries gives upstream's eviction manager the statistics of a node.
type summaries struct{ node *node }

var _ stats.SummaryProvider = summaries{}

// Get implements stats.SummaryProvider.
func (s summaries) Get(context.Context, bool) (*statsapi.Summary, error) {
	return s.node.statistics(), nil
}

// GetCPUAndMemoryStats implements stats.SummaryProvider.
func (s summaries) GetCPUAndMemoryStats(ctx context.Context) (*statsapi.Summary, error) {
	return s.Get(ctx, false)
}

// statistics are what the kubelet serves as /stats/summary.
func (n *node) statistics() *statsapi.Summary {
	n.loop.Lock()
	defer n.loop.Unlock()
	n.loop.Advance()
	return n.summary()
}

// summary adds up what the pods take and what the machine takes besides. The
// caller holds the lock.
func (n *node) summary() *statsapi.Summary {
	at := metav1.NewTime(n.loop.Now())
	var pods container.Consumption
	summary := &statsapi.Summary{Node: statsapi.NodeStats{NodeName: n.name, StartTime: metav1.NewTime(n.started)}}
	for _, w := range n.pods {
		one, all, ok := w.Stats(at)
		if !ok {
			continue
		}
		summary.Pods = append(summary.Pods, one)
		pods.Add(all)
	}
	slices.SortFunc(summary.Pods, func(a, b statsapi.PodStats) int { return strings.Compare(a.PodRef.UID, b.PodRef.UID) })

	total := n.systemConsumption()
	total.Add(pods)
	total.CPU = n.countCPU()
	memory := n.spec.Memory.Value()
	summary.Node.CPU = total.CPUStats(at)
	summary.Node.Memory = total.MemoryStats(at, memory)
	summary.Node.SystemContainers = []statsapi.ContainerStats{
		{Name: statsapi.SystemContainerPods, StartTime: summary.Node.StartTime, CPU: pods.CPUStats(at), Memory: pods.MemoryStats(at, memory)},
	}
	disk := n.diskStats(at, total.Disk+total.Logs+n.images.Size())
	summary.Node.Fs = disk
	summary.Node.Runtime = &statsapi.RuntimeStats{ImageFs: disk, ContainerFs: disk}
	most, running := int64(hardware.MostProcesses), total.Processes
	summary.Node.Rlimit = &statsapi.RlimitStats{Time: at, MaxPID: &most, NumOfRunningProcesses: &running}
	return summary
}

func (n *node) systemConsumption() container.Consumption {
	return container.Consumption{
		Memory: n.settings.MemoryUsed.Value(), Disk: n.settings.DiskUsed.Value(), Processes: n.settings.Processes,
	}
}

// countCPU is the CPU time of the machine since its start: of the system and of
// all containers, those included that have ended.
func (n *node) countCPU() time.Duration {
	if !n.cpuCounted.IsZero() {
		n.cpuUsed += time.Duration(n.settings.CPUUsed.AsApproximateFloat64() * float64(n.loop.Now().Sub(n.cpuCounted)))
	}
	n.cpuCounted = n.loop.Now()
	for _, w := range n.pods {
		for _, c := range w.Running() {
			n.cpuUsed += c.NewCPUTime()
		}
	}
	return n.cpuUsed
}

// diskStats is the machine's one disk.
func (n *node) diskStats(at metav1.Time, size int64) *statsapi.FsStats {
	disk := container.DiskStats(at, size)
	capacity := uint64(n.spec.EphemeralStorage.Value())
	inodes := capacity / hardware.BytesPerInode
	*disk.UsedBytes = min(*disk.UsedBytes, capacity)
	*disk.InodesUsed = min(*disk.InodesUsed, inodes)
	available, inodesFree := capacity-*disk.UsedBytes, inodes-*disk.InodesUsed
	disk.CapacityBytes, disk.AvailableBytes = &capacity, &available
	disk.Inodes, disk.InodesFree = &inodes, &inodesFree
	return disk
}
