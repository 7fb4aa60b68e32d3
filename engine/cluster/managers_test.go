package cluster_test

import (
	"slices"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// Each component manages the fields that it sets by the name of its program.
func TestFieldManagers(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("api", 2, nil)
		huge := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "huge"}, Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"disk": "none"},
			Containers:   []corev1.Container{{Name: "web", Image: "nginx:1.27"}},
		}}
		_, err := u.CoreV1().Pods("default").Create(t.Context(), huge, metav1.CreateOptions{})
		u.must(err)
		clustertest.Settle(t, running, 5*time.Minute)

		deployment, err := u.AppsV1().Deployments("default").Get(t.Context(), "api", metav1.GetOptions{})
		u.must(err)
		namespace, err := u.CoreV1().Namespaces().Get(t.Context(), "default", metav1.GetOptions{})
		u.must(err)
		for _, test := range []struct {
			what, subresource, manager string
			fields                     []metav1.ManagedFieldsEntry
		}{
			{"a Deployment", "status", "kube-controller-manager", deployment.ManagedFields},
			{"a pod of a Deployment", "", "kube-controller-manager", u.pods("app=api")[0].ManagedFields},
			{"a pod that runs", "status", "kubelet", u.pods("app=api")[0].ManagedFields},
			{"a pod without a node", "status", "kube-scheduler", u.pod("huge").ManagedFields},
			{"a Node", "", "kubelet", u.node("node-1").ManagedFields},
			{"a Node", "status", "kubelet", u.node("node-1").ManagedFields},
			{"a Node's pod addresses", "", "kube-controller-manager", u.node("node-1").ManagedFields},
			{"a namespace", "", "kube-apiserver", namespace.ManagedFields},
		} {
			if !slices.ContainsFunc(test.fields, func(entry metav1.ManagedFieldsEntry) bool {
				return entry.Manager == test.manager && entry.Subresource == test.subresource
			}) {
				t.Errorf("%s, subresource %q: got %v, want %s", test.what, test.subresource, managers(test.fields), test.manager)
			}
		}
	})
}

func managers(fields []metav1.ManagedFieldsEntry) []string {
	var all []string
	for _, entry := range fields {
		all = append(all, entry.Manager+"/"+entry.Subresource)
	}
	return all
}

// A manifest that sets the replicas of a Deployment conflicts with its autoscaler,
// under the name by which people know it.
func TestConflictWithAnAutoscaler(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("api", 1, nil)
		autoscaler := &autoscalingv2.HorizontalPodAutoscaler{
			ObjectMeta: metav1.ObjectMeta{Name: "api"},
			Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
				ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "api"},
				MinReplicas:    ptr.To[int32](4), MaxReplicas: 6,
			},
		}
		_, err := u.AutoscalingV2().HorizontalPodAutoscalers("default").Create(t.Context(), autoscaler, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(time.Minute)
		applied := []byte(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api"},"spec":{"replicas":2}}`)
		_, err = u.AppsV1().Deployments("default").Patch(t.Context(), "api", types.ApplyPatchType, applied, metav1.PatchOptions{FieldManager: "git"})
		want := `Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas`
		if !apierrors.IsConflict(err) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}
