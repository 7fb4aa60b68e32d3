package apply_test

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/refusal"
)

const (
	definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bakeries.food.example}
spec:
  group: food.example
  scope: Namespaced
  names: {plural: bakeries, singular: bakery, kind: Bakery}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`
	bakery = `apiVersion: food.example/v1
kind: Bakery
metadata: {name: corner}
`
)

// TestDefinitionWithItsObject applies both in one text, as an Applier that lives as
// long as the page: the object is refused once, and once its definition is deleted.
func TestDefinitionWithItsObject(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		applier, err := apply.New(running.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		outcomes := func(text string) (said []string) {
			for _, result := range applier.Apply(t.Context(), []byte(text), apply.Options{}) {
				switch {
				case result.Error == nil:
					said = append(said, string(result.Outcome))
				case result.Error.Refusal != nil:
					said = append(said, string(result.Error.Refusal.By))
				default:
					said = append(said, result.Error.Message)
				}
			}
			return said
		}
		for _, step := range []struct{ name, text, want string }{
			{"the object alone", bakery, "Discovery"},
			{"both", definition + "---\n" + bakery, "created Discovery"},
			{"both again", definition + "---\n" + bakery, "unchanged created"},
			{"the object, once more", bakery, "unchanged"},
		} {
			if got := strings.Join(outcomes(step.text), " "); got != step.want {
				t.Errorf("%s: %s, want %s", step.name, got, step.want)
			}
			time.Sleep(5 * time.Second)
		}
		definitions := dynamic.NewForConfigOrDie(running.RESTConfig()).Resource(schema.GroupVersionResource{
			Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions",
		})
		if err := definitions.Delete(t.Context(), "bakeries.food.example", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Second)
		if got := strings.Join(outcomes(bakery), " "); got != string(refusal.Discovery) {
			t.Errorf("without its definition: %s, want %s", got, refusal.Discovery)
		}
	})
}
