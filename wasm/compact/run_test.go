package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tabernetes/wasm/overlay"
)

// TestRun compacts a program as the modules are built. It prints what it printed.
func TestRun(t *testing.T) {
	directory := t.TempDir()
	linked, compacted := filepath.Join(directory, "linked"), filepath.Join(directory, "compacted")
	replaced := filepath.Join(directory, "overlay.json")
	root, err := overlay.Root()
	if err != nil {
		t.Fatal(err)
	}
	if err := overlay.Write(root, replaced); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-overlay", replaced, "-ldflags=-s -w", "-o", linked, "./testdata/program")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := run(linked, compacted); err != nil {
		t.Fatal(err)
	}
	want := printed(t, linked)
	if !strings.Contains(want, "recovered from 7 of 21\n") {
		t.Fatalf("it prints\n%s", want)
	}
	if got := printed(t, compacted); got != want {
		t.Errorf("it prints\n%s\nwant\n%s", got, want)
	}
	before, after := size(t, linked), size(t, compacted)
	if after >= before*9/10 {
		t.Errorf("of %d bytes %d are left", before, after)
	}
}

func printed(t *testing.T, program string) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	support := filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js")
	node := exec.Command("node", "testdata/run.mjs", support, program)
	node.Stderr = os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func size(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestRunRefused leaves nothing behind when it fails.
func TestRunRefused(t *testing.T) {
	directory := t.TempDir()
	input, output := filepath.Join(directory, "in"), filepath.Join(directory, "out")
	if err := os.WriteFile(input, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(input, output); err == nil {
		t.Error("a file that is no module is taken")
	}
	if left, err := os.ReadDir(directory); err != nil || len(left) != 1 {
		t.Errorf("there are %v after a failure, %v", left, err)
	}
}
