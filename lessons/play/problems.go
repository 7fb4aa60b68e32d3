package play

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// problem is one at a place of lesson.yaml.
func (l Lesson) problem(at reading.Place, format string, arguments ...any) reading.Problem {
	return reading.Problem{
		File: path.Join(l.ID, plan.Name), Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, arguments...),
	}
}

// passedAt is the place of what has been met too early: of the only check of a step, or of
// the step.
func passedAt(step plan.Step) reading.Place {
	if len(step.Checks) == 1 {
		return step.Checks[0].At
	}
	return step.At
}

// wayOf is the place of a wrong way.
func wayOf(step plan.Step, id string) reading.Place {
	for _, way := range step.WrongWays {
		if way.ID == id {
			return way.At
		}
	}
	return step.At
}

// startWords names the start in a problem.
func (l Lesson) startWords() string {
	if l.Start.At.Line == 0 {
		return "an empty cluster alone"
	}
	return fmt.Sprintf("the start of line %d alone", l.Start.At.Line)
}

// language is the one in which problems quote what a learner reads.
func (s *session) language() string { return s.lesson.Documents[0].Language }

// mostWarnings is how many warnings a problem quotes.
const mostWarnings = 3

// warnings are the latest different ones that the cluster's events tell: why a step that
// should be passed is not.
func (s *session) warnings() []string {
	events, err := s.observer.Objects("events", "")
	if err != nil {
		return nil // the problem is told without them
	}
	type warning struct{ at, text string }
	var all []warning
	for _, event := range events {
		if event["type"] != "Warning" {
			continue
		}
		object, _ := event["involvedObject"].(map[string]any)
		at, _ := event["lastTimestamp"].(string)
		all = append(all, warning{at, fmt.Sprintf("%v %v: %v: %v", object["kind"], object["name"], event["reason"], event["message"])})
	}
	slices.SortStableFunc(all, func(a, b warning) int { return cmp.Compare(b.at, a.at) })
	var texts []string
	for _, one := range all {
		if len(texts) < mostWarnings && !slices.Contains(texts, one.text) {
			texts = append(texts, one.text)
		}
	}
	return texts
}
