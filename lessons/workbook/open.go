package workbook

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

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
	problems = append(problems, found...)
	return lesson, append(problems, lesson.agree()...)
}

// agree reports where scripts and plan differ. A mistyped name counts as the one that it
// most likely stands for.
func (l *Workbook) agree() reading.Problems {
	if len(l.Steps) == 0 || l.Partial {
		return nil
	}
	r := &reading.Report{File: path.Join(l.ID, plan.Name)}
	switch {
	case l.Scripts.Solution == nil:
		r.Add(0, "there is no %s that passes the steps", scripts.SolutionFile)
	case !l.Scripts.Solution.Partial:
		l.agreeWithSolution(r, *l.Scripts.Solution)
	}
	owners, partial := map[string]string{}, false
	for _, step := range l.Steps {
		partial = partial || step.Partial
		for _, way := range step.WrongWays {
			if other, ok := owners[way.ID]; ok {
				r.AddAt(way.At, "wrong way %q stands in step %q already: its script is found by its id", way.ID, other)
			}
			owners[way.ID] = step.ID
		}
	}
	var lacking []string
	for id := range owners {
		if _, ok := l.Scripts.Wrong[id]; !ok && id != "" {
			lacking = append(lacking, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Scripts.Wrong)) {
		if _, ok := owners[id]; ok || partial {
			continue
		}
		script := l.Scripts.Wrong[id]
		meant := reading.Nearest(id, lacking)
		r.Problems = append(r.Problems, reading.Problem{
			File: script.File, Message: fmt.Sprintf("no step of %s has the wrong way %q%s", plan.Name, id, reading.DidYouMean(id, lacking)),
		})
		if meant != "" {
			l.Scripts.Wrong[meant] = script
		}
	}
	for _, step := range l.Steps {
		for _, way := range step.WrongWays {
			script, ok := l.Scripts.Wrong[way.ID]
			switch {
			case way.ID == "":
			case !ok:
				r.AddAt(way.At, "wrong way %q has no %s/%s.sh that goes it", way.ID, scripts.WrongDirectory, way.ID)
			case len(script.Parts) == 1 && script.Parts[0].Step != step.ID && owners[way.ID] == step.ID:
				r.Problems = append(r.Problems, script.Problem(script.Parts[0], "part %q: the wrong way is one of step %q", script.Parts[0].Step, step.ID))
			}
		}
	}
	return r.Sorted()
}

// agreeWithSolution wants a part for each step that demands something, in order.
func (l *Workbook) agreeWithSolution(r *reading.Report, solution scripts.Script) {
	var ids, lacking []string
	for _, step := range l.Steps {
		ids = append(ids, step.ID)
		if part, ok := solution.Part(step.ID); len(step.Checks) > 0 && (!ok || len(part.Blocks) == 0) {
			lacking = append(lacking, step.ID)
		}
	}
	last := -1
	for _, part := range solution.Parts {
		at := slices.Index(ids, part.Step)
		switch {
		case at < 0:
			meant := reading.Nearest(part.Step, lacking)
			lacking = slices.DeleteFunc(lacking, func(id string) bool { return id == meant })
			r.Problems = append(r.Problems, solution.Problem(part, "step %q is not in %s; steps are %s%s",
				part.Step, plan.Name, strings.Join(ids, ", "), reading.DidYouMean(part.Step, []string{meant})))
		case at < last:
			r.Problems = append(r.Problems, solution.Problem(part, "step %q stands before others that it follows in %s", part.Step, plan.Name))
		}
		last = max(last, at)
	}
	for _, step := range l.Steps {
		if slices.Contains(lacking, step.ID) {
			r.AddAt(step.At, "step %q: %s has no part %q for it", step.ID, path.Base(solution.File), scripts.StepMark+step.ID)
		}
	}
}
