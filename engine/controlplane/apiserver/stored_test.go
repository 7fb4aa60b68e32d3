package apiserver

import (
	"strings"
	"testing"

	"tabernetes/engine/controlplane/store"
)

func TestCheckStored(t *testing.T) {
	const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"default"}}`
	const widget = `{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"w1","namespace":"default"}}`
	for _, test := range []struct{ key, object, want string }{
		{"/registry/pods/default/web", pod, ""},
		{"/registry/minions/node-1", `{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-1"}}`, ""},
		{"/registry/pods/default/other", pod, `it is the Pod "default/web"`},
		{"/registry/pods/default/web", `{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default"}}`, `it is the Pod "default"`},
		{"/registry/pods/default/web", `{"apiVersion":"v1","kind":"Pood"}`, `no kind "Pood" is registered`},
		{"/registry/pods/default/web", `{"apiVersion":"v1","kind":"Pod","spec":7}`, `read object "/registry/pods/default/web"`},
		{"/registry/example.org/widgets/default/w1", widget, ""},
		{"/registry/example.org/widgets/w1", widget, `it is the Widget "default/w1"`},
		{"/registry/example.com/widgets/default/w1", widget, `it is of the group "example.org"`},
		{"/registry/widgets/default/w1", widget, `no kind "Widget" is registered`},
		{"/registry/apiextensions.k8s.io/customresourcedefinitions/a.b.c", `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a.b.c"}}`, ""},
		{"/registry/apiextensions.k8s.io/customresourcedefinitions/a.b.c", `{"apiVersion":"apiextensions.k8s.io/v1","kind":"Definition","metadata":{"name":"a.b.c"}}`, `no kind "Definition" is registered`},
		{"/registry/apiregistration.k8s.io/apiservices/v1.", `{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1."}}`, ""},
		{"/registry/pods/default/web", `{`, `read object "/registry/pods/default/web"`},
	} {
		err := CheckStored(store.Value{Key: test.key, Revision: 1, Encoded: []byte(test.object)})
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s %s: %v", test.key, test.object, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s %s: got %v, want an error with %q", test.key, test.object, err, test.want)
		}
	}
}
