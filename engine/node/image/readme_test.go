package image

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of annotations in README.md")

// The table of annotations in README.md is made from the one in the code.
func TestReadmeListsEverySetting(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(text), "| annotation | value | effect |\n|---|---|---|\n")
	if !found {
		t.Fatal("README.md has no table of annotations")
	}
	var written strings.Builder
	written.WriteString(head + "| annotation | value | effect |\n|---|---|---|\n")
	for _, known := range table {
		fmt.Fprintf(&written, "| `%s` | %s | %s |\n", known.Name, known.Value, known.Effect)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(written.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := string(text); got != written.String() {
		t.Error("the table of annotations in README.md is not that of the code; run the test with -update")
	}
}
