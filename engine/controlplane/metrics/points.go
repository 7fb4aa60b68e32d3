package metrics

import (
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
)

// point is what something had used at a time.
type point struct {
	started time.Time
	at      time.Time
	cpu     uint64 // nanoseconds of one core since it started
	memory  uint64 // bytes of the working set
}

// batch is one look at all nodes. Nodes and containers bound it.
type batch struct {
	nodes map[string]point
	pods  map[types.NamespacedName]map[string]point // by container
}

func newBatch() batch {
	return batch{nodes: map[string]point{}, pods: map[types.NamespacedName]map[string]point{}}
}

func (b batch) take(node string, summary *statsapi.Summary) {
	if p, ok := pointOf(summary.Node.StartTime.Time, summary.Node.CPU, summary.Node.Memory); ok {
		b.nodes[node] = p
	}
	for i := range summary.Pods {
		pod := &summary.Pods[i]
		containers := map[string]point{}
		for j := range pod.Containers {
			container := &pod.Containers[j]
			if p, ok := pointOf(container.StartTime.Time, container.CPU, container.Memory); ok {
				containers[container.Name] = p
			}
		}
		if len(containers) > 0 {
			b.pods[types.NamespacedName{Namespace: pod.PodRef.Namespace, Name: pod.PodRef.Name}] = containers
		}
	}
}

func pointOf(started time.Time, cpu *statsapi.CPUStats, memory *statsapi.MemoryStats) (point, bool) {
	if cpu == nil || cpu.UsageCoreNanoSeconds == nil || memory == nil || memory.WorkingSetBytes == nil {
		return point{}, false
	}
	return point{started: started, at: cpu.Time.Time, cpu: *cpu.UsageCoreNanoSeconds, memory: *memory.WorkingSetBytes}, true
}

// points are the last look and the one before it.
type points struct {
	mu   sync.Mutex
	last batch // guarded by mu
	// previous has the point from which each point of last is counted. guarded by mu
	previous batch
}

// store makes next the last look. A container that was started since the last
// one is counted from its start if that is not too short a time; else it has no
// metrics until the next look.
func (p *points) store(next batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	previous := newBatch()
	for name, now := range next.nodes {
		if before, known := p.last.nodes[name]; known && now.started.Equal(before.started) && now.at.After(before.at) {
			previous.nodes[name] = before
		}
	}
	for name, containers := range next.pods {
		from := map[string]point{}
		for container, now := range containers {
			age := now.at.Sub(now.started)
			before, known := p.last.pods[name][container]
			switch {
			case known && now.started.Before(before.at) && now.at.After(before.at):
				from[container] = before
			case age >= freshest && age < Resolution:
				from[container] = point{started: now.started, at: now.started}
			}
		}
		previous.pods[name] = from
	}
	p.last, p.previous = next, previous
}

// usage is a rate over a window that ends at a time.
type usage struct {
	at     time.Time
	window time.Duration
	list   corev1.ResourceList
}

func usageBetween(before, now point) usage {
	window := now.at.Sub(before.at)
	cores := uint64(0)
	if now.cpu > before.cpu && window > 0 {
		cores = uint64(float64(now.cpu-before.cpu) / window.Seconds())
	}
	return usage{at: now.at, window: window, list: corev1.ResourceList{
		corev1.ResourceCPU:    *resource.NewScaledQuantity(int64(cores), resource.Nano),
		corev1.ResourceMemory: *resource.NewQuantity(int64(now.memory), resource.BinarySI),
	}}
}

func (p *points) node(name string) (usage, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, known := p.last.nodes[name]
	before, counted := p.previous.nodes[name]
	if !known || !counted {
		return usage{}, false
	}
	return usageBetween(before, now), true
}

// pod is the usage of each container, or false while one of them has none.
func (p *points) pod(name types.NamespacedName) (map[string]usage, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	containers := p.last.pods[name]
	if len(containers) == 0 {
		return nil, false
	}
	usages := map[string]usage{}
	for container, now := range containers {
		before, counted := p.previous.pods[name][container]
		if !counted {
			return nil, false
		}
		usages[container] = usageBetween(before, now)
	}
	return usages, true
}
