package apply

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read tells what a text holds, a line per object or fault:
// kind/name@line:column, or !message@line:column.
func read(text string) []string {
	var found []string
	for _, document := range split([]byte(text)) {
		objects, fault := document.objects()
		if fault != nil {
			found = append(found, fmt.Sprintf("!%s@%d:%d", fault.message, fault.line, fault.column))
		}
		for _, object := range objects {
			place := object.place
			if object.err != nil {
				found = append(found, fmt.Sprintf("!%v@%d:%d", object.err, place.line, place.column))
				continue
			}
			found = append(found, fmt.Sprintf("%s/%s@%d:%d", object.GetKind(), object.GetName(), place.line, place.column))
		}
	}
	return found
}

const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n"

func TestDocuments(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"none", "", nil},
		{"blank lines", "\n\n", nil},
		{"comments alone", "# nothing\n---\n# nothing here\n", nil},
		{"an explicit null", "---\nnull\n", nil},
		{"one", pod, []string{"Pod/p@1:1"}},
		{"no newline at the end", strings.TrimSpace(pod), []string{"Pod/p@1:1"}},
		{"byte order mark", "\ufeff" + pod, []string{"Pod/p@1:1"}},
		{"carriage returns", strings.ReplaceAll(pod+"---\n"+pod, "\n", "\r\n"), []string{"Pod/p@1:1", "Pod/p@6:1"}},
		{
			"several, some empty",
			"# first\n---\n" + pod + "---\n---\n# empty\n--- # another\n" + pod,
			[]string{"Pod/p@3:1", "Pod/p@11:1"},
		},
		{
			"a list in a list",
			"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n" +
				"- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: b}\n",
			[]string{"Pod/a@4:3", "Pod/b@10:5"},
		},
		{
			"a typed list",
			"apiVersion: v1\nkind: PodList\nitems:\n- metadata:\n    name: a\n",
			[]string{"Pod/a@4:3"},
		},
		{
			"a list with an item of no kind",
			"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n",
			[]string{"!error validating data: kind not set@4:3", "Pod/a@5:3"},
		},
		{
			"JSON",
			"{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Pod\",\n  \"metadata\": {\"name\": \"p\"}\n}\n",
			[]string{"Pod/p@1:1"},
		},
		{
			"a stream of JSON, then YAML",
			"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}\n\n {\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"}}\n---\n" + pod,
			[]string{"Pod/a@1:1", "Pod/b@3:1", "Pod/p@5:1"},
		},
		{"YAML in flow style", "{apiVersion: v1, kind: Pod, metadata: {name: p}}", []string{"Pod/p@1:1"}},
		{
			"neither JSON nor YAML",
			"{\n  \"apiVersion\": \"v1\",\n  \"kind\" \"Pod\"\n}\n",
			[]string{"!json: offset 34: invalid character '\"' after object key@3:0"},
		},
		{
			"JSON cut off",
			"{\n  \"apiVersion\": \"v1\",\n",
			[]string{"!unexpected EOF@2:0"},
		},
		{
			"a broken value after a good one",
			"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}\n{]\n",
			[]string{"Pod/a@1:1", "!json: offset 59: invalid character ']' looking for beginning of object key string@2:0"},
		},
		{
			"a key twice in JSON",
			"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\n\"metadata\":{\"name\":\"a\",\n\"name\":\"b\"}}",
			[]string{`!strict decoding error: duplicate field "metadata.name"@2:13`},
		},
		{
			"a key twice",
			pod + "---\n" + pod + "spec:\n  restartPolicy: Never\n  restartPolicy: Always\n",
			[]string{"Pod/p@1:1", "!strict decoding error: yaml: unmarshal errors:\n  line 12: key \"restartPolicy\" already set in map@12:0"},
		},
		{
			"no kind",
			"---\n\nmetadata:\n  name: x\n",
			[]string{"!error validating data: [apiVersion not set, kind not set]@3:1"},
		},
		{
			"a kind that is no string",
			"apiVersion: 1\nkind: [Pod]\n",
			[]string{"!error validating data: [apiVersion isn't string type, kind isn't string type]@1:1"},
		},
		{"no mapping", "just text\n", []string{"!error validating data: invalid object to validate@1:1"}},
		{
			"a separator with something behind it, then a good document",
			pod + "--- {}\n" + pod,
			[]string{"!invalid Yaml document separator: {}@5:0", "Pod/p@6:1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, read(test.text)); diff != "" {
				t.Errorf("want - got +\n%s", diff)
			}
		})
	}
}

// TestSyntaxErrors: the line of each fault, on its own and below two documents,
// is where an editor should point, and the message names the same line.
func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct {
		name, text string
		line       int
		message    string
	}{
		{"two colons", "a: 1\nb: c: d\n", 2, "mapping values are not allowed in this context"},
		{"on the first line", "b: c: d\n", 1, "mapping values are not allowed in this context"},
		{"outdented key", "a: 1\nb:\n  - x\n c: 2\n", 4, "did not find expected key"},
		{"indented key", "spec:\n  a: 1\n   b: 2\n", 3, "mapping values are not allowed in this context"},
		{"tab", "a: 1\n\tb: 2\n", 2, "found a tab character that violates indentation"},
		{"open bracket", "a: [1, 2\nb: 3\n", 2, "did not find expected ',' or ']'"},
		{"sequence, then mapping", "- a\nb: 1\n", 2, "did not find expected '-' indicator"},
		{"reserved character", "a: 1\nb: @x\n", 2, "found character that cannot start any token"},
		{"missing colon", "kind: X\nspec\n  a: 1\n", 3, "could not find expected ':'"},
		{"bracket too many", "a: 1\n}\n", 2, "did not find expected key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, before := range []string{"", pod + "---\n" + pod + "---\n"} {
				line := test.line + strings.Count(before, "\n")
				found := read(before + test.text)
				want := fmt.Sprintf("!error converting YAML to JSON: yaml: line %d: %s@%d:0", line, test.message, line)
				if got := found[len(found)-1]; got != want {
					t.Errorf("\n got %s\nwant %s", got, want)
				}
			}
		})
	}
}

// FuzzRead: no text makes the reader fail, and every line it names is in the text.
func FuzzRead(f *testing.F) {
	f.Add(pod+"---\n"+pod, "spec.containers[0].image")
	f.Add("a: &x\n  <<: *x\n  b: 1\n", "a.a.a.b")
	f.Add("{\"a\": 1}\n{]\n---\n\ufeffa:\n- b: {c: d}\n", "a[0].b[c]")
	f.Add("--- x\n---\r\n%YAML 1.1\n---\na: 1\n...\nb: 2", "items[1]")
	f.Add("\xff\xfe\u2028a\r\rb: 1\n\x01", "spec")
	f.Fuzz(func(t *testing.T, text, path string) {
		last := strings.Count(text, "\n") + 1
		inside := func(what string, line int) {
			if line < 1 || line > last {
				t.Errorf("%s is at line %d of %d", what, line, last)
			}
		}
		for _, document := range split([]byte(text)) {
			objects, fault := document.objects()
			if fault != nil {
				inside(fault.message, fault.line)
			}
			for _, object := range objects {
				inside(object.GetName(), object.place.line)
				line, _ := object.place.of(field{path: path})
				inside(path, line)
			}
		}
	})
}
