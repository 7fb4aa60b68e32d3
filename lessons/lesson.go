package lessons

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed content
var content embed.FS

// Content returns the lessons that come with the program, one directory each.
func Content() (fs.FS, error) {
	return fs.Sub(content, "content")
}

// textFile matches the names of a lesson's texts and finds the language.
var textFile = regexp.MustCompile(`^lesson\.([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.md$`)

// Lesson is a lesson in all its languages.
type Lesson struct {
	// ID is the name of the lesson's directory.
	ID string
	Plan
	// Documents are sorted by language.
	Documents []Document
}

// LoadAll loads every directory of content, sorted by name. When anything is
// wrong with any of them the error is a [Problems].
func LoadAll(content fs.FS) ([]Lesson, error) {
	entries, err := fs.ReadDir(content, ".")
	if err != nil {
		return nil, fmt.Errorf("list lessons: %w", err)
	}
	var all []Lesson
	var problems Problems
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		lesson, found := load(content, entry.Name())
		all = append(all, lesson)
		problems = append(problems, found...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return all, nil
}

// load reads one lesson and checks that its languages agree.
func load(content fs.FS, id string) (Lesson, Problems) {
	r := &report{file: id}
	if !identifier.MatchString(id) {
		r.add(0, "the name of a lesson has small letters, digits and hyphens")
		return Lesson{}, r.problems
	}
	plan, problems := loadPlan(content, id)
	lesson := Lesson{ID: id, Plan: plan}
	entries, err := fs.ReadDir(content, id)
	if err != nil {
		r.add(0, "%v", err)
		return lesson, append(problems, r.problems...)
	}
	for _, entry := range entries {
		match := textFile.FindStringSubmatch(entry.Name())
		if match == nil {
			continue
		}
		file := path.Join(id, entry.Name())
		markdown, err := fs.ReadFile(content, file)
		if err != nil {
			r.add(0, "%v", err)
			continue
		}
		document := Render(Source{Lesson: id, Language: match[1], File: file, Text: markdown}, plan)
		problems = append(problems, document.Problems...)
		lesson.Documents = append(lesson.Documents, document)
	}
	if len(lesson.Documents) == 0 {
		r.add(0, "no text: want a file such as lesson.en.md")
		return lesson, append(problems, r.problems...)
	}
	for _, document := range lesson.Documents[1:] {
		problems = append(problems, compare(id, lesson.Documents[0], document)...)
	}
	problems = append(problems, unused(lesson)...)
	return lesson, append(problems, r.problems...)
}

// compare reports where a text has other steps or other runnable blocks than
// the lesson's first text.
func compare(id string, first, other Document) Problems {
	r := &report{file: path.Join(id, "lesson."+other.Language+".md")}
	if first.Minutes != other.Minutes || first.Kubernetes != other.Kubernetes {
		r.add(1, "minutes and kubernetes differ from lesson.%s.md", first.Language)
	}
	if got, want := stepIDs(other), stepIDs(first); !slices.Equal(got, want) {
		r.add(0, "steps are %s, those of lesson.%s.md are %s",
			strings.Join(got, ", "), first.Language, strings.Join(want, ", "))
		return r.problems
	}
	for i, step := range other.Steps {
		if want := first.Steps[i].Runnables; !slices.Equal(step.Runnables, want) {
			r.add(step.Line, "step %q runs %q, in lesson.%s.md it runs %q",
				step.ID, step.Runnables, first.Language, want)
		}
	}
	return r.problems
}

func stepIDs(document Document) []string {
	ids := make([]string, len(document.Steps))
	for i, step := range document.Steps {
		ids[i] = step.ID
	}
	return ids
}

// unused reports files of lesson.yaml that no step shows: a learner applies what
// they can see.
func unused(lesson Lesson) Problems {
	r := &report{file: path.Join(lesson.ID, planFile)}
	var runnables []string
	for _, step := range lesson.Documents[0].Steps {
		runnables = append(runnables, step.Runnables...)
	}
	for _, file := range lesson.Files {
		block := "file=" + file.Name
		if !slices.Contains(runnables, block) && !slices.Contains(runnables, block+" apply") {
			r.add(0, "file %q is shown by no step", file.Name)
		}
	}
	return r.problems
}
