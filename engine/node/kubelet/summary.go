package kubelet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/kubelet/server/stats"
)

// Summary is what a node's kubelet serves as /stats/summary. The error says that
// the node cannot be reached.
func (k *Kubelet) Summary(name string) (*statsapi.Summary, error) {
	n := k.node(name)
	if n == nil || !k.Connected("", name) {
		return nil, fmt.Errorf("read statistics of node %q: the node cannot be reached", name)
	}
	n.loop.Lock()
	defer n.loop.Unlock()
	n.loop.Advance()
	return n.summary(), nil
}

// summaries gives upstream's eviction manager the statistics of a node.
type summaries struct{ node *node }

var _ stats.SummaryProvider = summaries{}

// Get implements stats.SummaryProvider.
func (s summaries) Get(context.Context, bool) (*statsapi.Summary, error) {
	s.node.loop.Lock()
	defer s.node.loop.Unlock()
	s.node.loop.Advance()
	return s.node.summary(), nil
}

// GetCPUAndMemoryStats implements stats.SummaryProvider.
func (s summaries) GetCPUAndMemoryStats(ctx context.Context) (*statsapi.Summary, error) {
	return s.Get(ctx, false)
}

// summary adds up what the pods take and what the machine takes besides. The
// caller holds the lock.
func (n *node) summary() *statsapi.Summary {
	at := metav1.NewTime(n.loop.Now())
	var pods consumption
	summary := &statsapi.Summary{Node: statsapi.NodeStats{NodeName: n.name, StartTime: metav1.NewTime(n.started)}}
	for _, w := range n.pods {
		if w.sandbox == nil {
			continue
		}
		one, all := w.stats(at)
		summary.Pods = append(summary.Pods, one)
		pods.add(all)
	}
	slices.SortFunc(summary.Pods, func(a, b statsapi.PodStats) int { return strings.Compare(a.PodRef.UID, b.PodRef.UID) })

	total := n.systemConsumption()
	total.add(pods)
	total.cpu = n.countCPU()
	memory := n.spec.Memory.Value()
	summary.Node.CPU = total.cpuStats(at)
	summary.Node.Memory = total.memoryStats(at, memory)
	summary.Node.SystemContainers = []statsapi.ContainerStats{
		{Name: statsapi.SystemContainerPods, StartTime: summary.Node.StartTime, CPU: pods.cpuStats(at), Memory: pods.memoryStats(at, memory)},
	}
	disk := n.diskStats(at, total.disk+total.logs+n.images.size())
	summary.Node.Fs = disk
	summary.Node.Runtime = &statsapi.RuntimeStats{ImageFs: disk, ContainerFs: disk}
	most, running := int64(mostProcesses), total.processes
	summary.Node.Rlimit = &statsapi.RlimitStats{Time: at, MaxPID: &most, NumOfRunningProcesses: &running}
	return summary
}

func (n *node) systemConsumption() consumption {
	return consumption{
		memory: n.settings.memoryUsed.Value(), disk: n.settings.diskUsed.Value(), processes: n.settings.processes,
	}
}

// countCPU is the CPU time of the machine since its start: of the system and of
// all containers, those included that have ended.
func (n *node) countCPU() time.Duration {
	if !n.cpuCounted.IsZero() {
		n.cpuUsed += time.Duration(n.settings.cpuUsed.AsApproximateFloat64() * float64(n.loop.Now().Sub(n.cpuCounted)))
	}
	n.cpuCounted = n.loop.Now()
	for _, w := range n.pods {
		for _, c := range w.running() {
			now := c.consumption().cpu
			n.cpuUsed += max(0, now-c.cpuCounted)
			c.cpuCounted = now
		}
	}
	return n.cpuUsed
}

// stats are the statistics of the pod, and what it takes in all.
func (w *podWorker) stats(at metav1.Time) (statsapi.PodStats, consumption) {
	pod := statsapi.PodStats{
		PodRef:    statsapi.PodReference{Name: w.pod.Name, Namespace: w.pod.Namespace, UID: string(w.pod.UID)},
		StartTime: metav1.NewTime(w.sandbox.created),
	}
	// The sandbox's own process.
	total := consumption{memory: 512 << 10, processes: 1}
	if podutil.IsPodPhaseTerminal(w.Status().Phase) || !w.sandbox.ready {
		total = consumption{}
	}
	for _, c := range w.running() {
		own := c.consumption()
		total.add(own)
		pod.Containers = append(pod.Containers, statsapi.ContainerStats{
			Name:      c.spec.Name,
			StartTime: metav1.NewTime(c.status.StartedAt),
			CPU:       own.cpuStats(at),
			Memory:    own.memoryStats(at, 0),
			Rootfs:    used(at, own.disk),
			Logs:      used(at, own.logs),
		})
	}
	processes := uint64(total.processes)
	pod.CPU, pod.Memory = total.cpuStats(at), total.memoryStats(at, 0)
	pod.EphemeralStorage = used(at, total.disk+total.logs)
	pod.ProcessStats = &statsapi.ProcessStats{ProcessCount: &processes}
	return pod, total
}

func (c consumption) cpuStats(at metav1.Time) *statsapi.CPUStats {
	total := uint64(max(0, c.cpu))
	return &statsapi.CPUStats{Time: at, UsageCoreNanoSeconds: &total}
}

// memoryStats has what is available only where there is a limit.
func (c consumption) memoryStats(at metav1.Time, limit int64) *statsapi.MemoryStats {
	working := uint64(max(0, c.memory))
	memory := &statsapi.MemoryStats{Time: at, UsageBytes: &working, WorkingSetBytes: &working, RSSBytes: &working}
	if limit > 0 {
		working = min(working, uint64(limit))
		available := uint64(limit) - working
		memory.AvailableBytes = &available
	}
	return memory
}

func used(at metav1.Time, size int64) *statsapi.FsStats {
	bytes, inodes := uint64(max(0, size)), uint64(max(0, size)/bytesPerFile)
	return &statsapi.FsStats{Time: at, UsedBytes: &bytes, InodesUsed: &inodes}
}

// diskStats is the machine's one disk.
func (n *node) diskStats(at metav1.Time, size int64) *statsapi.FsStats {
	disk := used(at, size)
	capacity := uint64(n.spec.EphemeralStorage.Value())
	inodes := capacity / bytesPerInode
	*disk.UsedBytes = min(*disk.UsedBytes, capacity)
	*disk.InodesUsed = min(*disk.InodesUsed, inodes)
	available, inodesFree := capacity-*disk.UsedBytes, inodes-*disk.InodesUsed
	disk.CapacityBytes, disk.AvailableBytes = &capacity, &available
	disk.Inodes, disk.InodesFree = &inodes, &inodesFree
	return disk
}
