package main

import (
	"strings"
	"testing"
	"time"
)

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {size: {type: integer, maximum: 10, default: 5}}
            x-kubernetes-validations: [{rule: "self.size != 3", message: "three is taken"}]
    selectableFields: [{jsonPath: .spec.size}]
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
`

func widget(name, spec string) string {
	return "\n---\napiVersion: example.org/v1\nkind: Widget\nmetadata: {name: " + name + "}\nspec: " + spec + "\n"
}

func TestKubectlAppliesTypedLists(t *testing.T) {
	k := newTerminal(t, serveOptions{seed: 8})
	for _, test := range []struct{ list, item, want string }{
		{"v1\nkind: ConfigMapList", "{apiVersion: v1, kind: ConfigMap, metadata: {name: l1}}", "configmap/l1 created\n"},
		{"rbac.authorization.k8s.io/v1\nkind: RoleList", "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r1}}", "role.rbac.authorization.k8s.io/r1 created\n"},
		{"v1\nkind: ServiceAccountList", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: s1}}", "serviceaccount/s1 created\n"},
	} {
		got, code := k.typed("apiVersion: "+test.list+"\nitems:\n- "+test.item+"\n", "apply", "-f", "-")
		if got != test.want || code != 0 {
			t.Errorf("%s: got %q, exit %d", test.list, got, code)
		}
	}
}

func TestKubectlUsesCustomResources(t *testing.T) {
	k := newTerminal(t, serveOptions{seed: 9})
	apply := func(text string, arguments ...string) (string, int) {
		return k.typed(text, append([]string{"apply", "-f", "-"}, arguments...)...)
	}
	got, code := apply(widgets + widget("w1", "{size: 1}"))
	k.match("the first apply", got, `^customresourcedefinition\.apiextensions\.k8s\.io/widgets\.example\.org created$`,
		`no matches for kind "Widget" in version "example\.org/v1"`, `ensure CRDs are installed first`)
	if code != 1 {
		t.Errorf("the first apply: exit %d, want 1", code)
	}
	k.run("wait", "--for=condition=Established", "crd/widgets.example.org", "--timeout=30s")
	eventuallyMatches(t, 10*time.Second, func() string { return k.run("api-resources", "--api-group=example.org") }, `widgets +wd +example\.org/v1 +true +Widget`)
	got, code = apply(widgets + widget("w1", "{size: 1}"))
	k.match("the second apply", got, `^customresourcedefinition\.apiextensions\.k8s\.io/widgets\.example\.org unchanged$`, `^widget\.example\.org/w1 created$`)
	if code != 0 {
		t.Errorf("the second apply: exit %d", code)
	}
	for _, refused := range []struct{ spec, want string }{
		{"{size: 11}", `spec\.size: Invalid value: 11: spec\.size in body should be less than or equal to 10`},
		{`{size: "x"}`, `spec\.size: Invalid value: "string": spec\.size in body must be of type integer`},
		{"{size: 3}", `three is taken`},
		{"{colour: red}", `unknown field "spec\.colour"`},
	} {
		got, code := apply(widget("refused", refused.spec))
		k.match(refused.spec, got, refused.want)
		if code != 1 {
			t.Errorf("%s: exit %d", refused.spec, code)
		}
	}
	if got, code := apply(widget("w2", "{size: 1, colour: red}"), "--validate=false"); code != 0 {
		t.Errorf("an unknown field without validation: exit %d, %s", code, got)
	}
	if got, code := apply(widget("w3", "{}")); code != 0 {
		t.Errorf("no size: exit %d, %s", code, got)
	}
	if got := k.run("get", "wd", "w2", "-o", "jsonpath={.spec}"); got != `{"size":1}` {
		t.Errorf("an unknown field is not pruned: %s", got)
	}
	k.expect("get widgets", `^NAME +SIZE$`, `^w1 +1$`, `^w2 +1$`, `^w3 +5$`)
	if got := k.run("get", "wd", "--field-selector", "spec.size=1", "-o", "name"); got != "widget.example.org/w1\nwidget.example.org/w2\n" {
		t.Errorf("selected by size: %q", got)
	}
	got, code = k.try("get", "wd", "--field-selector", "spec.nope=1")
	if code != 1 || !strings.Contains(got, "field label not supported: spec.nope") {
		t.Errorf("an unknown field selector: exit %d, %q", code, got)
	}
	k.expect("explain widget.spec.size", `FIELD: size <integer>`)
	k.run("delete", "crd", "widgets.example.org")
	if got, code := k.try("get", "wd"); code != 1 || !strings.Contains(got, `the server doesn't have a resource type "wd"`) {
		t.Errorf("after the definition: exit %d, %q", code, got)
	}
}
