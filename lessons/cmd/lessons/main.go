// Command lessons writes the built-in lessons into a built site.
//
//	go run ./lessons/cmd/lessons --out web/dist/lessons
//
// It is called by the Makefile. Below the output directory it writes
//
//	index.json                  the list of lessons, see [entry]
//	<id>/lesson.<language>.html one fragment per language
//	<id>/lesson.<language>.json what is told of its plan: sentences of checks and questions, hints of wrong ways
//	<id>/lesson.json            the plan that all languages share
//	<id>/solution.json          what passes each step: blocks by the ids of the steps
//	<id>/<file>                 the files that a learner applies
//
// It writes nothing when any lesson has a problem, and lists all problems.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"tabernetes/lessons"
	"tabernetes/lessons/scripts"
)

// entry is one lesson in index.json. Maps are keyed by language.
type entry struct {
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
	// Steps are the ids of those that can be passed.
	Steps []string `json:"steps"`
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("lessons", flag.ContinueOnError)
	flags.SetOutput(stdout)
	out := flags.String("out", "", "directory to write to (required)")
	from := flags.String("content", "", "directory with lessons; those built in when empty")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *out == "" || flags.NArg() > 0 {
		return errors.New("usage: lessons --out DIRECTORY [--content DIRECTORY]")
	}
	content, err := lessons.Content()
	if err != nil {
		return err
	}
	if *from != "" {
		content = os.DirFS(*from)
	}
	return build(content, *out, stdout)
}

func build(content fs.FS, out string, stdout io.Writer) error {
	all, err := lessons.LoadAll(content)
	if err != nil {
		return err
	}
	index := make([]entry, 0, len(all))
	for _, lesson := range all {
		if err := writeLesson(content, lesson, filepath.Join(out, lesson.ID)); err != nil {
			return err
		}
		index = append(index, describe(lesson))
	}
	// Last, so that an index never names what is not there.
	if err := writeJSON(filepath.Join(out, "index.json"), index); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "wrote %d lessons to %s\n", len(all), out)
	return err
}

func writeLesson(content fs.FS, lesson lessons.Lesson, directory string) error {
	for _, document := range lesson.Documents {
		name := filepath.Join(directory, "lesson."+document.Language+".html")
		if err := writeFile(name, document.HTML); err != nil {
			return err
		}
		if err := writeJSON(filepath.Join(directory, "lesson."+document.Language+".json"), document.Told()); err != nil {
			return err
		}
	}
	if err := writeJSON(filepath.Join(directory, "lesson.json"), lesson.Plan); err != nil {
		return err
	}
	all, problems := scripts.ReadAll(content, lesson.ID)
	if len(problems) > 0 {
		return problems
	}
	if err := writeJSON(filepath.Join(directory, "solution.json"), all.Steps()); err != nil {
		return err
	}
	for _, file := range append(slices.Clone(lesson.Files), lesson.Start.Manifests...) {
		if err := writeFile(filepath.Join(directory, file.Name), file.Data); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(name string, value any) error {
	encoded, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %q: %w", filepath.Base(name), err)
	}
	return writeFile(name, append(encoded, '\n'))
}

// writeFile makes the directory when it is not there.
func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	// The error of os has the name already.
	return os.WriteFile(name, data, 0o644)
}

func describe(lesson lessons.Lesson) entry {
	first := lesson.Documents[0]
	e := entry{
		ID:         lesson.ID,
		Titles:     map[string]string{},
		Summaries:  map[string]string{},
		Minutes:    first.Minutes,
		Kubernetes: first.Kubernetes,
		Files:      []string{},
		Steps:      []string{},
		Course:     lesson.Course, Place: lesson.Place, Prerequisites: lesson.Prerequisites,
	}
	for _, document := range lesson.Documents {
		e.Languages = append(e.Languages, document.Language)
		e.Titles[document.Language] = document.Title
		e.Summaries[document.Language] = document.Summary
	}
	for _, step := range lesson.Steps {
		if len(step.Checks) > 0 {
			e.Steps = append(e.Steps, step.ID)
		}
	}
	for _, file := range lesson.Files {
		e.Files = append(e.Files, file.Name)
	}
	return e
}
