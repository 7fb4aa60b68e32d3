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

// TestImagesAreListed finds the image of the template with its tags, by a word of its name.
func TestImagesAreListed(t *testing.T) {
	var output bytes.Buffer
	if err := listImages(&output, "sim.tabernetes.dev/web"); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(output.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "IMAGE") || !strings.Contains(lines[1], "v1,latest") {
		t.Errorf("the images are\n%s\nwant the template's alone", output.String())
	}
}

// TestUnknownCommand wants cobra's words for what is no command, wherever it stands.
func TestUnknownCommand(t *testing.T) {
	for line, want := range map[string]string{
		"lsson":               "unknown command \"lsson\" for \"tabernetes\"\n\nDid you mean this?\n\tlesson\n",
		"lesson chek mine":    "unknown command \"chek\" for \"tabernetes lesson\"\n\nDid you mean this?\n\tcheck\n",
		"lesson nothing-like": "unknown command \"nothing-like\" for \"tabernetes lesson\"",
		"lesson check":        "requires at least 1 arg(s), only received 0",
		"lesson check --all":  "unknown flag: --all",
	} {
		root := newRoot()
		root.SetArgs(strings.Fields(line))
		if err := root.Execute(); err == nil || err.Error() != want {
			t.Errorf("tabernetes %s: got %v, want %q", line, err, want)
		}
	}
}
