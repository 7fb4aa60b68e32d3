package tutor

import (
	"path"
	"testing/fstest"

	"tabernetes/lessons"
	"tabernetes/lessons/lint"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/workbook"
)

// Reading is a lesson from outside of the site, as ReadLesson of the page. Its HTML is
// safe to put into a page whatever the author wrote; the page sanitises it once more.
type Reading struct {
	Problems []Problem `json:"problems"`
	// Plan, Texts and Solution are what could be read in spite of the problems.
	Plan     plan.Plan           `json:"plan"`
	Texts    []Text              `json:"texts"`
	Solution map[string][]string `json:"solution"`
	// Playable says that the lesson can be begun: its checks compile, and texts and plan
	// agree well enough.
	Playable bool `json:"playable"`
}

// Problem is something that its author has to repair. Line and column begin at 1; 0
// means the whole file or line.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// Text is a lesson in one language.
type Text struct {
	Language string          `json:"language"`
	Title    string          `json:"title"`
	Summary  string          `json:"summary"`
	Minutes  int             `json:"minutes"`
	HTML     string          `json:"html"`
	Blocks   []lessons.Block `json:"blocks"`
}

// Read reads the files of a lesson, whose paths begin in its directory. Of a lesson with
// variants the seed chooses one; the problems are those of all.
func Read(id string, files map[string]string, seed uint64) Reading {
	// The standard library's only file system in memory.
	content := fstest.MapFS{}
	for name, text := range files {
		content[path.Join(id, name)] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	problems := lint.Lesson(content, id)
	book, _ := workbook.Open(content, id, plan.VariantOf(plan.Variants(content, id), seed))
	read := Reading{
		Problems: []Problem{}, Plan: book.Plan, Texts: []Text{}, Solution: book.Scripts.Steps(),
		Playable: book.Checks != nil && len(book.Steps) > 0,
	}
	for _, problem := range problems {
		read.Problems = append(read.Problems, Problem{problem.File, problem.Line, problem.Column, problem.Message})
	}
	for _, document := range book.Documents {
		read.Texts = append(read.Texts, Text{
			Language: document.Language, Title: document.Title, Summary: document.Summary, Minutes: document.Minutes,
			HTML: string(document.HTML), Blocks: document.Told(),
		})
	}
	return read
}
