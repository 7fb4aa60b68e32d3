package play

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing"

	"tabernetes/lessons"
	"tabernetes/lessons/plan"
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
