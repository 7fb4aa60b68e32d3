package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLessonIsWrittenAndChecked writes a lesson, finds it without problems, and
// finds a mistake in it. What a lesson comes to when it is played is tested in
// lessons/play.
func TestLessonIsWrittenAndChecked(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "mine")
	var output bytes.Buffer
	if err := writeLesson(&output, directory); err != nil {
		t.Fatal(err)
	}
	if err := checkLessons(&output, []string{directory}); err != nil {
		t.Fatalf("%v\n%s", err, output.String())
	}
	if err := writeLesson(&output, directory); !errors.Is(err, fs.ErrExist) {
		t.Errorf("write a lesson over another: got %v, want that it exists", err)
	}
	plan := filepath.Join(directory, "lesson.yaml")
	text, err := os.ReadFile(plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plan, bytes.Replace(text, []byte("hints:"), []byte("hnits:"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	output.Reset()
	err = checkLessons(&output, []string{directory})
	if !errors.Is(err, errProblems) || !strings.Contains(output.String(), `mine/lesson.yaml:24:5: step: unknown key "hnits"`) {
		t.Errorf("got %v and\n%s", err, output.String())
	}
}
