package metrics

import (
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
)

// point is one sample of the usage of a node or container.
type point struct {
	started time.Time
	at      time.Time
	cpu     uint64 // nanoseconds of one core since it started
	memory  uint64 // bytes of the working set
}

// batch has the samples of one scrape of all nodes. The number of nodes and
// containers bounds it.
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

// points are the last scrape and the previous one.
type points struct {
	mu   sync.Mutex
	last batch // guarded by mu
	// previous has the sample that each rate of last is computed from. guarded by
	// mu
	previous batch
}

// store makes next the last scrape. The rate of a container that was started since
// the previous scrape is computed from its start, unless that is too recent; in
// that case it has no metrics until the next scrape.
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

// usage is a rate over a window, and the end of the window.
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

// pod returns the usage of each container, or false if one of them has none.
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
