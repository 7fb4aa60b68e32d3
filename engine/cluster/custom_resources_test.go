package cluster_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/inprocess"
)

// boats is a definition with most of what a definition can have: a schema with a
// rule and a default, two versions, a column, a selectable field, status and scale.
const boats = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.harbour.example.com}
spec:
  group: harbour.example.com
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat, shortNames: [bo]}
  versions:
  - &version
    name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              crew: {type: integer, default: 4, maximum: 12}
              port: {type: string}
            x-kubernetes-validations:
            - {rule: "self.crew != 7", message: "seven is unlucky"}
          status:
            type: object
            properties:
              crew: {type: integer}
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.crew, statusReplicasPath: .status.crew}
    selectableFields: [{jsonPath: .spec.port}]
    additionalPrinterColumns: [{name: Port, type: string, jsonPath: .spec.port}]
  - <<: *version
    name: v1beta1
    storage: false
`

var boatsV1 = schema.GroupVersionResource{Group: "harbour.example.com", Version: "v1", Resource: "boats"}

func boat(name string, spec map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "harbour.example.com/v1", "kind": "Boat",
		"metadata": map[string]any{"name": name}, "spec": spec,
	}}
}

// defined applies boats and waits until they are served.
func defined(u *user) dynamic.Interface {
	u.t.Helper()
	plain, err := yaml.YAMLToJSON([]byte(boats)) // resolves the alias
	u.must(err)
	applyText(u.t, u.running, string(plain))
	client := dynamic.NewForConfigOrDie(u.running.RESTConfig())
	u.until("boats that are served", 10*time.Second, func() bool {
		_, err := client.Resource(boatsV1).List(u.t.Context(), metav1.ListOptions{})
		return err == nil
	})
	return client
}

func TestCustomResources(t *testing.T) {
	var restored store.Snapshot
	clustertest.Virtual(t, cluster.Options{Seed: 3}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		client := defined(u)
		fleet := client.Resource(boatsV1).Namespace("default")

		created, err := fleet.Create(t.Context(), boat("one", map[string]any{"port": "Bremen"}), metav1.CreateOptions{})
		u.must(err)
		if crew, _, _ := unstructured.NestedInt64(created.Object, "spec", "crew"); crew != 4 {
			t.Errorf("crew is %d by default, want 4", crew)
		}
		for _, refused := range []struct {
			spec map[string]any
			want string
		}{
			{map[string]any{"crew": int64(13)}, "spec.crew in body should be less than or equal to 12"},
			{map[string]any{"crew": "two"}, `spec.crew in body must be of type integer: "string"`},
			{map[string]any{"crew": int64(7)}, "seven is unlucky"},
		} {
			_, err := fleet.Create(t.Context(), boat("refused", refused.spec), metav1.CreateOptions{})
			if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), refused.want) {
				t.Errorf("%v: got %v, want %q", refused.spec, err, refused.want)
			}
		}
		unknown := boat("two", map[string]any{"port": "Kiel", "sails": int64(2)})
		_, err = fleet.Create(t.Context(), unknown, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
		if !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), `unknown field "spec.sails"`) {
			t.Errorf("strict: got %v", err)
		}
		pruned, err := fleet.Create(t.Context(), unknown, metav1.CreateOptions{FieldValidation: metav1.FieldValidationIgnore})
		u.must(err)
		if _, kept, _ := unstructured.NestedFieldNoCopy(pruned.Object, "spec", "sails"); kept {
			t.Error("an unknown field was not pruned")
		}
		older, err := client.Resource(boatsV1.GroupResource().WithVersion("v1beta1")).Namespace("default").Get(t.Context(), "one", metav1.GetOptions{})
		u.must(err)
		if older.GetAPIVersion() != "harbour.example.com/v1beta1" {
			t.Errorf("the older version is %q", older.GetAPIVersion())
		}

		fieldSelectors(u, fleet)
		subresources(u, fleet)
		laterDefaults(u, client)
		time.Sleep(aMinute)
		restored = running.Store().Snapshot()
	})
	clustertest.Virtual(t, cluster.Options{Seed: 3, Restore: &restored}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		client := dynamic.NewForConfigOrDie(running.RESTConfig())
		list, err := client.Resource(boatsV1).List(t.Context(), metav1.ListOptions{})
		u.must(err)
		if len(list.Items) != 2 {
			t.Errorf("%d boats after a restart, want 2", len(list.Items))
		}
		definitions := client.Resource(typesFollowed)
		u.must(definitions.Delete(t.Context(), "boats.harbour.example.com", metav1.DeleteOptions{}))
		u.until("no boats in the store", time.Minute, func() bool {
			return !slices.ContainsFunc(running.Store().Snapshot().Values, func(value store.Value) bool {
				return strings.Contains(value.Key, "harbour.example.com")
			})
		})
	})
}

// laterDefaults gives a field of objects that are stored already a default: they are read
// with it.
func laterDefaults(u *user, client dynamic.Interface) {
	u.t.Helper()
	const flag = `{"op": "add", "path": "/spec/versions/%d/schema/openAPIV3Schema/properties/spec/properties/flag", "value": {"type": "string", "default": "none"}}`
	definition := fmt.Appendf(nil, "["+flag+","+flag+"]", 0, 1)
	_, err := client.Resource(typesFollowed).Patch(u.t.Context(), "boats.harbour.example.com", types.JSONPatchType, definition, metav1.PatchOptions{})
	u.must(err)
	u.until("a flag by default", time.Minute, func() bool {
		read, err := client.Resource(boatsV1).Namespace("default").Get(u.t.Context(), "one", metav1.GetOptions{})
		u.must(err)
		flag, _, _ := unstructured.NestedString(read.Object, "spec", "flag")
		return flag == "none"
	})
}

var typesFollowed = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// A typed list is applied as its items are. kubectl asks for the definitions of
// custom resources first, as the kind of a list has no schema of a patch.
func TestTypedListsNeedTheDefinitions(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 7}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		list, err := dynamic.NewForConfigOrDie(running.RESTConfig()).Resource(typesFollowed).List(t.Context(), metav1.ListOptions{})
		u.must(err)
		if len(list.Items) != 0 || list.GetKind() != "CustomResourceDefinitionList" {
			t.Errorf("a new cluster has %d definitions in a %s", len(list.Items), list.GetKind())
		}
	})
}

// fieldSelectors lists and watches boats by their port.
func fieldSelectors(u *user, fleet dynamic.ResourceInterface) {
	u.t.Helper()
	inBremen := metav1.ListOptions{FieldSelector: "spec.port=Bremen"}
	list, err := fleet.List(u.t.Context(), inBremen)
	u.must(err)
	if len(list.Items) != 1 || list.Items[0].GetName() != "one" {
		u.t.Errorf("%d boats in Bremen, want one", len(list.Items))
	}
	_, err = fleet.List(u.t.Context(), metav1.ListOptions{FieldSelector: "spec.crew=4"})
	if err == nil || !strings.Contains(err.Error(), "field label not supported: spec.crew") {
		u.t.Errorf("a field that cannot be selected: %v", err)
	}
	inBremen.ResourceVersion = list.GetResourceVersion()
	watcher, err := fleet.Watch(u.t.Context(), inBremen)
	u.must(err)
	defer watcher.Stop()
	_, err = fleet.Patch(u.t.Context(), "one", types.MergePatchType, []byte(`{"spec":{"port":"Emden"}}`), metav1.PatchOptions{})
	u.must(err)
	if event := <-watcher.ResultChan(); event.Type != watch.Deleted {
		u.t.Errorf("the watch of Bremen says %s, want DELETED", event.Type)
	}
}

// subresources sets a boat's status and scales it.
func subresources(u *user, fleet dynamic.ResourceInterface) {
	u.t.Helper()
	_, err := fleet.Patch(u.t.Context(), "two", types.MergePatchType, []byte(`{"spec":{"crew":9},"status":{"crew":3}}`), metav1.PatchOptions{}, "status")
	u.must(err)
	scaled, err := fleet.Patch(u.t.Context(), "two", types.MergePatchType, []byte(`{"spec":{"replicas":6}}`), metav1.PatchOptions{}, "scale")
	u.must(err)
	if got, _, _ := unstructured.NestedInt64(scaled.Object, "status", "replicas"); scaled.GetKind() != "Scale" || got != 3 {
		u.t.Errorf("the scale is a %s whose status is %d, want 3", scaled.GetKind(), got)
	}
	two, err := fleet.Get(u.t.Context(), "two", metav1.GetOptions{})
	u.must(err)
	if crew, _, _ := unstructured.NestedInt64(two.Object, "spec", "crew"); crew != 6 {
		u.t.Errorf("the crew is %d, want that of the scale, 6", crew)
	}
}

// What follows the types of a cluster follows those that come later.
func TestControllersFollowDefinitions(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 4}, func(t *testing.T, running *cluster.Cluster) {
		time.Sleep(5 * time.Minute) // discovery has been read, and nothing has changed since
		u := newUser(t, running)
		_, err := u.CoreV1().ResourceQuotas("default").Create(t.Context(), &corev1.ResourceQuota{
			ObjectMeta: metav1.ObjectMeta{Name: "boats"},
			Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{"count/boats.harbour.example.com": resource.MustParse("2")}},
		}, metav1.CreateOptions{})
		u.must(err)
		_, err = u.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "sea"}}, metav1.CreateOptions{})
		u.must(err)
		client := defined(u)
		fleet := client.Resource(boatsV1).Namespace("default")
		// The quota controller counts a new type at its next full look, every five minutes.
		u.until("a quota that counts boats", 6*time.Minute, func() bool {
			quota, err := u.CoreV1().ResourceQuotas("default").Get(t.Context(), "boats", metav1.GetOptions{})
			u.must(err)
			_, counted := quota.Status.Used["count/boats.harbour.example.com"]
			return counted
		})
		parent, err := fleet.Create(t.Context(), boat("parent", nil), metav1.CreateOptions{})
		u.must(err)
		child := boat("child", nil)
		child.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: "harbour.example.com/v1", Kind: "Boat", Name: "parent", UID: parent.GetUID()}})
		_, err = fleet.Create(t.Context(), child, metav1.CreateOptions{})
		u.must(err)
		if _, err = fleet.Create(t.Context(), boat("third", nil), metav1.CreateOptions{}); !apierrors.IsForbidden(err) {
			t.Errorf("the quota let a third boat through: %v", err)
		}
		u.must(fleet.Delete(t.Context(), "parent", metav1.DeleteOptions{}))
		u.until("the child collected, the quota free", 2*time.Minute, func() bool {
			quota, err := u.CoreV1().ResourceQuotas("default").Get(t.Context(), "boats", metav1.GetOptions{})
			u.must(err)
			_, childErr := fleet.Get(t.Context(), "child", metav1.GetOptions{})
			used := quota.Status.Used["count/boats.harbour.example.com"]
			return apierrors.IsNotFound(childErr) && used.Value() == 0
		})
		_, err = client.Resource(boatsV1).Namespace("sea").Create(t.Context(), boat("one", nil), metav1.CreateOptions{})
		u.must(err)
		u.must(u.CoreV1().Namespaces().Delete(t.Context(), "sea", metav1.DeleteOptions{}))
		u.until("no namespace", 2*time.Minute, func() bool {
			_, err := u.CoreV1().Namespaces().Get(t.Context(), "sea", metav1.GetOptions{})
			return apierrors.IsNotFound(err)
		})
	})
}

// The OpenAPI documents and both forms of discovery follow a definition.
func TestDocumentsFollowDefinitions(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		get := func(path, accept string) string {
			t.Helper()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://cluster"+path, nil)
			u.must(err)
			request.Header.Set("Accept", accept)
			response, err := (&inprocess.Transport{Handler: running.Handler()}).RoundTrip(request)
			u.must(err)
			body, err := io.ReadAll(response.Body)
			u.must(err)
			return string(body)
		}
		const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
		shown := func() []bool {
			return []bool{
				strings.Contains(get("/openapi/v3", "application/json"), "apis/harbour.example.com/v1beta1"),
				strings.Contains(get("/openapi/v3/apis/harbour.example.com/v1", "application/json"), `"crew"`),
				strings.Contains(get("/openapi/v2", "application/json"), "com.example.harbour.v1.Boat"),
				strings.Contains(get("/apis", "application/json"), "harbour.example.com"),
				strings.Contains(get("/apis", aggregated), `"boats"`),
				strings.Contains(get("/apis/harbour.example.com/v1", "application/json"), `"bo"`),
			}
		}
		if before := shown(); slices.Contains(before, true) {
			t.Errorf("before the definition: %v", before)
		}
		client := defined(u)
		time.Sleep(time.Second)
		if after := shown(); slices.Contains(after, false) {
			t.Errorf("with the definition: %v", after)
		}
		if !json.Valid([]byte(get("/openapi/v2", "application/json"))) {
			t.Error("the OpenAPI v2 document is no JSON")
		}
		u.must(client.Resource(typesFollowed).Delete(t.Context(), "boats.harbour.example.com", metav1.DeleteOptions{}))
		time.Sleep(10 * time.Second)
		if gone := shown(); slices.Contains(gone, true) {
			t.Errorf("without the definition again: %v", gone)
		}
	})
}

// A text with a definition and an object of it is applied in two goes, as kubectl
// applies it.
func TestDefinitionAndObjectInOneText(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 6}, func(t *testing.T, running *cluster.Cluster) {
		plain, err := yaml.YAMLToJSON([]byte(boats))
		if err != nil {
			t.Fatal(err)
		}
		text := string(plain) + "\n---\n{apiVersion: harbour.example.com/v1, kind: Boat, metadata: {name: one}, spec: {crew: 2}}\n"
		applied := func() []string {
			var said []string
			for _, result := range apply.Apply(t.Context(), running.RESTConfig(), []byte(text), apply.Options{}) {
				if result.Error != nil {
					said = append(said, result.Error.Message)
				} else {
					said = append(said, string(result.Outcome))
				}
			}
			return said
		}
		if first := applied(); len(first) != 2 || first[0] != "created" || !strings.Contains(first[1], `no matches for kind "Boat"`) {
			t.Errorf("the first time: %q", first)
		}
		time.Sleep(time.Second)
		if second := applied(); len(second) != 2 || second[0] != "unchanged" || second[1] != "created" {
			t.Errorf("the second time: %q", second)
		}
	})
}
