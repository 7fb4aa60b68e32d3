package lessons

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
	"tabernetes/lessons/scripts"
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
	texts, found := readTexts(content, id)
	problems = append(problems, found...)
	if len(texts) == 0 {
		return lesson, problems
	}
	lost := map[string][]string{}
	if !lesson.Partial {
		names := namer{lesson: &lesson, texts: texts, parts: partsOf(content, id, lesson.Variant), lost: lost}
		names.settle()
		problems = append(problems, names.problems...)
	}
	for _, text := range texts {
		document := Render(text, lesson.Plan)
		document.Lost = lost[document.Language]
		problems = append(problems, document.Problems...)
		lesson.Documents = append(lesson.Documents, document)
	}
	for _, document := range lesson.Documents {
		problems = append(problems, agree(lesson, document)...)
	}
	first := lesson.Documents[0]
	for _, document := range lesson.Documents[1:] {
		if len(first.Lost)+len(document.Lost) == 0 {
			problems = append(problems, compare(id, first, document)...)
		}
	}
	if !lesson.Partial && !first.partial {
		problems = append(problems, unused(lesson)...)
	}
	return lesson, problems
}

// readTexts reads the texts of a lesson in the order of their languages, without those of
// which nothing can be read.
func readTexts(content fs.FS, id string) ([]Source, reading.Problems) {
	entries, err := fs.ReadDir(content, id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil // so is lesson.yaml, which is reported
	case err != nil:
		return nil, reading.Problems{{File: id, Message: err.Error()}}
	}
	var texts []Source
	var problems reading.Problems
	for _, entry := range entries {
		language, ok := LanguageOf(entry.Name())
		if !ok {
			continue
		}
		file := path.Join(id, entry.Name())
		text, found := readText(content, file)
		problems = append(problems, found...)
		if text != nil {
			texts = append(texts, Source{Lesson: id, Language: language, File: file, Text: text})
		}
	}
	if len(texts)+len(problems) == 0 {
		problems = append(problems, reading.Problem{File: id, Message: "no text: want a file such as lesson.en.md"})
	}
	return texts, problems
}

// LanguageOf finds the language of a text in the name of its file, as in "lesson.en.md".
func LanguageOf(name string) (language string, ok bool) {
	match := textFile.FindStringSubmatch(name)
	if match == nil {
		return "", false
	}
	return match[1], true
}

// partsOf are the steps that the scripts of a lesson name. What is wrong with the scripts
// is told by who plays them.
func partsOf(content fs.FS, id, variant string) []string {
	all, _ := scripts.ReadAll(content, id, variant)
	var parts []string
	for step := range all.Steps() {
		parts = append(parts, step)
	}
	for _, script := range all.Wrong {
		for _, part := range script.Parts {
			parts = append(parts, part.Step)
		}
	}
	return parts
}

// compare reports where a text has other steps, other runnable blocks or other outputs
// than the lesson's first text.
func compare(id string, first, other Document) reading.Problems {
	r := &reading.Report{File: path.Join(id, "lesson."+other.Language+".md")}
	firstFile := "lesson." + first.Language + ".md"
	for _, field := range []struct {
		name      string
		got, want any
		isThere   bool
	}{
		{"minutes", other.Minutes, first.Minutes, other.Minutes > 0 && first.Minutes > 0},
		{"kubernetes", other.Kubernetes, first.Kubernetes, other.Kubernetes != "" && first.Kubernetes != ""},
	} {
		if field.isThere && field.got != field.want {
			r.AddAt(other.places[field.name], "%s is %v, in %s it is %v", field.name, field.got, firstFile, field.want)
		}
	}
	if got, want := stepIDs(other), stepIDs(first); !slices.Equal(got, want) {
		at := 0
		for i, step := range other.Steps {
			if at == 0 && (i >= len(want) || step.ID != want[i]) {
				at = step.Line
			}
		}
		r.Add(at, "steps are %s, those of %s are %s", strings.Join(got, ", "), firstFile, strings.Join(want, ", "))
		return r.Problems
	}
	for i, step := range other.Steps {
		if !first.partial && !other.partial {
			compareBlocks(r, firstFile, step, runnablesOf(first.Steps[i]), runnablesOf(step))
		}
		compareBlocks(r, firstFile, step, outputsOf(first, step.ID), outputsOf(other, step.ID))
	}
	return r.Problems
}

// comparable is a block that is the same in every language.
type comparable struct {
	text string
	line int
}

// compareBlocks reports the first block of a step that differs from that of the first text.
func compareBlocks(r *reading.Report, firstFile string, step Step, want, got []comparable) {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			r.Add(step.Line, "step %q lacks the block of %s:%d: %q", step.ID, firstFile, want[i].line, want[i].text)
		case i >= len(want):
			r.Add(got[i].line, "the block is not in %s: %q", firstFile, got[i].text)
		case got[i].text != want[i].text:
			r.Add(got[i].line, "the block differs from that of %s:%d, which is the same in all languages: got %q, want %q",
				firstFile, want[i].line, got[i].text, want[i].text)
		default:
			continue
		}
		return
	}
}

func runnablesOf(step Step) []comparable {
	var all []comparable
	for i, name := range step.Runnables {
		all = append(all, comparable{strings.TrimPrefix(name, runPrefix), step.RunnableLines[i]})
	}
	return all
}

func outputsOf(document Document, step string) []comparable {
	var all []comparable
	for _, block := range document.Blocks {
		if block.BlockKind == OutputBlock && block.Step == step {
			all = append(all, comparable{strings.TrimSpace(block.Text), block.Line})
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
			r.AddAt(file.At, "file %q is shown by no step: want a block ```yaml {file=%s} in the texts", file.Name, file.Name)
		}
	}
	return r.Problems
}
