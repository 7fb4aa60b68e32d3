package metrics

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
)

func look(at, started time.Time, cpu time.Duration) batch {
	nanoseconds, memory := uint64(cpu), uint64(64<<20)
	container := statsapi.ContainerStats{
		Name: "web", StartTime: metav1.NewTime(started),
		CPU:    &statsapi.CPUStats{Time: metav1.NewTime(at), UsageCoreNanoSeconds: &nanoseconds},
		Memory: &statsapi.MemoryStats{Time: metav1.NewTime(at), WorkingSetBytes: &memory},
	}
	next := newBatch()
	next.take("node-1", &statsapi.Summary{Pods: []statsapi.PodStats{{
		PodRef:     statsapi.PodReference{Name: "web", Namespace: "default"},
		Containers: []statsapi.ContainerStats{container},
	}}})
	return next
}

func TestWhenAContainerHasMetrics(t *testing.T) {
	name := types.NamespacedName{Namespace: "default", Name: "web"}
	zero := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		title  string
		looks  []batch
		want   string // the CPU, or empty for none
		window time.Duration
	}{
		{title: "too young at its first look", looks: []batch{look(zero.Add(5*time.Second), zero, time.Second)}},
		{title: "counted from its start", looks: []batch{look(zero.Add(12*time.Second), zero, 3*time.Second)}, want: "250m", window: 12 * time.Second},
		{title: "old, but seen once", looks: []batch{look(zero.Add(time.Hour), zero, time.Second)}},
		{title: "between two looks", looks: []batch{
			look(zero.Add(5*time.Second), zero, time.Second), look(zero.Add(20*time.Second), zero, 4*time.Second),
		}, want: "200m", window: 15 * time.Second},
		{title: "restarted", looks: []batch{
			look(zero.Add(time.Minute), zero, time.Second), look(zero.Add(75*time.Second), zero.Add(70*time.Second), time.Second),
		}},
		{title: "gone", looks: []batch{
			look(zero.Add(5*time.Second), zero, time.Second), look(zero.Add(20*time.Second), zero, 4*time.Second), newBatch(),
		}},
	} {
		var p points
		for _, next := range test.looks {
			p.store(next)
		}
		usages, ok := p.pod(name)
		if ok != (test.want != "") {
			t.Errorf("%s: has metrics: %v", test.title, ok)
			continue
		}
		used := usages["web"]
		if ok && (used.list.Cpu().String() != test.want || used.window != test.window) {
			t.Errorf("%s: got %s over %s, want %s over %s", test.title, used.list.Cpu(), used.window, test.want, test.window)
		}
	}
}
