package main

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestCutPackage(t *testing.T) {
	for name, want := range map[string][2]string{
		"fmt.Println":                          {"fmt", "Println"},
		"k8s.io/api/core/v1.(*Pod).Size":       {"k8s.io/api/core/v1", "(*Pod).Size"},
		"gopkg.in/inf%2ev0.(*Dec).Add.func1":   {"gopkg.in/inf%2ev0", "(*Dec).Add.func1"},
		"slices.Sort[go.shape.[]a.io/b.T]":     {"slices", "Sort[go.shape.[]a.io/b.T]"},
		"a.io/b.init.0":                        {"a.io/b", "init.0"},
		"type:.eq.struct { F a.io/b.T }":       {"type:", "eq.struct { F a.io/b.T }"},
		"memeqbody":                            {noPackage, "memeqbody"},
		".strange":                             {noPackage, ".strange"},
		"a.io/.strange":                        {"a.io/", "strange"},
		"ends.":                                {noPackage, "ends."},
		"type:.eq.[2]interface {}":             {"type:", "eq.[2]interface {}"},
		"main.(*list[go.shape.int]).add.func1": {"main", "(*list[go.shape.int]).add.func1"},
	} {
		group, function := cutPackage(name)
		if group != want[0] || function != want[1] {
			t.Errorf("%s: %q %q, want %q", name, group, function, want)
		}
	}
}

func TestProfileText(t *testing.T) {
	names := profile{}
	for _, name := range []string{
		"b.io/c.F", "b.io/c.F.func1", "b.io/c.(*T).M", "a.G", "cmpbody", "type:.eq.struct { a int }",
	} {
		names[name] = true
	}
	var text bytes.Buffer
	if err := names.write(&text); err != nil {
		t.Fatal(err)
	}
	want := profileHead + `
.
	cmpbody

a
	G

b.io/c
	(*T).M
	F
	F.func1

type:
	eq.struct { a int }
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
	again, err := readProfile(&text)
	if err != nil || len(again) != len(names) {
		t.Fatalf("%d of %d names, %v", len(again), len(names), err)
	}
	for name := range names {
		if !again[name] {
			t.Errorf("%s is lost", name)
		}
	}
}

func TestProfileRefused(t *testing.T) {
	for says, text := range map[string]string{
		"line 1": "\tF\n",
		"line 3": "# what\na\n\t\n",
	} {
		if _, err := readProfile(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want %q", text, err, says)
		}
	}
}

// TestWanted has closures of this project with the functions that they stand in, and
// no others.
func TestWanted(t *testing.T) {
	wanted := profile{
		"tabernetes/engine/controlplane/store.(*Store).Get.func2": true, "main.main.gowrap1": true, "k8s.io/a.F.func1": true,
	}.wanted()
	for name, want := range map[string]bool{
		"tabernetes/engine/controlplane/store.(*Store).Get":             true,
		"tabernetes/engine/controlplane/store.(*Store).Get.func1":       true,
		"tabernetes/engine/controlplane/store.(*Store).Get.func1.2":     true,
		"tabernetes/engine/controlplane/store.(*Store).Get.deferwrap1":  true,
		"tabernetes/engine/controlplane/store.(*Store).GetList":         false,
		"tabernetes/engine/controlplane/store.(*Store).GetList.func1.1": false,
		"main.main":        true,
		"main.main.func3":  true,
		"k8s.io/a.F":       false,
		"k8s.io/a.F.func1": true,
		"k8s.io/a.F.func2": false,
	} {
		if got := wanted(name); got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}

func TestThinned(t *testing.T) {
	p := profile{"a.1": true, "a.2": true, "b.3": true, "b.4": true, "b.5": true}
	for _, test := range []struct {
		every  int
		prefix string
		want   string
	}{
		{0, "", "a.1 a.2 b.3 b.4 b.5"},
		{2, "", "a.1 b.3 b.5"},
		{0, "b", "a.1 a.2"},
		{2, "b", "a.1"},
	} {
		got := strings.Join(slices.Sorted(maps.Keys(p.thinned(test.every, test.prefix))), " ")
		if got != test.want {
			t.Errorf("every %d, prefix %q: got %s, want %s", test.every, test.prefix, got, test.want)
		}
	}
}

// TestWantedSorting holds that what sorts a type is there for any number of values.
func TestWantedSorting(t *testing.T) {
	wanted := profile{"slices.insertionSortCmpFunc[go.shape.string]": true, "slices.pdqsortOrdered[go.shape.int]": true}.wanted()
	for name, want := range map[string]bool{
		"slices.choosePivotCmpFunc[go.shape.string]": true,
		"slices.choosePivotCmpFunc[go.shape.int]":    false,
		"slices.heapSortOrdered[go.shape.int]":       true,
		"slices.heapSortOrdered[go.shape.string]":    false,
		"slices.Index[go.shape.string]":              false,
		"a.io/slices.heapSortOrdered[go.shape.int]":  false,
	} {
		if got := wanted(name); got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}
