package workbook

import (
	"fmt"
	"io/fs"
	"path"

	"tabernetes/lessons"
	"tabernetes/lessons/check"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
	"tabernetes/lessons/scripts"
)

// Workbook is a lesson that can be played.
type Workbook struct {
	lessons.Lesson
	Checks  *check.Compiled
	Scripts scripts.Scripts
}

// Open reads a lesson with its scripts and compiles its checks. What can be read of
// a lesson with problems is returned too; Checks is nil when they do not compile. Of a
// lesson with variants it opens one; "" means the first.
func Open(content fs.FS, id, variant string) (Workbook, reading.Problems) {
	read, problems := lessons.Load(content, id, variant)
	lesson := Workbook{Lesson: read}
	var found reading.Problems
	lesson.Scripts, found = scripts.ReadAll(content, id, read.Variant)
	problems = append(problems, found...)
	lesson.Checks, found = check.Compile(path.Join(id, plan.Name), read.Plan)
	return lesson, append(append(problems, found...), lesson.agree()...)
}

// agree reports where scripts and plan differ.
func (l Workbook) agree() reading.Problems {
	if len(l.Steps) == 0 {
		return nil
	}
	r := &reading.Report{File: path.Join(l.ID, plan.Name)}
	if l.Scripts.Solution == nil {
		r.Add(0, "there is no %s that passes the steps", scripts.SolutionFile)
	} else {
		l.agreeWithSolution(r, *l.Scripts.Solution)
	}
	known := map[string]string{}
	for _, step := range l.Steps {
		for _, way := range step.WrongWays {
			if other, ok := known[way.ID]; ok {
				r.AddAt(way.At, "wrong way %q stands in step %q already: its script is found by its id", way.ID, other)
			}
			known[way.ID] = step.ID
			script, ok := l.Scripts.Wrong[way.ID]
			switch {
			case !ok:
				r.AddAt(way.At, "wrong way %q has no %s/%s.sh that goes it", way.ID, scripts.WrongDirectory, way.ID)
			case len(script.Parts) == 1 && script.Parts[0].Step != step.ID:
				r.Problems = append(r.Problems, reading.Problem{
					File: script.File, Line: script.Parts[0].Line,
					Message: fmt.Sprintf("part %q: the wrong way is one of step %q", script.Parts[0].Step, step.ID),
				})
			}
		}
	}
	for id, script := range l.Scripts.Wrong {
		if known[id] == "" {
			r.Problems = append(r.Problems, reading.Problem{
				File: script.File, Line: 1, Message: fmt.Sprintf("no step of %s has the wrong way %q", plan.Name, id),
			})
		}
	}
	return r.Sorted()
}

// agreeWithSolution wants a part for each step that demands something, in order.
func (l Workbook) agreeWithSolution(r *reading.Report, solution scripts.Script) {
	for _, step := range l.Steps {
		if part, ok := solution.Part(step.ID); len(step.Checks) > 0 && (!ok || len(part.Blocks) == 0) {
			r.AddAt(step.At, "step %q: %s has no part %q for it", step.ID, scripts.SolutionFile, scripts.StepMark+step.ID)
		}
	}
	last := -1
	for _, part := range solution.Parts {
		at := -1
		for i, step := range l.Steps {
			if step.ID == part.Step {
				at = i
			}
		}
		problem := ""
		switch {
		case at < 0:
			problem = fmt.Sprintf("step %q is not in %s", part.Step, plan.Name)
		case at < last:
			problem = fmt.Sprintf("step %q stands before others that it follows in %s", part.Step, plan.Name)
		}
		if problem != "" {
			r.Problems = append(r.Problems, reading.Problem{File: solution.File, Line: part.Line, Message: problem})
		}
		last = max(last, at)
	}
}
