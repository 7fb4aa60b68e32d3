package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/publish"
)

// builtIn writes the built-in lessons and returns their index.
func builtIn(t *testing.T, out string) []publish.Entry {
	t.Helper()
	if err := run([]string{"--out", out}, io.Discard); err != nil {
		t.Fatal(err)
	}
	encoded, err := os.ReadFile(filepath.Join(out, publish.IndexName))
	if err != nil {
		t.Fatal(err)
	}
	var index []publish.Entry
	if err := json.Unmarshal(encoded, &index); err != nil {
		t.Fatal(err)
	}
	return index
}

func TestRunWritesTheBuiltInLessons(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist", "lessons")
	index := builtIn(t, out)
	position := slices.IndexFunc(index, func(e publish.Entry) bool { return e.ID == "rolling-update" })
	if position < 0 {
		t.Fatalf("index has no rolling-update: %+v", index)
	}
	lesson := index[position]
	if !slices.Equal(lesson.Languages, []string{"en", "zh"}) || lesson.Minutes == 0 || lesson.Kubernetes == "" {
		t.Errorf("index entry is %+v", lesson)
	}
	for _, language := range lesson.Languages {
		html, err := os.ReadFile(filepath.Join(out, lesson.ID, "lesson."+language+".html"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(html), lesson.Titles[language]) || lesson.Summaries[language] == "" {
			t.Errorf("lesson.%s.html does not hold title %q", language, lesson.Titles[language])
		}
	}
	if !slices.Contains(lesson.Files, "roll_update.yaml") {
		t.Errorf("files are %q, want roll_update.yaml among them", lesson.Files)
	}
	for _, file := range lesson.Files {
		if _, err := os.Stat(filepath.Join(out, lesson.ID, file)); err != nil {
			t.Error(err)
		}
	}
}

// TestRunWritesVariants wants a directory for each variant, named in the index in the
// order by which a seed chooses.
func TestRunWritesVariants(t *testing.T) {
	out := t.TempDir()
	index := builtIn(t, out)
	described := slices.DeleteFunc(index, func(e publish.Entry) bool { return e.ID != "capstone" })
	if len(described) != 1 || len(described[0].Variants) != 6 {
		t.Fatalf("index has %+v, want the capstone once, with six variants", described)
	}
	shared, err := os.ReadFile(filepath.Join(out, "capstone", "lesson.json"))
	if err != nil || !strings.Contains(string(shared), `"variant": "quota"`) {
		t.Errorf("the plan for a page that does not know the variants is %v, want that of the first", err)
	}
	for _, variant := range described[0].Variants {
		encoded, err := os.ReadFile(filepath.Join(out, "capstone", variant, "lesson.json"))
		if err != nil {
			t.Fatal(err)
		}
		var written plan.Plan
		if err := json.Unmarshal(encoded, &written); err != nil || written.Variant != variant {
			t.Errorf("variant %q: got %q, %v", variant, written.Variant, err)
		}
		for _, name := range []string{"lesson.en.html", "lesson.zh.json", "solution.json", "shop.yaml", variant + ".yaml"} {
			if _, err := os.Stat(filepath.Join(out, "capstone", variant, name)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestBuildWritesNothingWhenALessonHasAProblem(t *testing.T) {
	out := t.TempDir()
	content := fstest.MapFS{"broken/lesson.en.md": {Data: []byte("text")}}
	err := build(content, out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "broken/lesson.en.md:1: want front matter") {
		t.Errorf("got error %v, want the problem with file and line", err)
	}
	written, err := fs.ReadDir(os.DirFS(out), ".")
	if err != nil || len(written) > 0 {
		t.Errorf("wrote %v, %v, want nothing", written, err)
	}
}

func TestRunRefusesWrongUse(t *testing.T) {
	for _, arguments := range [][]string{{}, {"--out", "x", "more"}, {"--nothing"}} {
		if err := run(arguments, io.Discard); err == nil {
			t.Errorf("arguments %q: got no error", arguments)
		}
	}
}
