package custom_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/view/custom"
)

func TestStored(t *testing.T) {
	object, ok := custom.Stored("/registry/food.example/bakeries/shop/corner", []byte(`{
		"apiVersion": "food.example/v1", "kind": "Bakery", "metadata": {"name": "corner", "namespace": "shop", "resourceVersion": "1"},
		"status": {"conditions": [{"type": "Ready", "status": "False", "reason": "NoFlour"}, {"type": "Half"}, "text"]}}`), 7)
	if !ok {
		t.Fatal("it is no custom object")
	}
	if got, want := object.Path(), "/apis/food.example/v1/namespaces/shop/bakeries/corner"; got != want {
		t.Errorf("the path is %s, want %s", got, want)
	}
	if got := object.GetResourceVersion(); got != "7" {
		t.Errorf("the revision is %s, want 7", got)
	}
	if diff := cmp.Diff([]metav1.Condition{{Type: "Ready", Status: "False", Reason: "NoFlour"}}, object.Conditions()); diff != "" {
		t.Errorf("conditions, want - got +\n%s", diff)
	}
	wide, ok := custom.Stored("/registry/food.example/mills/old", []byte(`{"apiVersion": "food.example/v2", "kind": "Mill", "metadata": {"name": "old"}}`), 1)
	if !ok || wide.Path() != "/apis/food.example/v2/mills/old" {
		t.Errorf("the path of a cluster-scoped object is %s", wide.Path())
	}
	for key, text := range map[string]string{
		"/registry/apiextensions.k8s.io/customresourcedefinitions/a.b": "k8s\x00",
		"/registry/food.example/bakeries/shop/corner":                  `{"apiVersion": "other.example/v1", "kind": "Bakery", "metadata": {"name": "corner"}}`,
		"/registry/food.example":                                       `{"apiVersion": "food.example/v1", "kind": "Bakery"}`,
	} {
		if _, ok := custom.Stored(key, []byte(text), 1); ok {
			t.Errorf("%s is a custom object", key)
		}
	}
}

func TestTroubled(t *testing.T) {
	var troubled []string
	for _, condition := range []metav1.Condition{
		{Type: "Ready", Status: "True"},
		{Type: "Ready", Status: "False"},
		{Type: "Ready", Status: "Unknown"},
		{Type: "Stalled", Status: "True"},
		{Type: "Stalled", Status: "False"},
		{Type: "Sunny", Status: "False"},
	} {
		if custom.Troubled(condition) {
			troubled = append(troubled, condition.Type+"="+string(condition.Status))
		}
	}
	if want := []string{"Ready=False", "Stalled=True"}; !slices.Equal(troubled, want) {
		t.Errorf("%q tell of trouble, want %q", troubled, want)
	}
}
