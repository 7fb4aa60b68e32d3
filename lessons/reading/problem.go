// Package reading is what is known of an author's files: the places in them and
// the problems that were found, and YAML read by its nodes, which know their
// places. Every package that reads a part of a lesson uses it. It knows nothing of
// lessons.
package reading

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Identifier matches the names of lessons, of steps, headings and of what stands in them.
var Identifier = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Place is where something stands in a file. Both numbers begin at 1, columns count
// characters; 0 means unknown.
type Place struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Problem is one thing wrong with a lesson.
type Problem struct {
	// File is the path inside the lessons directory, as in
	// "rolling-update/lesson.en.md".
	File string
	// Line is 1-based; 0 when the problem belongs to the file as a whole.
	Line int
	// Column is 1-based; 0 when the problem belongs to the line as a whole.
	Column  int
	Message string
}

// Error returns "file:line:column: message", the form editors can jump to.
func (p Problem) Error() string {
	switch {
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	case p.Column == 0:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems is an error that lists every problem found, one a line.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Once returns the problems without those that stand twice: of what the variants of a
// lesson have in common, each finds the same.
func (p Problems) Once() Problems {
	seen := map[Problem]bool{}
	return slices.DeleteFunc(slices.Clone(p), func(problem Problem) bool {
		was := seen[problem]
		seen[problem] = true
		return was
	})
}

// Report collects the problems of one file.
type Report struct {
	File     string
	Problems Problems
	// Lost counts the problems that leave out a part of the file with its names: what
	// other files say of these need not be wrong.
	Lost int
}

// Add notes a problem of a line, or of the whole file when line is 0.
func (r *Report) Add(line int, format string, arguments ...any) {
	r.AddAt(Place{Line: line}, format, arguments...)
}

// AddAt notes a problem at a place.
func (r *Report) AddAt(at Place, format string, arguments ...any) {
	r.Problems = append(r.Problems, Problem{
		File: r.File, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, arguments...),
	})
}

// LoseAt notes a problem at a place that leaves out a part of the file with its names.
func (r *Report) LoseAt(at Place, format string, arguments ...any) {
	r.Lost++
	r.AddAt(at, format, arguments...)
}

// Sorted returns the problems in the order of their places.
func (r *Report) Sorted() Problems {
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r.Problems
}

// PlaceAt returns the place of a byte offset; unknown for an unknown offset.
func PlaceAt(text []byte, offset int) Place {
	if offset < 0 {
		return Place{}
	}
	offset = min(offset, len(text))
	line := text[1+bytes.LastIndexByte(text[:offset], '\n') : offset]
	return Place{Line: LineAt(text, offset), Column: 1 + utf8.RuneCount(line)}
}

// LineAt returns the 1-based line of a byte offset; 0 for an unknown offset.
func LineAt(text []byte, offset int) int {
	if offset < 0 {
		return 0
	}
	return 1 + bytes.Count(text[:min(offset, len(text))], []byte("\n"))
}
