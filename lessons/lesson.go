package lessons

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
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
	plan.Plan
	// Documents are sorted by language.
	Documents []Document
}

// LoadAll loads every directory of content: lessons of a course in the order of
// their places, then others by name; of a lesson with variants each, in their order.
// When anything is wrong with any of them the error is a [reading.Problems].
func LoadAll(content fs.FS) ([]Lesson, error) {
	entries, err := fs.ReadDir(content, ".")
	if err != nil {
		return nil, fmt.Errorf("list lessons: %w", err)
	}
	var all []Lesson
	var problems reading.Problems
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		for _, variant := range plan.Variants(content, entry.Name()) {
			lesson, found := Load(content, entry.Name(), variant)
			all = append(all, lesson)
			problems = append(problems, found...)
		}
	}
	problems = append(problems, compareCourse(all)...).Once()
	if len(problems) > 0 {
		return nil, problems
	}
	slices.SortStableFunc(all, func(a, b Lesson) int {
		if (a.Course == "") != (b.Course == "") {
			return cmp.Compare(b.Course, a.Course)
		}
		return cmp.Or(cmp.Compare(a.Course, b.Course), cmp.Compare(a.Place, b.Place))
	})
	return all, nil
}

// compareCourse reports prerequisites that are no lessons, and places that two
// lessons have.
func compareCourse(all []Lesson) reading.Problems {
	var problems reading.Problems
	for i, lesson := range all {
		r := &reading.Report{File: path.Join(lesson.ID, plan.Name)}
		for _, id := range lesson.Prerequisites {
			if !slices.ContainsFunc(all, func(other Lesson) bool { return other.ID == id && id != lesson.ID }) {
				r.Add(0, "prerequisites: %q is none of the other lessons", id)
			}
		}
		for _, other := range all[:i] {
			if lesson.Course != "" && other.ID != lesson.ID && other.Course == lesson.Course && other.Place == lesson.Place {
				r.Add(0, "place: lesson %q has place %d of course %q", other.ID, other.Place, other.Course)
			}
		}
		problems = append(problems, r.Problems...)
	}
	return problems
}

// WantedName says what the directory of a lesson must be called: what reading.Identifier matches.
const WantedName = "the name of a lesson has small letters, digits and hyphens, and begins with a letter"

// Load reads one lesson, and checks that its languages agree with each other and
// with its plan. What can be read of a lesson with problems is returned too. Of a lesson
// with variants it reads one; "" means the first.
func Load(content fs.FS, id, variant string) (Lesson, reading.Problems) {
	r := &reading.Report{File: id}
	if !reading.Identifier.MatchString(id) {
		r.Add(0, "%s", WantedName)
		return Lesson{ID: id}, r.Problems
	}
	shared, problems := plan.Load(content, id, variant)
	lesson := Lesson{ID: id, Plan: shared}
	entries, err := fs.ReadDir(content, id)
	if err != nil {
		r.Add(0, "%v", err)
		return lesson, append(problems, r.Problems...)
	}
	for _, entry := range entries {
		match := textFile.FindStringSubmatch(entry.Name())
		if match == nil {
			continue
		}
		file := path.Join(id, entry.Name())
		markdown, err := fs.ReadFile(content, file)
		if err != nil {
			r.Add(0, "%v", err)
			continue
		}
		document := Render(Source{Lesson: id, Language: match[1], File: file, Text: markdown}, shared)
		problems = append(problems, document.Problems...)
		lesson.Documents = append(lesson.Documents, document)
	}
	if len(lesson.Documents) == 0 {
		r.Add(0, "no text: want a file such as lesson.en.md")
		return lesson, append(problems, r.Problems...)
	}
	for _, document := range lesson.Documents {
		problems = append(problems, agree(lesson, document)...)
	}
	for _, document := range lesson.Documents[1:] {
		problems = append(problems, compare(id, lesson.Documents[0], document)...)
	}
	problems = append(problems, unused(lesson)...)
	return lesson, append(problems, r.Problems...)
}

// compare reports where a text has other steps or other runnable blocks than
// the lesson's first text.
func compare(id string, first, other Document) reading.Problems {
	r := &reading.Report{File: path.Join(id, "lesson."+other.Language+".md")}
	if first.Minutes != other.Minutes || first.Kubernetes != other.Kubernetes {
		r.Add(1, "minutes and kubernetes differ from lesson.%s.md", first.Language)
	}
	if got, want := stepIDs(other), stepIDs(first); !slices.Equal(got, want) {
		r.Add(0, "steps are %s, those of lesson.%s.md are %s",
			strings.Join(got, ", "), first.Language, strings.Join(want, ", "))
		return r.Problems
	}
	for i, step := range other.Steps {
		if want := first.Steps[i].Runnables; !slices.Equal(step.Runnables, want) {
			r.Add(step.Line, "step %q runs %q, in lesson.%s.md it runs %q",
				step.ID, step.Runnables, first.Language, want)
		}
	}
	if got, want := outputs(other), outputs(first); !slices.Equal(got, want) {
		r.Add(0, "expected outputs differ from those of lesson.%s.md", first.Language)
	}
	return r.Problems
}

func outputs(document Document) []string {
	var all []string
	for _, block := range document.Blocks {
		if block.BlockKind == OutputBlock {
			all = append(all, block.Step+"\n"+block.Text)
		}
	}
	return all
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
func unused(lesson Lesson) reading.Problems {
	r := &reading.Report{File: path.Join(lesson.ID, plan.Name)}
	var runnables []string
	for _, step := range lesson.Documents[0].Steps {
		runnables = append(runnables, step.Runnables...)
	}
	for _, file := range lesson.Files {
		block := "file=" + file.Name
		if !slices.Contains(runnables, block) && !slices.Contains(runnables, block+" apply") {
			r.Add(0, "file %q is shown by no step", file.Name)
		}
	}
	return r.Problems
}
