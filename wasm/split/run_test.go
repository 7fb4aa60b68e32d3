package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun runs a program that is parted in several ways, with a collection of garbage
// at every turn. What it prints is the same; where something is missing it waits once.
func TestRun(t *testing.T) {
	l := program(t)
	var want string
	for _, name := range []string{"all", "none", "seldom"} {
		p, err := newPlan(l.program, l.names, func(function string) bool {
			return name == "all" || name == "seldom" && !strings.HasPrefix(function, "tabernetes/")
		})
		if err != nil {
			t.Fatal(err)
		}
		made, err := part(l.bytes, l.tables, p)
		if err != nil {
			t.Fatal(err)
		}
		prefix := filepath.Join(t.TempDir(), "program")
		if err := made.write(prefix); err != nil {
			t.Fatal(err)
		}
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			t.Fatal(err)
		}
		support := filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js")
		node := exec.Command("node", "testdata/run.mjs", support, prefix)
		node.Stderr = os.Stderr
		out, err := node.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		printed, suspended, _ := strings.Cut(string(out), "suspended ")
		if name == "all" {
			want = printed
			if !strings.Contains(printed, "seldom.Deep\n4950\n7\n") {
				t.Errorf("it prints\n%s", printed)
			}
		}
		if printed != want {
			t.Errorf("%s: it prints\n%s\nwant\n%s", name, printed, want)
		}
		if got := strings.TrimSpace(suspended); (got == "0") != (name == "all") || got > "1" {
			t.Errorf("%s: it was suspended %s times", name, got)
		}
	}
}
