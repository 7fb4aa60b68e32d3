package cluster_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// The task "Advertise Extended Resources for a Node" of the documentation: what was
// advertised is still there when the kubelet has reported, pods are placed by it, and a
// pod of a higher priority takes the place of another.
func TestExtendedResources(t *testing.T) {
	const dongles = corev1.ResourceName("example.com/dongle")
	clustertest.Virtual(t, cluster.Options{Seed: 2}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		patch := []byte(`[{"op": "add", "path": "/status/capacity/example.com~1dongle", "value": "4"}]`)
		_, err := u.CoreV1().Nodes().Patch(t.Context(), "node-2", types.JSONPatchType, patch, metav1.PatchOptions{}, "status")
		u.must(err)
		u.until("dongles that can be allocated", 10*time.Minute, func() bool {
			node, err := u.CoreV1().Nodes().Get(t.Context(), "node-2", metav1.GetOptions{})
			u.must(err)
			capacity, allocatable := node.Status.Capacity[dongles], node.Status.Allocatable[dongles]
			return capacity.Value() == 4 && allocatable.Value() == 4
		})
		u.apply(`
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: urgent}
value: 1000
---
apiVersion: v1
kind: Pod
metadata: {name: first}
spec:
  containers: [{name: web, image: nginx:1.27, resources: {limits: {example.com/dongle: 3}}}]
`)
		u.until("a first pod", 2*time.Minute, func() bool { return u.pod("first").Status.Phase == corev1.PodRunning })
		if node := u.pod("first").Spec.NodeName; node != "node-2" {
			t.Errorf("the pod is on %q", node)
		}
		u.apply(`
apiVersion: v1
kind: Pod
metadata: {name: second}
spec:
  priorityClassName: urgent
  containers: [{name: web, image: nginx:1.27, resources: {limits: {example.com/dongle: 2}}}]
`)
		u.until("a second pod in its place", 5*time.Minute, func() bool {
			return u.pod("second").Status.Phase == corev1.PodRunning
		})
	})
}
