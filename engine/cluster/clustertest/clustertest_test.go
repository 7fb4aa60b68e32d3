package clustertest_test

import (
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// TestVirtualClusterLivesOnVirtualTime also fails when a goroutine of the
// cluster outlives it, as synctest demands.
func TestVirtualClusterLivesOnVirtualTime(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		clustertest.Settle(t, running, time.Minute)
		leases := kubernetes.NewForConfigOrDie(running.RESTConfig()).CoordinationV1().Leases("kube-node-lease")
		renewed := func() time.Time {
			lease, err := leases.Get(t.Context(), "node-1", metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return lastRenewal(lease)
		}
		before := renewed()
		time.Sleep(30 * time.Minute)
		passed := renewed().Sub(before)
		// A lease of 40 s is renewed every 10 s.
		if passed < 29*time.Minute || passed > 31*time.Minute {
			t.Errorf("the lease of node-1 was renewed %s after the first look, want about 30m", passed)
		}
	})
}

func lastRenewal(lease *coordinationv1.Lease) time.Time {
	if lease.Spec.RenewTime == nil {
		return time.Time{}
	}
	return lease.Spec.RenewTime.Time
}
