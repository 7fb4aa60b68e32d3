package overlay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "record the upstream files as they are now in leaves.sum; review each leaf first")

const sumFile = "leaves.sum"

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "vendor", "modules.txt")); err != nil {
		t.Fatalf("vendor directory is missing, run go mod vendor: %v", err)
	}
	return root
}

// upstreamSums hashes every upstream file that a leaf stands in for. The key is
// the slash path below vendor.
func upstreamSums(t *testing.T, root string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for _, leaf := range Leaves() {
		for _, name := range leaf.Replaced {
			file := path.Join(leaf.Package, name)
			content, err := os.ReadFile(filepath.Join(root, "vendor", filepath.FromSlash(file)))
			switch {
			case errors.Is(err, fs.ErrNotExist):
				sums[file] = "gone"
			case err != nil:
				t.Fatal(err)
			default:
				sum := sha256.Sum256(content)
				sums[file] = hex.EncodeToString(sum[:])
			}
		}
	}
	return sums
}

func readSums(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile(sumFile)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(content)) {
		file, sum, found := strings.Cut(strings.TrimSpace(line), " ")
		if !found {
			t.Fatalf("%s: malformed line %q", sumFile, line)
		}
		sums[file] = sum
	}
	return sums
}

func writeSums(t *testing.T, sums map[string]string) {
	t.Helper()
	lines := make([]string, 0, len(sums))
	for file, sum := range sums {
		lines = append(lines, fmt.Sprintf("%s %s\n", file, sum))
	}
	slices.Sort(lines)
	if err := os.WriteFile(sumFile, []byte(strings.Join(lines, "")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// staleness lists what must be reviewed: one line for each upstream file whose
// hash is not the recorded one.
func staleness(recorded, current map[string]string) []string {
	var lines []string
	for file, sum := range current {
		switch old, known := recorded[file]; {
		case !known:
			lines = append(lines, fmt.Sprintf("vendor/%s: not recorded yet", file))
		case sum == "gone":
			lines = append(lines, fmt.Sprintf("vendor/%s: upstream removed it", file))
		case sum != old:
			lines = append(lines, fmt.Sprintf("vendor/%s: upstream changed it", file))
		}
	}
	for file := range recorded {
		if _, listed := current[file]; !listed {
			lines = append(lines, fmt.Sprintf("vendor/%s: recorded but no leaf stands in for it", file))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestLeavesMatchUpstream(t *testing.T) {
	current := upstreamSums(t, moduleRoot(t))
	if *update {
		writeSums(t, current)
	}
	for _, line := range staleness(readSums(t), current) {
		t.Error(line)
	}
	if t.Failed() {
		t.Log("compare each file with ours under wasm/overlay/_leaf, correct ours, then record: go test ./wasm/overlay -update")
	}
}

func TestStalenessNamesEachFile(t *testing.T) {
	recorded := map[string]string{"p/same.go": "1", "p/changed.go": "2", "p/removed.go": "3", "p/dropped.go": "4"}
	current := map[string]string{"p/same.go": "1", "p/changed.go": "9", "p/removed.go": "gone", "p/new.go": "5"}
	got := staleness(recorded, current)
	want := []string{
		"vendor/p/changed.go: upstream changed it",
		"vendor/p/dropped.go: recorded but no leaf stands in for it",
		"vendor/p/new.go: not recorded yet",
		"vendor/p/removed.go: upstream removed it",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Our file must be a new one: where upstream has gained a file of that name, or
// any other file of its own for js, ours has become superfluous.
func TestUpstreamHasNoJSFile(t *testing.T) {
	root := moduleRoot(t)
	for _, leaf := range Leaves() {
		directory := filepath.Join(root, "vendor", filepath.FromSlash(leaf.Package))
		entries, err := os.ReadDir(directory)
		if err != nil {
			t.Errorf("package %q: %v", leaf.Package, err)
			continue
		}
		for _, entry := range entries {
			name := strings.TrimSuffix(entry.Name(), ".go")
			if strings.HasSuffix(name, "_js") || strings.HasSuffix(name, "_wasm") {
				t.Errorf("upstream package %q has %q: see whether our %q can go", leaf.Package, entry.Name(), leaf.Ours)
			}
		}
	}
}

// Every file of ours is listed, belongs to the package it joins and is built
// for js/wasm only.
func TestOurFiles(t *testing.T) {
	root := moduleRoot(t)
	listed := map[string]bool{}
	for _, leaf := range Leaves() {
		listed[path.Join(leaf.Package, leaf.Ours)] = true
	}
	leaves := filepath.Join(root, "wasm", "overlay", "_leaf")
	err := filepath.WalkDir(leaves, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(leaves, file)
		if err != nil {
			return err
		}
		if relative = filepath.ToSlash(relative); !listed[relative] {
			t.Errorf("%s: no leaf lists it", relative)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		constrained := false
		for _, group := range parsed.Comments {
			for _, comment := range group.List {
				if !constraint.IsGoBuild(comment.Text) {
					continue
				}
				expression, err := constraint.Parse(comment.Text)
				if err != nil {
					return err
				}
				constrained = expression.String() == "js && wasm"
			}
		}
		if !constrained {
			t.Errorf("%s: want //go:build js && wasm", relative)
		}
		delete(listed, relative)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for file := range listed {
		t.Errorf("%s: listed but not there", file)
	}
}

func TestWriteHasAbsolutePaths(t *testing.T) {
	root := moduleRoot(t)
	output := filepath.Join(t.TempDir(), "overlay.json")
	if err := Write(root, output); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &overlay); err != nil {
		t.Fatal(err)
	}
	reduced, err := Reduced(root)
	if err != nil {
		t.Fatal(err)
	}
	symbols, _, err := changedRuntime()
	if err != nil {
		t.Fatal(err)
	}
	removed, added := 0, 0
	for target, source := range overlay.Replace {
		if !strings.HasPrefix(target, filepath.Join(root, "vendor")+string(filepath.Separator)) && target != symbols {
			t.Errorf("target %q is not below vendor and not %q", target, symbols)
		}
		switch {
		case source == "":
			removed++
		case filepath.IsAbs(source):
			added++
			if _, err := os.Stat(source); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("source %q is not absolute", source)
		}
	}
	wantRemoved, wantAdded := 0, len(Leaves())+len(reduced)+1
	for _, leaf := range Leaves() {
		wantRemoved += len(leaf.Replaced)
	}
	if removed != wantRemoved || added != wantAdded {
		t.Errorf("got %d files removed and %d added, want %d and %d", removed, added, wantRemoved, wantAdded)
	}
}

// TestComputedFunctions fails when Go finds functions in another way than package
// overlay replaces.
func TestComputedFunctions(t *testing.T) {
	file, content, err := changedRuntime()
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(before)-len(content), len(lookup)-len(computed); got != want {
		t.Errorf("%d bytes are gone, want %d", got, want)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), file, content, 0); err != nil {
		t.Error(err)
	}
	if _, err := withComputedFunctions(content); !errors.Is(err, errNoLookup) {
		t.Errorf("a file without the lookup: got %v, want %v", err, errNoLookup)
	}
}
