package overlay

import (
	"go/format"
	"strings"
	"testing"
)

const registerSource = `package v1beta1

var SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(SchemeGroupVersion,
		&Lease{},
	)
	metav1.AddToGroupVersion(scheme, SchemeGroupVersion)
	return nil
}
`

const conversionSource = `package v1beta1

// The generated conversions.
func init() {
	localSchemeBuilder.Register(RegisterConversions)
}

func RegisterConversions(s *runtime.Scheme) error { return nil }
`

const clientsetSource = `package kubernetes

import (
	nodev1 "example/node/v1"
	nodev1beta1 "example/node/v1beta1"
)

type Interface interface {
	NodeV1() nodev1.NodeV1Interface
	// NodeV1beta1 is of another time.
	NodeV1beta1() nodev1beta1.NodeV1beta1Interface
}

type Clientset struct {
	nodeV1      *nodev1.NodeV1Client
	nodeV1beta1 *nodev1beta1.NodeV1beta1Client
}

// NodeV1beta1 retrieves the client.
func (c *Clientset) NodeV1beta1() nodev1beta1.NodeV1beta1Interface {
	return c.nodeV1beta1
}

func New() *Clientset {
	var cs Clientset
	cs.nodeV1 = nodev1.New()
	cs.nodeV1beta1 = nodev1beta1.New()
	switch {
	case nodev1.Is():
		return nil
	case nodev1beta1.Is():
		return &cs
	}
	return &cs
}
`

const definitionsSource = `package openapi

import (
	v1 "example/v1"
	configv1 "example/config/v1"
)

func GetOpenAPIDefinitions(ref Reference) map[string]Definition {
	return map[string]Definition{
		v1.Pod{}.OpenAPIModelName():          schema_Pod(ref),
		configv1.Kubelet{}.OpenAPIModelName(): schema_Kubelet(ref),
	}
}

func schema_Pod(ref Reference) Definition {
	return Definition{Dependencies: []string{v1.PodSpec{}.OpenAPIModelName()}}
}

func schema_Kubelet(ref Reference) Definition {
	return Definition{Dependencies: []string{configv1.Limits{}.OpenAPIModelName()}}
}
`

const managersSource = `package managers

import (
	clients "example/node/v1"
	alphas "example/node/v1alpha1"
)

var managers = map[string]func(){
	"v1":       New,
	"v1alpha1": NewAlpha,
}

func New() { clients.New() }

// NewAlpha is of another time.
func NewAlpha() { alphas.New() }
`

func TestReductions(t *testing.T) {
	without := func(change func([]byte, []string) ([]byte, error), packages ...string) func([]byte) ([]byte, error) {
		return func(source []byte) ([]byte, error) { return change(source, packages) }
	}
	tests := []struct {
		name         string
		source       string
		change       func([]byte) ([]byte, error)
		gone, remain []string
	}{
		{
			"types", registerSource, withoutKnownTypes,
			[]string{"AddKnownTypes", "Lease"},
			[]string{"func addKnownTypes", "metav1.AddToGroupVersion(scheme, SchemeGroupVersion)"},
		},
		{
			"conversions", conversionSource, withoutRegistration,
			[]string{"init", "generated"},
			[]string{"func RegisterConversions"},
		},
		{
			"clients", clientsetSource, without(withoutPackages, "example/node/v1beta1"),
			[]string{"1beta1", "another time", "retrieves", "return &cs\n\t}"},
			[]string{"NodeV1() nodev1.NodeV1Interface", "cs.nodeV1 = nodev1.New()", "case nodev1.Is()"},
		},
		{
			"functions", managersSource,
			func(source []byte) ([]byte, error) {
				return withoutFunction(source, "NewAlpha", []string{"example/node/v1alpha1"})
			},
			[]string{"lpha", "another time"},
			[]string{`"v1": New,`, "func New() { clients.New() }", `clients "example/node/v1"`},
		},
		{
			"definitions", definitionsSource, without(withoutDefinitions, "example/config/v1"),
			[]string{"configv1", "Kubelet"},
			[]string{"schema_Pod(ref),", "func schema_Pod", "example/v1"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.change([]byte(test.source))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := format.Source(got); err != nil {
				t.Errorf("the result is no Go: %v", err)
			}
			for _, text := range test.gone {
				if strings.Contains(string(got), text) {
					t.Errorf("%q is still there:\n%s", text, got)
				}
			}
			for _, text := range test.remain {
				if !strings.Contains(string(got), text) {
					t.Errorf("%q is gone:\n%s", text, got)
				}
			}
		})
	}
}

// Upstream may change the shape of what is deleted from: then nobody must believe
// that it was deleted, nor that nothing else was.
func TestReductionsRefuseAnotherShape(t *testing.T) {
	tests := []struct {
		name, source, want string
		change             func([]byte) ([]byte, error)
	}{
		{
			"no types", strings.ReplaceAll(registerSource, "scheme.AddKnownTypes", "scheme.AddTypes"),
			"0 calls of AddKnownTypes", withoutKnownTypes,
		},
		{
			"types of two versions", strings.ReplaceAll(registerSource, "metav1.AddToGroupVersion", "scheme.AddKnownTypes"),
			"2 calls of AddKnownTypes", withoutKnownTypes,
		},
		{
			"an init that does more", strings.ReplaceAll(conversionSource, "Register(RegisterConversions)", "Register(RegisterConversions)\n\tstart()"),
			"more than to register", withoutRegistration,
		},
		{
			"no init", strings.ReplaceAll(conversionSource, "func init", "func begin"),
			"no init function", withoutRegistration,
		},
		{
			"a package that is not imported", clientsetSource, "1 of the packages",
			func(source []byte) ([]byte, error) {
				return withoutPackages(source, []string{"example/node/v1beta1", "example/node/v1alpha1"})
			},
		},
		{
			"no such function", managersSource, "no function NewBeta",
			func(source []byte) ([]byte, error) { return withoutFunction(source, "NewBeta", nil) },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.change([]byte(test.source))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q; result:\n%s", err, test.want, got)
			}
		})
	}
}

// The versions stay known to the schemes: OpenAPI names every version that has
// DeleteOptions.
func TestReducedVersionsStayKnown(t *testing.T) {
	reduced, err := Reduced(moduleRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range Unserved() {
		register := string(reduced["k8s.io/api/"+version+"/register.go"])
		if !strings.Contains(register, "metav1.AddToGroupVersion(scheme, SchemeGroupVersion)") {
			t.Errorf("%s is not added to a scheme any more:\n%s", version, register)
		}
	}
}
