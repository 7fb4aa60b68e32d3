package topology

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// typeScriptFields reads the property names of an interface of the page's
// protocol, with those of the interfaces it extends.
func typeScriptFields(t *testing.T, source, name string) []string {
	t.Helper()
	declaration := regexp.MustCompile(`(?m)^(?:export )?interface ` + name + `(?: extends (\w+))? \{\n((?:  .*\n|\n)*)\}`).FindStringSubmatch(source)
	if declaration == nil {
		t.Fatalf("web/src/protocol/topology.ts has no interface %s", name)
	}
	var fields []string
	if declaration[1] != "" {
		fields = typeScriptFields(t, source, declaration[1])
	}
	// Properties of the interface itself are indented by two blanks.
	for _, property := range regexp.MustCompile(`(?m)^  readonly (\w+)\??:`).FindAllStringSubmatch(declaration[2], -1) {
		fields = append(fields, property[1])
	}
	slices.Sort(fields)
	return fields
}

// TestProtocol keeps the Go and the TypeScript form of a frame the same.
func TestProtocol(t *testing.T) {
	text, err := os.ReadFile("../../../web/src/protocol/topology.ts")
	if err != nil {
		t.Fatal(err)
	}
	source := string(text)
	for name, value := range map[string]any{
		"Frame":           Frame{},
		"DeploymentItem":  DeploymentItem{},
		"ReplicaSetItem":  ReplicaSetItem{},
		"PodItem":         PodItem{},
		"NodeItem":        NodeItem{},
		"WorkloadItem":    WorkloadItem{},
		"ServiceItem":     ServiceItem{},
		"AutoscalerItem":  AutoscalerItem{},
		"BudgetItem":      BudgetItem{},
		"ClaimItem":       ClaimItem{},
		"VolumeItem":      VolumeItem{},
		"CustomItem":      CustomItem{},
		"CustomCondition": CustomCondition{},
		"ClusterEvent":    ClusterEvent{},
	} {
		var fields []string
		typ := reflect.TypeOf(value)
		for field := range typ.Fields() {
			json, js := field.Tag.Get("json"), field.Tag.Get("js")
			if json != js {
				t.Errorf("%s.%s is %q in JSON and %q by vert", name, field.Name, json, js)
			}
			fields = append(fields, json)
			checkPassesVert(t, name+"."+field.Name, field.Type)
		}
		slices.Sort(fields)
		if want := typeScriptFields(t, source, name); !slices.Equal(fields, want) {
			t.Errorf("%s\n         Go has %s\nTypeScript has %s", name, strings.Join(fields, " "), strings.Join(want, " "))
		}
	}
	involved := regexp.MustCompile(`(?s)readonly involved: \{(.*?)\}`).FindStringSubmatch(source)
	if involved == nil {
		t.Fatal("web/src/protocol/topology.ts has no ClusterEvent.involved")
	}
	for field := range reflect.TypeFor[InvolvedObject]().Fields() {
		if !strings.Contains(involved[1], "readonly "+field.Tag.Get("json")+":") {
			t.Errorf("ClusterEvent.involved has no %s in TypeScript", field.Tag.Get("json"))
		}
	}
}

// checkPassesVert: js.ValueOf, which vert calls for the leaves, panics on a
// value of a named type, and vert does not flatten embedded structs.
func checkPassesVert(t *testing.T, name string, typ reflect.Type) {
	t.Helper()
	switch typ.Kind() {
	case reflect.Slice:
		checkPassesVert(t, name, typ.Elem())
	case reflect.Interface, reflect.Struct:
	default:
		if typ.PkgPath() != "" {
			t.Errorf("%s is of the named type %s", name, typ)
		}
	}
}
