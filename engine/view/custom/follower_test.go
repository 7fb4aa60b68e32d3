package custom_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/view/diagnose"
	"tabernetes/engine/view/topology"
)

const definitions = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bakeries.food.example}
spec:
  group: food.example
  scope: Namespaced
  names: {plural: bakeries, singular: bakery, kind: Bakery}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ovens.food.example}
spec:
  group: food.example
  scope: Namespaced
  names: {plural: ovens, singular: oven, kind: Oven}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`

const oven = `
apiVersion: food.example/v1
kind: Oven
metadata:
  name: stone
  ownerReferences: [{apiVersion: food.example/v1, kind: Bakery, name: corner, uid: UID, controller: true}]
`

const heat = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: heat
  ownerReferences: [{apiVersion: food.example/v1, kind: Oven, name: stone, uid: UID, controller: true}]
spec:
  selector: {matchLabels: {app: heat}}
  template:
    metadata: {labels: {app: heat}}
    spec: {containers: [{name: main, image: "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v99"}]}
---
apiVersion: v1
kind: Service
metadata: {name: heat}
spec: {selector: {app: heat}, ports: [{port: 80}]}
`

// TestOwnerChain has a Deployment belong to a custom object over another one, as
// controllers make it: both are drawn by it, are explained by it, and go with their
// definitions.
func TestOwnerChain(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		bakeries := schema.GroupVersionResource{Group: "food.example", Version: "v1", Resource: "bakeries"}
		client := dynamic.NewForConfigOrDie(running.RESTConfig())
		put := func(text string) {
			t.Helper()
			for _, result := range apply.Apply(t.Context(), running.RESTConfig(), []byte(text), apply.Options{}) {
				if result.Error != nil {
					t.Fatalf("apply: %s", result.Error.Message)
				}
			}
			time.Sleep(5 * time.Second)
		}
		uid := func(resource string, name string) string {
			t.Helper()
			object, err := client.Resource(bakeries.GroupVersion().WithResource(resource)).Namespace("default").Get(t.Context(), name, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return string(object.GetUID())
		}
		put(definitions)
		put("apiVersion: food.example/v1\nkind: Bakery\nmetadata: {name: corner}\n")
		put(strings.ReplaceAll(oven, "UID", uid("bakeries", "corner")))
		put(strings.ReplaceAll(heat, "UID", uid("ovens", "stone")))
		patch := []byte(`{"status": {"conditions": [{"type": "Ready", "status": "False", "reason": "Cold"}]}}`)
		if _, err := client.Resource(bakeries).Namespace("default").Patch(t.Context(), "corner", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Second)

		items := itemsOf(running)
		corner, stone, deployment := items["Bakery corner"], items["Oven stone"], ""
		for _, item := range running.Topology().Frame().Upserts {
			switch item := item.(type) {
			case *topology.DeploymentItem:
				deployment = item.UID
			case *topology.ServiceItem:
				if item.Name == "heat" && len(item.Targets) != 1 {
					t.Errorf("the Service stands by %q", item.Targets)
				}
			}
		}
		if corner == nil || stone == nil || deployment == "" {
			t.Fatalf("the diagram lacks something: %v", items)
		}
		if !slices.Equal(corner.Targets, []string{deployment}) || !slices.Equal(stone.Targets, []string{deployment}) || stone.Owner != corner.UID {
			t.Errorf("they do not belong together: %+v, %+v, Deployment %s", corner, stone, deployment)
		}
		if want := (topology.CustomCondition{Type: "Ready", Status: "False", Reason: "Cold", Troubled: true}); len(corner.Conditions) != 1 || corner.Conditions[0] != want {
			t.Errorf("conditions are %+v, want %+v", corner.Conditions, want)
		}
		diagnosis, err := running.Diagnoser().Explain("Oven.food.example", "default", "stone")
		if err != nil {
			t.Fatal(err)
		}
		if root := diagnosis.Chain[len(diagnosis.Chain)-1]; diagnosis.Chain[0].Reason != diagnose.ReasonWorkloadTroubled || root.Reason != diagnose.ReasonImageNotFound {
			t.Errorf("the oven is explained by %+v", diagnosis.Chain)
		}

		crds := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
		for _, name := range []string{"bakeries.food.example", "ovens.food.example"} {
			if err := crds.Delete(context.WithoutCancel(t.Context()), name, metav1.DeleteOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if left := itemsOf(running); len(left) != 0 {
			t.Errorf("without definitions the diagram has %v", left)
		}
	})
}

// itemsOf returns the custom objects of the diagram by kind and name. The next frame
// is full again.
func itemsOf(running *cluster.Cluster) map[string]*topology.CustomItem {
	running.Topology().Reset()
	items := map[string]*topology.CustomItem{}
	for _, item := range running.Topology().Frame().Upserts {
		if item, ok := item.(*topology.CustomItem); ok {
			items[item.Type+" "+item.Name] = item
		}
	}
	running.Topology().Reset()
	return items
}
