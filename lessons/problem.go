package lessons

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a lesson.
type Problem struct {
	// File is the path inside the lessons directory, as in
	// "rolling-update/lesson.en.md".
	File string
	// Line is 1-based; 0 when the problem belongs to the file as a whole.
	Line    int
	Message string
}

// Error returns "file:line: message", the form editors can jump to.
func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
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

// report collects the problems of one file.
type report struct {
	file     string
	problems Problems
}

func (r *report) add(line int, format string, arguments ...any) {
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Message: fmt.Sprintf(format, arguments...)})
}

// sorted returns the problems in the order of their lines.
func (r *report) sorted() Problems {
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return r.problems
}

// lineAt returns the 1-based line of a byte offset; 0 for an unknown offset.
func lineAt(source []byte, offset int) int {
	if offset < 0 {
		return 0
	}
	return 1 + bytes.Count(source[:min(offset, len(source))], []byte("\n"))
}
