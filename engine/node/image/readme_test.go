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
	var table strings.Builder
	table.WriteString(head + "| annotation | value | effect |\n|---|---|---|\n")
	for _, setting := range Known() {
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", setting.Name, setting.Value, setting.Effect)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := string(text); got != table.String() {
		t.Error("the table of annotations in README.md is not that of the code; run the test with -update")
	}
}
