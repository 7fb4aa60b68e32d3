package play

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"tabernetes/lessons"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/template"
)

// onlyLesson and onlyVariant are the variables of the environment that name what a
// process of the test plays.
const (
	onlyLesson  = "PLAY_LESSON"
	onlyVariant = "PLAY_VARIANT"
)

// TestContent plays every lesson that comes with the program: start, solution and
// each wrong way, twice, with equal results. Each is played by a process of its own,
// as many at a time as there are processors. "make lessons" shows the counts.
func TestContent(t *testing.T) {
	content, err := lessons.Content()
	if err != nil {
		t.Fatal(err)
	}
	if id := os.Getenv(onlyLesson); id != "" {
		playContent(t, content, id, os.Getenv(onlyVariant))
		return
	}
	entries, err := fs.ReadDir(content, ".")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		for _, variant := range plan.Variants(content, entry.Name()) {
			t.Run(path.Join(entry.Name(), variant), func(t *testing.T) {
				t.Parallel()
				command := exec.CommandContext(t.Context(), program, "-test.run=^TestContent$", "-test.v")
				command.Env = append(os.Environ(), onlyLesson+"="+entry.Name(), onlyVariant+"="+variant)
				output, err := command.CombinedOutput()
				t.Logf("%s", output)
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func playContent(t *testing.T, content fs.FS, id, variant string) {
	lesson := open(t, content, id, variant)
	if ways := len(lesson.Scripts.Wrong); ways < 2 {
		t.Errorf("got %d wrong ways, want two at least", ways)
	}
	asked := slices.ContainsFunc(lesson.Steps, func(s plan.Step) bool { return len(s.Questions) > 0 })
	if !asked {
		t.Error("no question to predict")
	}
	report, err := All(t.Context(), lesson)
	t.Log(report)
	if err != nil {
		t.Error(err)
	}
}

func open(t *testing.T, content fs.FS, id, variant string) Lesson {
	t.Helper()
	lesson, problems := Open(content, id, variant)
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
	plays, err := All(t.Context(), open(t, os.DirFS(filepath.Dir(directory)), "mine", ""))
	if err != nil {
		t.Error(err)
	}
	if plays.Count != 8 {
		t.Errorf("got %d plays, want start, solution and two wrong ways, twice", plays.Count)
	}
}
