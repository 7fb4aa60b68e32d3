package topology_test

import (
	"strings"
	"testing"
	"time"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/view/topology"
)

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  minReadySeconds: 2
  strategy: {rollingUpdate: {maxSurge: 100%}}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: nginx
        image: IMAGE
`

// inventory is the page's state after the frames so far.
type inventory map[string]topology.Item

func (inventory inventory) take(frame *topology.Frame) {
	if frame == nil {
		return
	}
	if frame.Reset {
		clear(inventory)
	}
	for _, uid := range frame.Removes {
		delete(inventory, uid)
	}
	for _, item := range frame.Upserts {
		switch item := item.(type) {
		case *topology.DeploymentItem:
			inventory[item.UID] = item
		case *topology.ReplicaSetItem:
			inventory[item.UID] = item
		case *topology.PodItem:
			inventory[item.UID] = item
		}
	}
}

// image returns the image of the only Deployment, "" without one.
func (inventory inventory) image() string {
	for _, item := range inventory {
		if deployment, ok := item.(*topology.DeploymentItem); ok {
			return deployment.Images[0]
		}
	}
	return ""
}

// TestRolloutInRealCluster follows frames of upstream's controllers through a
// rollout, and checks that what is settled stays as it is.
func TestRolloutInRealCluster(t *testing.T) {
	built := clustertest.Start(t, cluster.Options{InstantKubelet: true})
	known := inventory{}
	shown := built.Topology()

	// settle takes frames until image is deployed and the cluster is settled. An
	// informer learns of the new image a moment after it was applied.
	settle := func(image string) {
		t.Helper()
		deadline := time.After(time.Minute)
		for known.image() != image || !shown.Settled() {
			select {
			case <-shown.Dirty():
				known.take(shown.Frame())
			case <-time.After(50 * time.Millisecond):
			case <-deadline:
				t.Fatalf("not settled within a minute: %q", shown.Obstacles())
			}
		}
		known.take(shown.Frame())
	}
	settle("")
	for _, image := range []string{"nginx:1.27", "nginx:1.28", "nginx:1.27"} {
		text := []byte(strings.Replace(web, "IMAGE", image, 1))
		for _, result := range apply.Apply(t.Context(), built.RESTConfig(), text, apply.Options{}) {
			if result.Error != nil {
				t.Fatal(result.Error.Message)
			}
		}
		began := time.Now()
		settle(image)
		// The API keeps whole seconds, so that upstream may count one too many.
		if took := time.Since(began); took < time.Second {
			t.Errorf("%s: settled after %v, before pods can be available", image, took)
		}
		pods, active := 0, 0
		for _, item := range known {
			switch item := item.(type) {
			case *topology.DeploymentItem:
				if !item.Settled || item.Available != 3 || item.Updated != 3 || item.Images[0] != image {
					t.Errorf("%s: settled with the deployment %+v", image, item)
				}
			case *topology.ReplicaSetItem:
				if item.Active {
					active++
				}
				if item.Active != (item.Desired == 3) || item.Active != (item.Images[0] == image) {
					t.Errorf("%s: settled with the replica set %+v", image, item)
				}
			case *topology.PodItem:
				pods++
				if item.Images[0] != image || item.Status != "Running" {
					t.Errorf("%s: settled with the pod %+v", image, item)
				}
			}
		}
		if pods != 3 || active != 1 {
			t.Errorf("%s: settled with %d pods and %d active replica sets, want 3 and 1", image, pods, active)
		}
		time.Sleep(time.Second)
		if frame := shown.Frame(); frame != nil {
			for _, item := range frame.Upserts {
				if _, ok := item.(*topology.NodeItem); !ok {
					t.Errorf("%s: changed after it was settled: %+v", image, item)
				}
			}
			if len(frame.Removes) > 0 {
				t.Errorf("%s: removed after it was settled: %q", image, frame.Removes)
			}
		}
	}
}
