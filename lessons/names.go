package lessons

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// namer finds the steps that lesson.yaml and the texts call by different names, says where
// the mistake is, and goes on with the name that was meant: one mistake in the name of a
// step is one problem, and what else is wrong in the step is found.
type namer struct {
	lesson *Lesson
	texts  []Source
	// parts are the steps that scripts name.
	parts    []string
	problems reading.Problems
	// lost are the steps that have no heading, by language.
	lost map[string][]string
}

func (n *namer) settle() {
	for i := range n.lesson.Steps {
		step := &n.lesson.Steps[i]
		var lacking []int
		for i, text := range n.texts {
			if !slices.Contains(stepsIn(text.Text), step.ID) {
				lacking = append(lacking, i)
			}
		}
		if step.ID == "" || len(lacking) == len(n.texts) && n.isMisnamed(step) {
			continue
		}
		for _, i := range lacking {
			n.settleHeading(&n.texts[i], step.ID)
		}
	}
	n.settleOthers()
}

// isMisnamed reports a step that lesson.yaml alone calls so, and takes the name that all
// texts have.
func (n *namer) isMisnamed(step *plan.Step) bool {
	if slices.Contains(n.parts, step.ID) {
		return false
	}
	common := slices.DeleteFunc(stepsIn(n.texts[0].Text), func(id string) bool {
		return n.isStep(id) || slices.ContainsFunc(n.texts, func(text Source) bool { return !slices.Contains(stepsIn(text.Text), id) })
	})
	meant := reading.Nearest(step.ID, common)
	if meant == "" {
		return false
	}
	n.problems = append(n.problems, reading.Problem{
		File: path.Join(n.lesson.ID, plan.Name), Line: step.At.Line, Column: step.At.Column,
		Message: fmt.Sprintf("step %q: no text has a heading {#%s}; did you mean %q?", step.ID, step.ID, meant),
	})
	step.ID = meant
	return true
}

func (n *namer) isStep(id string) bool { _, ok := n.lesson.Step(id); return ok }

// stepsIn are the ids of the steps of a text.
func stepsIn(text []byte) []string {
	var ids []string
	for _, one := range headingsOf(text) {
		if one.level == stepLevel && one.id != "" {
			ids = append(ids, one.id)
		}
	}
	return ids
}

// settleHeading finds the heading that a step should have in a text.
func (n *namer) settleHeading(text *Source, step string) {
	found, message := n.headingFor(*text, step)
	if message == "" {
		n.lost[text.Language] = append(n.lost[text.Language], step)
		message = fmt.Sprintf("step %q of %s has no heading: want \"## Title {#%s}\"", step, plan.Name, step)
	} else {
		text.Text = found.repair(text.Text, step)
	}
	n.problems = append(n.problems, reading.Problem{File: text.File, Line: found.line, Column: found.column, Message: message})
}

// headingFor is the heading that was most likely meant for a step, and what is wrong with
// it: one of another level, one with a similar id, or one with a foreign id or none at the
// place at which the step stands elsewhere.
func (n *namer) headingFor(text Source, step string) (heading, string) {
	var steps, free []heading
	var ids []string
	for _, one := range headingsOf(text.Text) {
		if one.id == step {
			one.column = 1
			return one, fmt.Sprintf("heading {#%s} is that of a step: want %q before it, got %q", step, "##", strings.Repeat("#", one.level))
		}
		if one.level != stepLevel {
			continue
		}
		isAgain := one.id != "" && slices.ContainsFunc(steps, func(h heading) bool { return h.id == one.id })
		steps = append(steps, one)
		if one.id == "" || isAgain || !n.isStep(one.id) && !n.isElsewhere(one.id, step) {
			free, ids = append(free, one), append(ids, one.id)
		}
	}
	at := -1
	if meant := reading.Nearest(step, ids); meant != "" {
		at = slices.Index(ids, meant)
	}
	if at < 0 {
		at = slices.IndexFunc(free, func(h heading) bool { return slices.Index(steps, h) == n.expectedAt(step, len(steps)) })
	}
	if at < 0 {
		return heading{}, ""
	}
	found := free[at]
	switch {
	case found.id != "" && n.isStep(found.id):
		return found, fmt.Sprintf("heading {#%s} stands twice, and step %q has none; did you mean {#%s}?", found.id, step, step)
	case found.id != "":
		return found, fmt.Sprintf("heading {#%s} names no step of %s; steps are %s; did you mean {#%s}?",
			found.id, plan.Name, strings.Join(n.stepIDs(), ", "), step)
	case found.tail != "":
		return found, fmt.Sprintf("%q is no id of a step: want {#%s}", found.tail, step)
	}
	return found, fmt.Sprintf("the heading has no id: want {#%s} at its end", step)
}

// isElsewhere reports whether a text that has a step has another besides: then that is not
// the step by another name.
func (n *namer) isElsewhere(id, step string) bool {
	return slices.ContainsFunc(n.texts, func(text Source) bool {
		ids := stepsIn(text.Text)
		return slices.Contains(ids, step) && slices.Contains(ids, id)
	})
}

// expectedAt is the number of a step in a text with so many steps: that which it has in
// another text, or in a plan that has all of them; -1 when neither says.
func (n *namer) expectedAt(step string, steps int) int {
	for _, text := range n.texts {
		ids := stepsIn(text.Text)
		if at := slices.Index(ids, step); at >= 0 && len(ids) == steps {
			return at
		}
	}
	if ids := n.stepIDs(); len(ids) == steps {
		return slices.Index(ids, step)
	}
	return -1
}

func (n *namer) stepIDs() []string {
	var ids []string
	for _, step := range n.lesson.Steps {
		if step.ID != "" {
			ids = append(ids, step.ID)
		}
	}
	return ids
}

// settleOthers does the same for steps that are only read, of which lesson.yaml says
// nothing: the text that the others are translated from has their names.
func (n *namer) settleOthers() {
	source := slices.IndexFunc(n.texts, func(text Source) bool { return text.Language == SourceLanguage(n.languages()) })
	if source < 0 {
		return
	}
	wanted := stepsIn(n.texts[source].Text)
	for i := range n.texts {
		text := &n.texts[i]
		missing := without(wanted, stepsIn(text.Text))
		for _, one := range headingsOf(text.Text) {
			meant := reading.Nearest(one.id, missing)
			if one.level != stepLevel || one.id == "" || slices.Contains(wanted, one.id) || n.isStep(one.id) || meant == "" || n.isStep(meant) {
				continue
			}
			n.problems = append(n.problems, reading.Problem{
				File: text.File, Line: one.line, Column: one.column,
				Message: fmt.Sprintf("heading {#%s} is not in %s; did you mean {#%s}?", one.id, path.Base(n.texts[source].File), meant),
			})
			text.Text = one.repair(text.Text, meant)
		}
	}
}

func (n *namer) languages() []string {
	var languages []string
	for _, text := range n.texts {
		languages = append(languages, text.Language)
	}
	return languages
}

func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// SourceLanguage is the one of a lesson's languages that the others are translated from:
// English where it has that, else its first; "" when it has none.
func SourceLanguage(languages []string) string {
	switch {
	case len(languages) == 0:
		return ""
	case slices.Contains(languages, "en"):
		return "en"
	}
	return languages[0]
}
