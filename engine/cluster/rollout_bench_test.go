//go:build unix

package cluster_test

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/component-base/metrics/legacyregistry"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/node/hardware"
)

// BenchmarkRollout is a rolling update of pods that run at once, with a history of
// the changes and a frame every 33 ms, as in the page. The cost of a change is its
// CPU time: a browser tab has one processor.
//
//	GOMAXPROCS=1 go test ./engine/cluster -run '^$' -bench Rollout -benchtime 3x
//
// It prints the CPU milliseconds, revisions, requests, allocations and allocated
// bytes of the rolling update alone, without the creation and deletion of its
// Deployment.
func BenchmarkRollout(b *testing.B) {
	for _, replicas := range []int32{3, 10, 100, 300, 1000} {
		b.Run(fmt.Sprintf("pods=%d", replicas), func(b *testing.B) { benchmarkRollout(b, replicas) })
	}
}

func benchmarkRollout(b *testing.B, replicas int32) {
	history := journal.NewHistory(1)
	running := clustertest.Start(b, cluster.Options{
		InstantKubelet: true, Nodes: hardware.DefaultNodes(10 + int(replicas)/100), Seed: 1,
		OnCommit: func(commit store.Commit) { history.Commit(commit) },
	})
	defer drawFrames(running)()
	client := kubernetes.NewForConfigOrDie(running.RESTConfig())
	var used usage
	for b.Loop() {
		name := fmt.Sprintf("bench-%d", replicas)
		deployment := &appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"},
			Spec: appsv1.DeploymentSpec{
				Replicas: &replicas,
				Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
				Template: corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": name}},
					Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "nginx", Image: "nginx:1.27"}}},
				},
			},
		}
		if _, err := client.AppsV1().Deployments("default").Create(b.Context(), deployment, metav1.CreateOptions{}); err != nil {
			b.Fatal(err)
		}
		waitForRollout(b, client, name)
		before := measureUsage(b, running)
		image := []byte(`{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.28"}]}}}}`)
		if _, err := client.AppsV1().Deployments("default").Patch(b.Context(), name, "application/strategic-merge-patch+json", image, metav1.PatchOptions{}); err != nil {
			b.Fatal(err)
		}
		waitForRollout(b, client, name)
		used = used.plus(measureUsage(b, running).minus(before))
		deleteDeployment(b, client, name)
	}
	each := float64(b.N)
	b.ReportMetric(0, "ns/op") // with the deployment's creation and deletion: of no interest
	b.ReportMetric(float64(used.processor.Microseconds())/1000/each, "cpu-ms")
	b.ReportMetric(float64(used.revisions)/each, "revisions")
	b.ReportMetric(used.requests/each, "requests")
	b.ReportMetric(float64(used.allocations)/each, "allocs")
	b.ReportMetric(float64(used.bytes)/1e6/each, "MB")
}

// drawFrames takes the frames that a page would be sent, until the returned
// function is called.
func drawFrames(running *cluster.Cluster) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(33 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				running.Topology().Frame()
				running.Timeline().Delta()
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func waitForRollout(b *testing.B, client kubernetes.Interface, name string) {
	deployments := client.AppsV1().Deployments("default")
	watcher, err := deployments.Watch(b.Context(), metav1.ListOptions{FieldSelector: "metadata.name=" + name})
	if err != nil {
		b.Fatal(err)
	}
	defer watcher.Stop()
	current, err := deployments.Get(b.Context(), name, metav1.GetOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for event := range watcher.ResultChan() {
		seen, ok := event.Object.(*appsv1.Deployment)
		if !ok {
			b.Fatalf("watch of Deployment %q: got %v", name, event.Object)
		}
		wanted := *seen.Spec.Replicas
		if seen.Generation >= current.Generation && seen.Status.ObservedGeneration == seen.Generation &&
			seen.Status.Replicas == wanted && seen.Status.UpdatedReplicas == wanted && seen.Status.AvailableReplicas == wanted {
			return
		}
	}
	b.Fatalf("the watch of Deployment %q has ended", name)
}

func deleteDeployment(b *testing.B, client kubernetes.Interface, name string) {
	if err := client.AppsV1().Deployments("default").Delete(b.Context(), name, metav1.DeleteOptions{}); err != nil {
		b.Fatal(err)
	}
	for {
		left, err := client.CoreV1().Pods("default").List(b.Context(), metav1.ListOptions{LabelSelector: "app=" + name, Limit: 1})
		if err != nil {
			b.Fatal(err)
		}
		if len(left.Items) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// usage is the resource usage of the process so far, or of an interval.
type usage struct {
	processor   time.Duration
	revisions   int64
	requests    float64
	allocations uint64
	bytes       uint64
}

func (u usage) plus(other usage) usage {
	return usage{
		u.processor + other.processor, u.revisions + other.revisions, u.requests + other.requests,
		u.allocations + other.allocations, u.bytes + other.bytes,
	}
}

func (u usage) minus(other usage) usage {
	return usage{
		u.processor - other.processor, u.revisions - other.revisions, u.requests - other.requests,
		u.allocations - other.allocations, u.bytes - other.bytes,
	}
}

func measureUsage(b testing.TB, running *cluster.Cluster) usage {
	var resources syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &resources); err != nil {
		b.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return usage{
		processor: time.Duration(resources.Utime.Nano() + resources.Stime.Nano()),
		revisions: running.Store().Revision(), requests: requests(b),
		allocations: memory.Mallocs, bytes: memory.TotalAlloc,
	}
}

// requests returns how many requests the API servers of this process have
// answered.
func requests(b testing.TB) float64 {
	families, err := legacyregistry.DefaultGatherer.Gather()
	if err != nil {
		b.Fatal(err)
	}
	var sum float64
	for _, family := range families {
		if family.GetName() == "apiserver_request_total" {
			for _, metric := range family.GetMetric() {
				sum += metric.GetCounter().GetValue()
			}
		}
	}
	return sum
}
