package cluster_test

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/view/topology"
)

const everything = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "IMAGE", resources: {requests: {cpu: 100m}}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: main, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 3
  maxReplicas: 6
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: budget}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
---
apiVersion: food.example/v1
kind: Bakery
metadata: {name: corner}
spec: {oven: IMAGE}
`

const bakeries = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bakeries.food.example}
spec:
  group: food.example
  scope: Namespaced
  names: {plural: bakeries, singular: bakery, kind: Bakery}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`

// TestPastShowsWhatTheFramesShowed follows a cluster by its frames through a
// rolling update, and compares the frames of some moments with what Past later
// returns for them.
func TestPastShowsWhatTheFramesShowed(t *testing.T) {
	var mu sync.Mutex
	history := journal.NewHistory(0)
	note := func(commit store.Commit) {
		mu.Lock()
		defer mu.Unlock()
		history.Commit(commit)
	}
	clustertest.Virtual(t, cluster.Options{Seed: 1, OnCommit: note}, func(t *testing.T, running *cluster.Cluster) {
		known := map[string]topology.Item{}
		type moment struct {
			at    time.Time
			items map[string]topology.Item
		}
		var moments []moment
		look := func() {
			follow(known, running.Topology().Frame())
			items := map[string]topology.Item{}
			for uid, item := range known {
				items[uid] = item
			}
			moments = append(moments, moment{time.Now(), items})
		}
		if defined := apply.Apply(t.Context(), running.RESTConfig(), []byte(bakeries), apply.Options{}); defined[0].Error != nil {
			t.Fatal(defined[0].Error.Message)
		}
		time.Sleep(5100 * time.Millisecond)
		for _, image := range []string{"nginx:1.27", "nginx:1.28"} {
			text := replaceImage(everything, image)
			for _, result := range apply.Apply(t.Context(), running.RESTConfig(), []byte(text), apply.Options{}) {
				if result.Error != nil {
					t.Fatal(result.Error.Message)
				}
			}
			for range 12 {
				// Not on a whole second, when many changes happen at once.
				time.Sleep(1300 * time.Millisecond)
				look()
			}
			time.Sleep(time.Millisecond) // the next change must not be at the recorded moment
		}
		kinds := map[reflect.Type]int{}
		for _, moment := range moments {
			revision, _ := history.AtTime(moment.at)
			then, err := history.At(running.Store().Snapshot(), revision)
			if err != nil {
				t.Fatal(err)
			}
			past, err := running.Past(then, moment.at)
			if err != nil {
				t.Fatal(err)
			}
			frame := past.Frame
			if !frame.Reset || frame.Time != moment.at.UnixMilli() || frame.Revision != revision {
				t.Errorf("at revision %d: got a frame of revision %d, time %d, reset %t", revision, frame.Revision, frame.Time, frame.Reset)
			}
			got := map[string]topology.Item{}
			follow(got, frame)
			for uid, want := range moment.items {
				kinds[reflect.TypeOf(want)]++
				if deployment, ok := want.(*topology.DeploymentItem); ok {
					computed := past.Arithmetic[uid]
					if computed.Desired != deployment.Desired || computed.Available != deployment.Available || computed.Total != deployment.Total {
						t.Errorf("at %s: computed %+v for %+v", moment.at, computed, deployment)
					}
				}
				if !reflect.DeepEqual(got[uid], want) {
					t.Errorf("at %s: got  %+v\nwant %+v", moment.at, got[uid], want)
				}
				delete(got, uid)
				manifest, err := cluster.PastManifest(then, types.UID(uid))
				if err != nil || !strings.Contains(manifest, "\n  uid: "+uid+"\n") || strings.Contains(manifest, "managedFields") ||
					!strings.Contains(manifest, fmt.Sprintf("\n  resourceVersion: \"%d\"\n", reflect.ValueOf(want).Elem().FieldByName("RevisionSeen").Int())) {
					t.Errorf("at %s: the manifest of %+v is %q, error %v", moment.at, want, manifest, err)
				}
			}
			if _, err := cluster.PastManifest(then, "nobody"); !apierrors.IsNotFound(err) {
				t.Errorf("the manifest of an object that is not there: got error %v, want NotFound", err)
			}
			for _, item := range got {
				t.Errorf("at %s: there was no %+v", moment.at, item)
			}
		}
		for _, item := range []topology.Item{
			&topology.DeploymentItem{}, &topology.ReplicaSetItem{}, &topology.PodItem{}, &topology.NodeItem{},
			&topology.WorkloadItem{}, &topology.ServiceItem{}, &topology.AutoscalerItem{}, &topology.BudgetItem{},
			&topology.CustomItem{},
		} {
			if kinds[reflect.TypeOf(item)] == 0 {
				t.Errorf("no %T was compared", item)
			}
		}
		last := moments[len(moments)-1].items
		for _, item := range last {
			switch item := item.(type) {
			case *topology.ServiceItem:
				if item.Name == "front" && (item.Ready != 3 || len(item.Targets) != 1) {
					t.Errorf("the service has %d ready endpoints and the targets %v, want 3 and one", item.Ready, item.Targets)
				}
			case *topology.AutoscalerItem:
				if item.Target == "" || item.Minimum != 3 || item.Maximum != 6 || item.Current != 3 {
					t.Errorf("the autoscaler is %+v", item)
				}
			case *topology.BudgetItem:
				if len(item.Targets) != 1 || item.Allowed != 1 || item.Healthy != 3 || item.Least != 2 || item.MinAvailable != "2" {
					t.Errorf("the budget is %+v", item)
				}
			case *topology.PodItem:
				if isWeb := item.Images[0] == "nginx:1.28"; isWeb != reflect.DeepEqual(item.Services, []string{"front"}) {
					t.Errorf("pod %s gets requests of %q", item.Name, item.Services)
				}
			}
		}
	})
}

func follow(known map[string]topology.Item, frame *topology.Frame) {
	if frame == nil {
		return
	}
	if frame.Reset {
		clear(known)
	}
	for _, uid := range frame.Removes {
		delete(known, uid)
	}
	for _, item := range frame.Upserts {
		known[reflect.ValueOf(item).Elem().FieldByName("UID").String()] = item
	}
}

func replaceImage(text, image string) string { return strings.ReplaceAll(text, "IMAGE", image) }
