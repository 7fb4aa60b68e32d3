package cluster_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

const endpointsManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: web, image: "nginx:1.27", ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 8080, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: misnamed}
spec: {selector: {app: shop}, ports: [{port: 8080, targetPort: admin}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {ports: [{name: db, port: 5432}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: outside}
subsets:
- addresses: [{ip: 198.51.100.7}, {ip: 198.51.100.8}]
  notReadyAddresses: [{ip: 198.51.100.9}]
  ports: [{name: db, port: 5432}]
`

// Endpoints follow the pods of a Service, and those that a person writes are
// mirrored into EndpointSlices.
func TestEndpoints(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		applyText(t, running, endpointsManifest)
		clustertest.Settle(t, running, 5*time.Minute)
		time.Sleep(10 * time.Second)

		var want []string
		for _, pod := range u.pods("app=shop") {
			want = append(want, pod.Status.PodIP+":80")
		}
		slices.Sort(want)
		if got := u.endpoints("shop"); len(want) != 2 || !slices.Equal(got, want) {
			t.Errorf("endpoints of shop: got %q, want %q", got, want)
		}
		if got := u.endpoints("misnamed"); len(got) != 0 {
			t.Errorf("endpoints of a port that no container has: got %q", got)
		}

		addresses := func() (ready, other []string) {
			slices, err := u.DiscoveryV1().EndpointSlices("default").List(t.Context(), metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=outside"})
			u.must(err)
			for _, slice := range slices.Items {
				if by := slice.Labels[discoveryv1.LabelManagedBy]; by != "endpointslicemirroring-controller.k8s.io" {
					t.Errorf("%s is managed by %q", slice.Name, by)
				}
				if !strings.HasPrefix(slice.Name, "outside-") {
					t.Errorf("got the slice %q", slice.Name)
				}
				for _, endpoint := range slice.Endpoints {
					if *endpoint.Conditions.Ready {
						ready = append(ready, endpoint.Addresses...)
					} else {
						other = append(other, endpoint.Addresses...)
					}
				}
			}
			return ready, other
		}
		ready, other := addresses()
		if !slices.Equal(ready, []string{"198.51.100.7", "198.51.100.8"}) || !slices.Equal(other, []string{"198.51.100.9"}) {
			t.Errorf("mirrored: got %q and not ready %q", ready, other)
		}
		u.must(u.CoreV1().Endpoints("default").Delete(t.Context(), "outside", metav1.DeleteOptions{}))
		time.Sleep(10 * time.Second)
		if ready, other := addresses(); len(ready)+len(other) != 0 {
			t.Errorf("mirrored after the Endpoints are gone: got %q %q", ready, other)
		}

		scale := []byte(`{"spec":{"replicas":0}}`)
		_, err := u.AppsV1().Deployments("default").Patch(t.Context(), "shop", types.MergePatchType, scale, metav1.PatchOptions{})
		u.must(err)
		clustertest.Settle(t, running, 5*time.Minute)
		time.Sleep(10 * time.Second)
		if got := u.endpoints("shop"); len(got) != 0 {
			t.Errorf("endpoints without pods: got %q", got)
		}
	})
}

// endpoints returns the addresses with ports of an Endpoints object, sorted.
func (u *user) endpoints(name string) []string {
	u.t.Helper()
	object, err := u.CoreV1().Endpoints("default").Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	var all []string
	for _, subset := range object.Subsets {
		for _, address := range subset.Addresses {
			for _, port := range subset.Ports {
				all = append(all, address.IP+":"+strconv.Itoa(int(port.Port)))
			}
		}
	}
	slices.Sort(all)
	return all
}

const replicationManifest = `
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec:
  replicas: 3
  selector: {app: old}
  template:
    metadata: {labels: {app: old}}
    spec: {containers: [{name: web, image: "nginx:1.27"}]}
`

// A ReplicationController replaces a pod that is gone, and goes with its pods.
func TestReplicationController(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		applyText(t, running, replicationManifest)
		controllers := u.CoreV1().ReplicationControllers("default")
		ready := func() int32 {
			found, err := controllers.Get(t.Context(), "old", metav1.GetOptions{})
			u.must(err)
			return found.Status.ReadyReplicas
		}
		u.until("three ready pods", 2*time.Minute, func() bool { return ready() == 3 })
		first := u.pods("app=old")[0]
		if owner := metav1.GetControllerOf(&first); owner == nil || owner.Kind != "ReplicationController" || owner.Name != "old" {
			t.Errorf("the owner of %s: got %v", first.Name, owner)
		}
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), first.Name, metav1.DeleteOptions{}))
		u.until("another pod in its place", 2*time.Minute, func() bool {
			return ready() == 3 && !slices.ContainsFunc(u.pods("app=old"), func(pod corev1.Pod) bool { return pod.UID == first.UID })
		})
		scale, err := controllers.GetScale(t.Context(), "old", metav1.GetOptions{})
		u.must(err)
		scale.Spec.Replicas = 1
		_, err = controllers.UpdateScale(t.Context(), "old", scale, metav1.UpdateOptions{})
		u.must(err)
		u.until("one pod", 2*time.Minute, func() bool { return len(u.pods("app=old")) == 1 })
		background := metav1.DeletePropagationBackground
		u.must(controllers.Delete(t.Context(), "old", metav1.DeleteOptions{PropagationPolicy: &background}))
		u.until("no pod", 2*time.Minute, func() bool { return len(u.pods("app=old")) == 0 })
	})
}
