package kubectl

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestApplyParsesADocumentOnce(t *testing.T) {
	k := newTerminal(t)
	documents := func() []string { return slices.Sorted(maps.Keys(k.kubectl.documents.parsed)) }
	manifest := func(value string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: parsed-once}\ndata: {key: \"" + value + "\"}\n"
	}
	writeFile(t, "one.yaml", manifest("a"))
	k.succeed("apply -f one.yaml", "configmap/parsed-once created")
	writeFile(t, "one.yaml", manifest("b"))
	k.succeed("apply -f one.yaml", "configmap/parsed-once configured")
	first := documents()
	if len(first) == 0 {
		t.Fatal("apply has kept no document")
	}
	k.succeed("apply -f one.yaml", "configmap/parsed-once unchanged")
	if second := documents(); !slices.Equal(first, second) {
		t.Errorf("another apply parsed more: %q, before %q", second, first)
	}
	k.succeed("get configmap parsed-once -o jsonpath={.data.key}", "b")

	// What the server refuses is refused with the kept document as with a new one.
	writeFile(t, "one.yaml", manifest("b")+"datum: {}\n")
	refused := k.run("apply", "-f", "one.yaml")
	if refused.status != 1 || !strings.Contains(refused.stderr, `strict decoding error: unknown field "datum"`) {
		t.Errorf("an unknown field: %+v", refused)
	}
	k.succeed("delete configmap parsed-once", "deleted")
}

func TestApplyHasItsFlags(t *testing.T) {
	k := newTerminal(t)
	k.succeed("apply --help", "--server-side=false", "--prune=false", "--dry-run='none'", "-f, --filename=[]", "view-last-applied")
}
