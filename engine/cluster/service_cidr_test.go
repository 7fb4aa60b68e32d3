package cluster_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// The default ServiceCIDR is made once, is ready, and nothing warns of it.
func TestDefaultServiceCIDR(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		time.Sleep(time.Minute)
		made, err := u.NetworkingV1().ServiceCIDRs().Get(t.Context(), "kubernetes", metav1.GetOptions{})
		u.must(err)
		if len(made.Spec.CIDRs) != 1 || made.Spec.CIDRs[0] != "10.96.0.0/12" || !meta.IsStatusConditionTrue(made.Status.Conditions, "Ready") {
			t.Errorf("the default ServiceCIDR is %v, its conditions are %v", made.Spec.CIDRs, made.Status.Conditions)
		}
		events, err := u.CoreV1().Events(metav1.NamespaceAll).List(t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.kind=ServiceCIDR"})
		u.must(err)
		for _, event := range events.Items {
			t.Errorf("event %s: %s", event.Reason, event.Message)
		}
	})
}
