package apply_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/refusal"
)

// show words a result on one line, as kubectl would, with the place of an error.
func show(result apply.Result) string {
	if result.Error != nil {
		return fmt.Sprintf("%d:%d %s", result.Error.Line, result.Error.Column, result.Error.Message)
	}
	name := result.Name
	if result.Namespace != "" {
		name = result.Namespace + "/" + name
	}
	return fmt.Sprintf("%s %s %s", result.Kind, name, result.Outcome)
}

const (
	deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:v1
        ports:
        - containerPort: 80
        env:
        - name: COLOUR
          value: blue
`
	oldDeployment = `apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: image-deployment
spec:
  replicas: 1
  template:
    metadata:
      labels:
        app: image-update
    spec:
      containers:
      - name: nginx
        image: registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1
        imagePullPolicy: Always
`
)

func changed(text, from, to string) string {
	if !strings.Contains(text, from) {
		panic(fmt.Sprintf("the text has no %q", from))
	}
	return strings.ReplaceAll(text, from, to)
}

// TestApply sends each text to the same cluster, in this order.
func TestApply(t *testing.T) {
	built := clustertest.Start(t, cluster.Options{InstantKubelet: true})
	applier, err := apply.New(built.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	deprecated := "extensions/v1beta1 Deployment is deprecated"
	for _, step := range []struct {
		name, text string
		want       []string
		warning    string
	}{
		{"nothing", "# only a comment\n---\n", []string{"0:0 no objects passed to apply"}, ""},
		{"create", deployment, []string{"Deployment default/web created"}, ""},
		{"again", deployment, []string{"Deployment default/web unchanged"}, ""},
		{"new image", changed(deployment, "nginx:v1", "nginx:v2"), []string{"Deployment default/web configured"}, ""},
		{"an old version", oldDeployment, []string{"Deployment default/image-deployment created"}, deprecated},
		{"an old version again", oldDeployment, []string{"Deployment default/image-deployment unchanged"}, deprecated},
		{
			"an old version, new image",
			changed(oldDeployment, "nginx:v1", "nginx:v2"),
			[]string{"Deployment default/image-deployment configured"},
			deprecated,
		},
		{
			"namespace and what is in it",
			"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n" + changed(deployment, "name: web", "name: web\n  namespace: shop"),
			[]string{"Namespace shop created", "Deployment shop/web created"},
			"",
		},
		{
			"a list",
			"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n" +
				"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n  dat: {}\n",
			[]string{
				"ConfigMap default/a created",
				`10:3 Error from server (BadRequest): ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat"`,
			},
			"",
		},
		{
			"JSON",
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"json"},"data":{"key":"value","none":null}}`,
			[]string{"ConfigMap default/json created"},
			"",
		},
		{
			"an unknown field on create, and the good ones around it",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\n" +
				changed(changed(deployment, "name: web", "name: other"), "        image:", "        imag:") +
				"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n",
			[]string{
				"ConfigMap default/c created",
				`19:9 Error from server (BadRequest): Deployment in version "v1" cannot be handled as a Deployment: ` +
					`strict decoding error: unknown field "spec.template.spec.containers[0].imag"`,
				"ConfigMap default/d created",
			},
			"",
		},
		{
			"an unknown field on patch",
			changed(deployment, "  replicas:", "  replica:"),
			[]string{`6:3 The request is invalid: patch: Invalid value: strict decoding error: unknown field "spec.replica"`},
			"",
		},
		{
			"a wrong type on patch",
			changed(deployment, "        - containerPort: 80", "        - containerPort: 80\n        - containerPort: http"),
			[]string{`18:26 The request is invalid: patch: Invalid value: unrecognized type: int32`},
			"",
		},
		{
			"a list on patch where a mapping belongs",
			changed(deployment, "    matchLabels: {app: web}", "  - app"),
			[]string{`7:3 The request is invalid: patch: Invalid value: cannot restore struct from: slice`},
			"",
		},
		{
			"a wrong type",
			changed(changed(deployment, "name: web", "name: other"), "replicas: 2", "replicas: two"),
			[]string{`6:13 Error from server (BadRequest): Deployment in version "v1" cannot be handled as a Deployment: ` +
				`json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`},
			"",
		},
		{
			"an invalid object",
			changed(deployment, "labels: {app: web}", "labels: {app: other}"),
			[]string{"11:7 The Deployment \"web\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: " +
				"`selector` does not match template `labels`"},
			"",
		},
		{
			"an invalid object, several causes",
			changed(changed(changed(deployment, "name: web", "name: other"), "containerPort: 80", "containerPort: 80000"), "replicas: 2", "replicas: -1"),
			[]string{"6:13 The Deployment \"other\" is invalid: \n" +
				"* spec.replicas: Invalid value: -1: must be greater than or equal to 0\n" +
				"* spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 80000: must be between 1 and 65535, inclusive"},
			"",
		},
		{
			"a missing field",
			"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n",
			[]string{`6:5 The Pod "p" is invalid: spec.containers[0].image: Required value`},
			"",
		},
		{
			"an unknown kind",
			"apiVersion: v1\nkind: Foo\nmetadata: {name: x}\n",
			[]string{"2:7 resource mapping not found for name: \"x\" namespace: \"\": no matches for kind \"Foo\" in version \"v1\"\nensure CRDs are installed first"},
			"",
		},
		{
			"an unknown version",
			"kind: Deployment\napiVersion: apps/v7\nmetadata: {name: x}\n",
			[]string{"2:13 resource mapping not found for name: \"x\" namespace: \"\": no matches for kind \"Deployment\" in version \"apps/v7\"\nensure CRDs are installed first"},
			"",
		},
		{
			"an unknown namespace",
			"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  namespace: nowhere\n",
			[]string{`5:14 Error from server (NotFound): namespaces "nowhere" not found`},
			"",
		},
		{"no name", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {}\n", []string{"3:1 resource name may not be empty"}, ""},
		{
			"a generated name",
			"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: x-\n",
			[]string{"1:1 from x-: cannot use generate name with apply"},
			"",
		},
		{
			"broken YAML between good documents",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: e}\n---\na: b: c\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\n",
			[]string{
				"ConfigMap default/e created",
				"5:0 error converting YAML to JSON: yaml: line 5: mapping values are not allowed in this context",
				"ConfigMap default/f created",
			},
			"",
		},
	} {
		t.Run(step.name, func(t *testing.T) {
			var got []string
			var warnings []string
			for index, result := range applier.Apply(t.Context(), []byte(step.text), apply.Options{}) {
				if result.Index != index || result.Warnings == nil {
					t.Errorf("result %d has index %d and warnings %v", index, result.Index, result.Warnings)
				}
				got = append(got, show(result))
				warnings = append(warnings, result.Warnings...)
			}
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("want - got +\n%s", diff)
			}
			if all := strings.Join(warnings, "\n"); step.warning == "" && all != "" || !strings.Contains(all, step.warning) || len(warnings) > 1 {
				t.Errorf("warnings: got %q, want one with %q", all, step.warning)
			}
		})
	}
}

// TestApplyMergesThreeWays: what others have set stays, what the text no longer
// says goes, list items are told apart by their merge key.
func TestApplyMergesThreeWays(t *testing.T) {
	built := clustertest.Start(t, cluster.Options{InstantKubelet: true})
	ctx := t.Context()
	client := kubernetes.NewForConfigOrDie(built.RESTConfig())
	one := func(text string, want apply.Outcome) apply.Result {
		t.Helper()
		results := apply.Apply(ctx, built.RESTConfig(), []byte(text), apply.Options{Source: "web.yaml"})
		if len(results) != 1 || results[0].Outcome != want {
			t.Fatalf("got %+v, want %s", results, want)
		}
		return results[0]
	}
	one(deployment, apply.Created)

	if _, err := client.AppsV1().Deployments("default").Patch(ctx, "web", "application/strategic-merge-patch+json", []byte(
		`{"metadata":{"labels":{"other":"kept"}},"spec":{"replicas":5,"template":{"spec":{"containers":[{"name":"sidecar","image":"busybox"}]}}}}`,
	), metav1.PatchOptions{FieldManager: "someone"}); err != nil {
		t.Fatal(err)
	}
	text := changed(deployment, "        env:\n        - name: COLOUR\n          value: blue\n", "")
	one(changed(text, "  replicas: 2\n", "  replicas: 3\n"), apply.Configured)
	got, err := client.AppsV1().Deployments("default").Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	containers := got.Spec.Template.Spec.Containers
	if *got.Spec.Replicas != 3 || got.Labels["other"] != "kept" || len(containers) != 2 {
		t.Errorf("got %d replicas, labels %v, %d containers; want 3, other kept, 2", *got.Spec.Replicas, got.Labels, len(containers))
	}
	for _, container := range containers {
		if len(container.Env) != 0 {
			t.Errorf("container %q kept its environment", container.Name)
		}
	}
	managers := map[string]bool{}
	for _, entry := range got.ManagedFields {
		managers[entry.Manager+" "+string(entry.Operation)] = true
	}
	if !managers["kubectl-client-side-apply Update"] {
		t.Errorf("field managers: got %v, want kubectl-client-side-apply Update", managers)
	}
	if annotation := got.Annotations["kubectl.kubernetes.io/last-applied-configuration"]; !strings.Contains(annotation, `"replicas":3`) {
		t.Errorf("last-applied-configuration: got %s", annotation)
	}

	if _, err := client.CoreV1().ConfigMaps("default").Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "made"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	result := one("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\ndata: {a: b}\n", apply.Configured)
	want := []string{
		"resource configmaps/made is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. " +
			"kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. " +
			"The missing annotation will be patched automatically.",
	}
	if diff := cmp.Diff(want, result.Warnings); diff != "" {
		t.Errorf("warnings, want - got +\n%s", diff)
	}

	results := apply.Apply(ctx, built.RESTConfig(), []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndat: {}\n"), apply.Options{Source: "web.yaml", Namespace: "kube-system"})
	if got, want := results[0].Error.Message, `Error from server (BadRequest): error when creating "web.yaml": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat"`; got != want {
		t.Errorf("with a source\n got %s\nwant %s", got, want)
	}
	if results[0].Namespace != "kube-system" || results[0].Error.Reason != metav1.StatusReasonBadRequest {
		t.Errorf("got %+v, want the namespace of the options and the reason BadRequest", results[0])
	}
}

