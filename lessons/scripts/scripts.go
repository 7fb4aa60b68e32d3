package scripts

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons/reading"
)

// The files that are played. Those of a variant of a lesson are "solution/VARIANT.sh" and
// "wrong/VARIANT/ID.sh"; what stands elsewhere belongs to all variants.
const (
	SolutionFile      = "solution.sh"
	solutionDirectory = "solution"
	WrongDirectory    = "wrong"
)

// StepMark begins the part of a script that belongs to a step.
const StepMark = "# step: "

// Script is what a learner types, step by step.
type Script struct {
	// File is where it stands, inside the lessons directory.
	File  string
	Parts []Part
	// Partial says that something of it could not be read.
	Partial bool
}

// Part is what a learner types in one step.
type Part struct {
	// Step is its id.
	Step string
	// Blocks are typed one after another: those between empty lines.
	Blocks []string
	// BlockLines are where they begin.
	BlockLines []int
	Line       int
}

// Scripts are those of one lesson.
type Scripts struct {
	// Solution is nil when there is none.
	Solution *Script
	// Wrong has a script for each wrong way, by the id of the way.
	Wrong map[string]Script
}

// ReadAll reads the scripts of a lesson, or of one of its variants.
func ReadAll(content fs.FS, lesson, variant string) (Scripts, reading.Problems) {
	scripts := Scripts{Wrong: map[string]Script{}}
	var problems reading.Problems
	file := path.Join(lesson, SolutionFile)
	if own := path.Join(lesson, solutionDirectory, variant+".sh"); variant != "" && isThere(content, own) {
		file = own
	}
	solution, found, err := Read(content, file)
	switch {
	case err == nil:
		scripts.Solution = &solution
	case !errors.Is(err, fs.ErrNotExist):
		found = append(found, reading.Problem{File: file, Message: err.Error()})
	}
	problems = append(problems, found...)
	files, err := fs.Glob(content, path.Join(lesson, WrongDirectory, "*.sh"))
	if err == nil && variant != "" {
		var own []string
		own, err = fs.Glob(content, path.Join(lesson, WrongDirectory, variant, "*.sh"))
		files = append(files, own...)
	}
	if err != nil {
		return scripts, append(problems, reading.Problem{File: lesson, Message: err.Error()})
	}
	for _, file := range files {
		script, found, err := Read(content, file)
		if err != nil {
			found = append(found, reading.Problem{File: file, Message: err.Error()})
		}
		if err == nil && len(script.Parts) != 1 && !script.Partial {
			found = append(found, reading.Problem{File: file, Line: 1, Message: fmt.Sprintf("want one part, %q and what goes wrong in it, got %d", StepMark+"ID", len(script.Parts))})
		}
		problems = append(problems, found...)
		scripts.Wrong[strings.TrimSuffix(path.Base(file), ".sh")] = script
	}
	return scripts, problems
}

func isThere(content fs.FS, file string) bool {
	_, err := fs.Stat(content, file)
	return err == nil
}

// markLike matches a comment that most likely is to begin a part.
var markLike = regexp.MustCompile(`(?i)^\s*#+\s*steps?\b\s*:?\s*([a-z0-9-]+)\s*$`)

// Read reads one of them; the error is that of the file system.
func Read(content fs.FS, file string) (Script, reading.Problems, error) {
	data, err := fs.ReadFile(content, file)
	if err != nil {
		return Script{}, nil, err
	}
	r := &reading.Report{File: file}
	script := Script{File: file}
	text, ok := reading.Text(data, r)
	if !ok {
		script.Partial = true
		return script, r.Problems, nil
	}
	var block []string
	begin := 0
	end := func() {
		typed := strings.Join(block, "\n")
		block = nil
		if last := len(script.Parts) - 1; typed != "" && last >= 0 {
			script.Parts[last].Blocks = append(script.Parts[last].Blocks, typed)
			script.Parts[last].BlockLines = append(script.Parts[last].BlockLines, begin)
		}
	}
	for i, line := range strings.Split(string(bytes.TrimRight(text, "\n")), "\n") {
		id, isMark := strings.CutPrefix(line, StepMark)
		id = strings.TrimSpace(id)
		if match := markLike.FindStringSubmatch(line); match != nil && !isMark {
			id, isMark = match[1], true
			r.Add(i+1, "%q begins no part: want %q", line, StepMark+id)
		}
		isComment := strings.HasPrefix(line, "#") && len(block) == 0
		switch {
		case isMark:
			end()
			if slices.ContainsFunc(script.Parts, func(p Part) bool { return p.Step == id }) {
				r.Add(i+1, "step %q stands twice", id)
			}
			script.Parts = append(script.Parts, Part{Step: id, Line: i + 1})
		case strings.TrimSpace(line) == "":
			end()
		case isComment:
		case len(script.Parts) == 0:
			r.Add(i+1, "want a line %q before the first command", StepMark+"ID")
			script.Partial = true
			return script, r.Problems, nil
		default:
			if len(block) == 0 {
				begin = i + 1
			}
			block = append(block, line)
		}
	}
	end()
	return script, r.Problems, nil
}

// BlockProblem is one with a block of a part.
func (s Script) BlockProblem(part Part, block int, format string, arguments ...any) reading.Problem {
	return reading.Problem{File: s.File, Line: part.BlockLines[block], Column: 1, Message: fmt.Sprintf(format, arguments...)}
}

// Problem is one with a part.
func (s Script) Problem(part Part, format string, arguments ...any) reading.Problem {
	return reading.Problem{File: s.File, Line: part.Line, Column: len(StepMark) + 1, Message: fmt.Sprintf(format, arguments...)}
}

// Part is that of a step.
func (s Script) Part(step string) (Part, bool) {
	index := slices.IndexFunc(s.Parts, func(p Part) bool { return p.Step == step })
	if index < 0 {
		return Part{}, false
	}
	return s.Parts[index], true
}

// Steps are the blocks of the solution by the ids of their steps.
func (s Scripts) Steps() map[string][]string {
	blocks := map[string][]string{}
	if s.Solution != nil {
		for _, part := range s.Solution.Parts {
			blocks[part.Step] = part.Blocks
		}
	}
	return blocks
}
