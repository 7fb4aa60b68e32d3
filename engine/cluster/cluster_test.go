package cluster_test

import (
	"context"
	"errors"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// eventually polls condition until it holds.
func eventually(t *testing.T, what string, condition func(context.Context) (bool, error)) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, condition); err != nil {
		t.Fatalf("wait until %s: %v", what, err)
	}
}

func TestANewClusterHasWhatClientsExpect(t *testing.T) {
	built := clustertest.Start(t, cluster.Options{InstantKubelet: true})
	client := kubernetes.NewForConfigOrDie(built.RESTConfig())
	ctx := t.Context()

	version, err := client.Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if version.GitVersion != "v1.37.2" {
		t.Errorf("server version: got %q, want %q", version.GitVersion, "v1.37.2")
	}
	eventually(t, "the service kubernetes has its address", func(ctx context.Context) (bool, error) {
		service, err := client.CoreV1().Services("default").Get(ctx, "kubernetes", metav1.GetOptions{})
		return err == nil && service.Spec.ClusterIP == "10.96.0.1", nil
	})
	eventually(t, "the namespace default has kube-root-ca.crt", func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().ConfigMaps("default").Get(ctx, "kube-root-ca.crt", metav1.GetOptions{})
		return err == nil, nil
	})
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range nodes.Items {
		if node.Spec.PodCIDR == "" || node.Labels["kubernetes.io/hostname"] != node.Name {
			t.Errorf("node %q: got podCIDR %q and labels %v", node.Name, node.Spec.PodCIDR, node.Labels)
		}
	}
}

// TestAnErrorDoesNotStopAController: the clock of a bubble is earlier than the
// start of the process, as that of a restored cluster may be.
func TestAnErrorDoesNotStopAController(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{InstantKubelet: true}, func(t *testing.T, _ *cluster.Cluster) {
		began := time.Now()
		utilruntime.HandleError(errors.New("of a test"))
		if took := time.Since(began); took > time.Second {
			t.Errorf("handling an error took %s", took)
		}
	})
}
