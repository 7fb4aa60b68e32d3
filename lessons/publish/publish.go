package publish

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"tabernetes/lessons"
	"tabernetes/lessons/scripts"
)

// IndexName is the name of the list of lessons.
const IndexName = "index.json"

// planName is the name of what the languages of a lesson share.
const planName = "lesson.json"

// Entry is one lesson in the list. Maps are keyed by language.
type Entry struct {
	ID         string            `json:"id"`
	Titles     map[string]string `json:"titles"`
	Summaries  map[string]string `json:"summaries"`
	Languages  []string          `json:"languages"`
	Minutes    int               `json:"minutes"`
	Kubernetes string            `json:"kubernetes"`
	Files      []string          `json:"files"`
	// Course and Place are absent when the lesson belongs to none.
	Course        string   `json:"course,omitempty"`
	Place         int      `json:"place,omitempty"`
	Prerequisites []string `json:"prerequisites,omitempty"`
	// Variants are the directories below that of the lesson, of which each learner gets
	// one: that with the number of the cluster's seed modulo theirs. Absent for a lesson
	// that is the same for everybody.
	Variants []string `json:"variants,omitempty"`
	// Steps are the ids of those that can be passed.
	Steps []string `json:"steps"`
}

// Index lists lessons, each once whatever variants it has.
func Index(all []lessons.Lesson) []Entry {
	index := make([]Entry, 0, len(all))
	for _, lesson := range all {
		if !slices.ContainsFunc(index, func(e Entry) bool { return e.ID == lesson.ID }) {
			index = append(index, describe(lesson))
		}
	}
	return index
}

// Files are those of a lesson, by their paths. What has problems is left out where it
// cannot be read.
func Files(content fs.FS, lesson lessons.Lesson) (map[string][]byte, error) {
	directory := path.Join(lesson.ID, lesson.Variant)
	files := map[string][]byte{}
	addJSON := func(name string, value any) error {
		encoded, err := JSON(value)
		if err != nil {
			return fmt.Errorf("encode %q of lesson %q: %w", name, lesson.ID, err)
		}
		files[path.Join(directory, name)] = encoded
		return nil
	}
	for _, document := range lesson.Documents {
		files[path.Join(directory, "lesson."+document.Language+".html")] = document.HTML
		if err := addJSON("lesson."+document.Language+".json", document.Told()); err != nil {
			return nil, err
		}
	}
	if err := addJSON(planName, lesson.Plan); err != nil {
		return nil, err
	}
	if lesson.Variant != "" && lesson.Variant == lesson.Variants[0] {
		files[path.Join(lesson.ID, planName)] = files[path.Join(directory, planName)]
	}
	// Their problems are those of whoever plays them.
	typed, _ := scripts.ReadAll(content, lesson.ID, lesson.Variant)
	if err := addJSON("solution.json", typed.Steps()); err != nil {
		return nil, err
	}
	for _, file := range lesson.AllFiles() {
		files[path.Join(directory, file.Name)] = file.Data
	}
	return files, nil
}

// JSON encodes a value as these files have it.
func JSON(value any) ([]byte, error) {
	encoded, err := json.MarshalIndent(value, "", "  ")
	return append(encoded, '\n'), err
}

func describe(lesson lessons.Lesson) Entry {
	entry := Entry{
		ID:        lesson.ID,
		Titles:    map[string]string{},
		Summaries: map[string]string{},
		Files:     []string{},
		Steps:     []string{},
		Course:    lesson.Course, Place: lesson.Place, Prerequisites: lesson.Prerequisites,
		Variants: lesson.Variants,
	}
	for i, document := range lesson.Documents {
		if i == 0 {
			entry.Minutes, entry.Kubernetes = document.Minutes, document.Kubernetes
		}
		entry.Languages = append(entry.Languages, document.Language)
		entry.Titles[document.Language] = document.Title
		entry.Summaries[document.Language] = document.Summary
	}
	for _, step := range lesson.Steps {
		if len(step.Checks) > 0 {
			entry.Steps = append(entry.Steps, step.ID)
		}
	}
	for _, file := range lesson.Files {
		entry.Files = append(entry.Files, file.Name)
	}
	return entry
}
