package apply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// TestDryRun: the server answers as it would, says what would change, and the
// cluster is as before.
func TestDryRun(t *testing.T) {
	built := clustertest.Start(t, cluster.Options{InstantKubelet: true})
	ctx := t.Context()
	client := kubernetes.NewForConfigOrDie(built.RESTConfig())
	dryRun := func(text string) []apply.Result {
		t.Helper()
		return apply.Apply(ctx, built.RESTConfig(), []byte(text), apply.Options{DryRun: true})
	}

	results := dryRun(deployment)
	if diff := cmp.Diff([]string{"Deployment default/web created"}, shown(results)); diff != "" {
		t.Fatalf("want - got +\n%s", diff)
	}
	if results[0].Before != "" || !strings.Contains(results[0].After, "revisionHistoryLimit: 10") {
		t.Errorf("got before %q and after %q, want nothing before and the defaults after", results[0].Before, results[0].After)
	}
	if _, err := client.AppsV1().Deployments("default").Get(ctx, "web", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Fatalf("get deployment: got %v, want that it is not found", err)
	}

	if result := apply.Apply(ctx, built.RESTConfig(), []byte(deployment), apply.Options{})[0]; result.Error != nil || result.After != "" {
		t.Fatalf("apply: %+v", result)
	}
	if result := dryRun(deployment)[0]; result.Outcome != apply.Unchanged || result.Before == "" || result.Before != result.After {
		t.Errorf("got %+v, want the same before and after", result)
	}
	result := dryRun(changed(deployment, "nginx:v1", "nginx:v2"))[0]
	if result.Outcome != apply.Configured || !strings.Contains(result.Before, "image: nginx:v1") || !strings.Contains(result.After, "image: nginx:v2") {
		t.Errorf("got %+v, want the image changed", result)
	}
	for _, without := range []string{"managedFields", "last-applied-configuration"} {
		if strings.Contains(result.Before+result.After, without) {
			t.Errorf("the texts have %s:\n%s", without, result.After)
		}
	}
	kept, err := client.AppsV1().Deployments("default").Get(ctx, "web", metav1.GetOptions{})
	if err != nil || kept.Spec.Template.Spec.Containers[0].Image != "nginx:v1" {
		t.Errorf("the deployment was changed: %v, %v", kept.Spec.Template.Spec.Containers, err)
	}

	want := []string{`6:13 The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`}
	if diff := cmp.Diff(want, shown(dryRun(changed(deployment, "replicas: 2", "replicas: -1")))); diff != "" {
		t.Errorf("want - got +\n%s", diff)
	}
}

// TestDryRunOfWhatTheTextMakesFirst: kubectl apply would succeed, since the
// namespace and the kind are there by then.
func TestDryRunOfWhatTheTextMakesFirst(t *testing.T) {
	built := clustertest.Start(t, cluster.Options{InstantKubelet: true})
	configMap := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
	namespace := "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"namespace", namespace + "---\n" + configMap, []string{"Namespace shop created", "ConfigMap shop/a created"}},
		{"namespace too late", configMap + "---\n" + namespace, []string{
			`3:32 Error from server (NotFound): namespaces "shop" not found`, "Namespace shop created",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := shown(apply.Apply(t.Context(), built.RESTConfig(), []byte(test.text), apply.Options{DryRun: true}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("want - got +\n%s", diff)
			}
		})
	}
}

func shown(results []apply.Result) []string {
	texts := make([]string, 0, len(results))
	for _, result := range results {
		texts = append(texts, show(result))
	}
	return texts
}
