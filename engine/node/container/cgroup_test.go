package container

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestCgroupValues(t *testing.T) {
	list := func(cpu string) corev1.ResourceList {
		if cpu == "" {
			return nil
		}
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}
	}
	for _, test := range []struct {
		request, limit, most string
		weight               int64
	}{
		{"", "", "max 100000", 1},
		{"250m", "", "max 100000", 10},
		{"", "2", "200000 100000", 79},
		{"1", "1500m", "150000 100000", 39},
		{"1m", "5m", "1000 100000", 1},
		{"4000", "", "max 100000", 10000},
	} {
		resources := &corev1.ResourceRequirements{Requests: list(test.request), Limits: list(test.limit)}
		if got := cpuMax(resources.Limits.Cpu().MilliValue()); got != test.most {
			t.Errorf("limit %q: cpu.max is %q, want %q", test.limit, got, test.most)
		}
		if got := cpuWeight(resources); got != test.weight {
			t.Errorf("request %q, limit %q: cpu.weight is %d, want %d", test.request, test.limit, got, test.weight)
		}
	}
	if memoryMax(0) != "max" || memoryMax(1<<20) != "1048576" {
		t.Errorf("memory.max: got %q and %q", memoryMax(0), memoryMax(1<<20))
	}
}
