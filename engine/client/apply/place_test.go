package apply

import (
	"fmt"
	"strings"
	"testing"
)

// deployment is the text that the places below are in.
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
    tier: front
spec:
  replicas: "three"
  defaults: &defaults
    image: nginx
    ports:
    - containerPort: 80
  template:
    spec:
      containers:
      - name: a
        image: nginx:v1
        ports:
        - containerPort: 80
        - containerPort: http
      - <<: *defaults
        name: b
      - name: c
        env: [{name: X, value: 1}]
`

func TestPlaceOfField(t *testing.T) {
	documents := split([]byte("# a comment\n---\n" + deployment))
	objects, fault := documents[len(documents)-1].objects()
	if fault != nil {
		t.Fatal(fault.message)
	}
	where := objects[0].place
	for _, test := range []struct {
		message string // of an error, or the path of a cause
		want    string // line in deployment and column, and the text there
	}{
		{"", "1:1 apiVersion: apps/v1"},
		{"metadata.name", "4:9 web"},
		{"metadata.labels[tier]", "7:11 front"},
		{"metadata.labels[app.kubernetes.io/name]", "6:29 web"},
		{"metadata.labels.app.kubernetes.io/name", "6:29 web"},
		{"metadata.namespace", "3:1 metadata:"},
		{"spec", "8:1 spec:"},
		{"spec.selector", "8:1 spec:"},
		{"spec.template.spec.containers[0].image", "18:16 nginx:v1"},
		{"spec.template.spec.containers[0].ports[1].containerPort", "21:26 http"},
		{"spec.template.spec.containers[1].image", "11:12 nginx"},
		{"spec.template.spec.containers[1].name", "23:15 b"},
		{"spec.template.spec.containers[2].env[0].value", "25:32 1}]"},
		{"spec.template.spec.containers[2].image", "24:9 name: c"},
		{"spec.template.spec.containers[7].image", "16:7 containers:"},
		{"spec.template.spec.restartPolicy", "15:5 spec:"},
		{`strict decoding error: unknown field "spec.replicas", unknown field "x"`, "9:3 replicas:"},
		{`strict decoding error: unknown field "spec.template.spec.containers[0].ports"`, "19:9 ports:"},
		{
			"json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
			`9:13 "three"`,
		},
		{
			"json: cannot unmarshal string into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32",
			"21:26 http",
		},
		{
			"json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string",
			"25:32 1}]",
		},
		{"nothing that names a field", "1:1 apiVersion: apps/v1"},
	} {
		field := fieldOf(test.message)
		if field.path == "" && !strings.Contains(test.message, " ") {
			field.path, field.wrong = test.message, anyValue
		}
		line, column := where.of(field)
		line -= 2 // the comment and the separator
		text := strings.Split(deployment, "\n")[line-1][column-1:]
		got := fmt.Sprintf("%d:%d %s", line, column, text)
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%s\n got %s\nwant %s", test.message, got, test.want)
		}
	}
}

// TestPlaceInTangledText: aliases of aliases are followed, and end (the parser
// itself refuses to multiply them much further).
func TestPlaceInTangledText(t *testing.T) {
	text := pod + "l0: &l0 {x: 1}\n"
	for level := 1; level <= 5; level++ {
		text += fmt.Sprintf("l%d: &l%d [*l%d, *l%d, *l%d]\n", level, level, level-1, level-1, level-1)
	}
	objects, fault := split([]byte(text))[0].objects()
	if fault != nil {
		t.Fatal(fault.message)
	}
	found := objects[0].place.find("l5.y", anyValue)
	if found.line != 10 || found.exact {
		t.Errorf("l5.y, which is not there: got %+v, want the line of l5", found)
	}
	found = objects[0].place.find("l5.x", anyValue)
	if !found.exact {
		t.Errorf("l5.x: got %+v, want it found", found)
	}
}
