package play

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tabernetes/lessons"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/template"
)

// TestContent plays every lesson that comes with the program: start, solution and
// each wrong way, twice, with equal results. "make lessons" shows its counts.
func TestContent(t *testing.T) {
	content, err := lessons.Content()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(content, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			lesson := open(t, content, entry.Name())
			if ways := len(lesson.Scripts.Wrong); ways < 2 {
				t.Errorf("got %d wrong ways, want two at least", ways)
			}
			asked := slices.ContainsFunc(lesson.Steps, func(s plan.Step) bool { return len(s.Questions) > 0 })
			if !asked {
				t.Error("no question to predict")
			}
			report, err := All(t.Context(), lesson)
			fmt.Fprintln(os.Stderr, report)
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func open(t *testing.T, content fs.FS, id string) Lesson {
	t.Helper()
	lesson, problems := Open(content, id)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return lesson
}

// TestTemplate plays what "tabernetes lesson new" writes.
func TestTemplate(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "mine")
	if err := template.Write(directory); err != nil {
		t.Fatal(err)
	}
	plays, err := All(t.Context(), open(t, os.DirFS(filepath.Dir(directory)), "mine"))
	if err != nil {
		t.Error(err)
	}
	if plays.Count != 8 {
		t.Errorf("got %d plays, want start, solution and two wrong ways, twice", plays.Count)
	}
}
