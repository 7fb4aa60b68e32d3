package node

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/node/container"
)

// at calls a function with a running container of a pod, on the node's loop.
func at(t *testing.T, k *Fleet, pod string, do func(c *container.Container)) {
	t.Helper()
	n := k.node("node-1")
	n.Loop().Lock()
	defer n.Loop().Unlock()
	n.Loop().Advance()
	w := n.Pod(metav1.NamespaceDefault, pod)
	if w == nil || len(w.Running()) == 0 {
		t.Fatalf("pod %q does not run", pod)
	}
	do(w.Running()[0])
}

func TestUsageFollowsTimeAndRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		k, stop := c.run(Options{})
		defer stop()
		time.Sleep(20 * time.Second)
		web := simplePod("web", "sim.tabernetes.dev/cpu-bound:v1")
		web.Annotations = map[string]string{
			"sim.tabernetes.dev/cpu": "50m", "sim.tabernetes.dev/memory": "10Mi", "sim.tabernetes.dev/memory-growth": "1Mi",
		}
		web.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("500m")}
		c.addPod(web)
		time.Sleep(30 * time.Second)

		request, err := http.NewRequest(http.MethodGet, "http://web/", nil)
		if err != nil {
			t.Fatal(err)
		}
		var before container.Consumption
		at(t, k, "web", func(c *container.Container) { before = c.Consumption() })
		time.Sleep(10 * time.Second)
		at(t, k, "web", func(c *container.Container) {
			now := c.Consumption()
			if got, want := now.CPU-before.CPU, 500*time.Millisecond; got != want {
				t.Errorf("idle for 10 s: took %s of CPU time, want %s", got, want)
			}
			if got, want := now.Memory-before.Memory, int64(10<<20); got != want {
				t.Errorf("10 s: memory grew by %d, want %d", got, want)
			}
			before = now
			for range 20 { // 4 s of CPU time
				if _, ok := c.Answer(request); !ok {
					t.Error("no answer")
				}
			}
		})
		time.Sleep(4 * time.Second)
		at(t, k, "web", func(c *container.Container) {
			now := c.Consumption()
			if got, want := now.CPU-before.CPU, 2*time.Second; got != want {
				t.Errorf("20 requests in 4 s: took %s of CPU time, want the limit of %s", got, want)
			}
			before = now
		})
		time.Sleep(20 * time.Second)
		at(t, k, "web", func(c *container.Container) {
			// The rest of the requests, 4 s, and 24 s of 50 m, minus the 2 s.
			now := c.Consumption()
			if got, want := now.CPU-before.CPU, 3200*time.Millisecond; got != want {
				t.Errorf("afterwards: took %s of CPU time, want %s", got, want)
			}
		})
	})
}