// TestProtocol compares the JSON of results with web/src/protocol/apply.ts.
func TestProtocol(t *testing.T) {
	text, err := os.ReadFile("../../../web/src/protocol/apply.ts")
	if err != nil {
		t.Fatal(err)
	}
	fields := func(name string) map[string]bool {
		body := regexp.MustCompile(`(?s)export interface ` + name + ` \{(.*?)\n\}`).FindStringSubmatch(string(text))
		if body == nil {
			t.Fatalf("web/src/protocol/apply.ts has no interface %s", name)
		}
		optional := map[string]bool{}
		for _, property := range regexp.MustCompile(`(?m)^  readonly (\w+)(\??):`).FindAllStringSubmatch(body[1], -1) {
			optional[property[1]] = property[2] == "?"
		}
		return optional
	}
	check := func(name string, value any, wantAll bool) {
		t.Helper()
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(encoded, &got); err != nil {
			t.Fatal(err)
		}
		properties := fields(name)
		for key := range got {
			if _, ok := properties[key]; !ok {
				t.Errorf("%s has no property %q in TypeScript: %s", name, key, encoded)
			}
		}
		for key, optional := range properties {
			if _, ok := got[key]; !ok && (wantAll || !optional) {
				t.Errorf("%s lacks %q: %s", name, key, encoded)
			}
		}
	}
	rejection := &apply.Error{Message: "no", Line: 1, Column: 2, Reason: metav1.StatusReasonInvalid, Refusal: &refusal.Refusal{}}
	check("AppliedObject", apply.Result{Kind: "Node", Name: "n", Outcome: apply.Created, Warnings: []string{}}, false)
	check("AppliedObject", apply.Result{Kind: "Node", Name: "n", Outcome: apply.Created, Warnings: []string{}, Before: "a", After: "b"}, true)
	check("RejectedObject", apply.Result{Error: rejection, Warnings: []string{}}, false)
	check("RejectedObject", apply.Result{Kind: "Pod", Name: "n", Error: rejection, Warnings: []string{}}, true)
	check("ApplyError", rejection, true)
	check("ApplyError", &apply.Error{Message: "no"}, false)
}
