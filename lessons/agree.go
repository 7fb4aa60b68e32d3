package lessons

import (
	"fmt"
	"path"
	"regexp"
	"slices"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// placeholder matches the name of a value in a sentence: "{ready} of 3".
var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9-]*)\}`)

// Fill puts values into a sentence of a check.
func Fill(sentence string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(sentence, func(name string) string {
		if value, ok := values[name[1:len(name)-1]]; ok {
			return value
		}
		return name
	})
}

// want is a block that a text should have, with the sentences in it.
type want struct {
	kind     BlockKind
	step, id string
	keys     []string
	values   []string
	// partial says that it may have more keys and values.
	partial bool
}

// agreement compares a text with the plan.
type agreement struct {
	reading.Report
	lesson   Lesson
	document Document
	// wanted are the blocks of the plan, lost those of steps without a heading.
	wanted, lost []want
	// found are the blocks of the document that are one of those wanted.
	found map[int]bool
}

// agree reports where a text and the plan differ: a block that is missing or is
// nobody's, a sentence that is missing or is never told, a value that does not exist.
// Steps of the plan that are lost in the text have been reported.
func agree(lesson Lesson, document Document) reading.Problems {
	a := &agreement{
		Report: reading.Report{File: path.Join(lesson.ID, "lesson."+document.Language+".md")},
		lesson: lesson, document: document, found: map[int]bool{},
	}
	order := stepIDs(document)
	last := -1
	for _, step := range lesson.Steps {
		at := slices.Index(order, step.ID)
		switch {
		case slices.Contains(document.Lost, step.ID):
			a.lost = append(a.lost, wantedIn(step)...)
			continue
		case at < 0:
			continue
		case at < last:
			a.Add(document.Steps[at].Line, "step %q stands before others that it follows in %s", step.ID, plan.Name)
		}
		last = at
		a.wanted = append(a.wanted, wantedIn(step)...)
	}
	for _, w := range a.wanted {
		if i := a.find(w); i >= 0 {
			a.found[i] = true
			checkSentences(&a.Report, w, document.Blocks[i])
			continue
		}
		example := fmt.Sprintf("```%s {id=%s}", w.kind, w.id)
		if w.id == "" {
			example = fmt.Sprintf("```%s", w.kind)
		}
		a.Add(document.Steps[slices.Index(order, w.step)].Line, "step %q: no block: want %s", w.step, example)
	}
	a.reportOthers()
	return a.Sorted()
}

// find returns the number of the block that is wanted, or that is the wanted one with a
// mistake in its name or its step, which it reports; -1 for none.
func (a *agreement) find(w want) int {
	var ids []string
	elsewhere := -1
	for i, block := range a.document.Blocks {
		switch {
		case block.BlockKind != w.kind || a.found[i]:
		case block.Step == w.step && block.ID == w.id:
			return i
		case a.isWanted(block):
		case block.Step == w.step:
			ids = append(ids, block.ID)
		case block.ID == w.id && !a.isOfLost(block):
			elsewhere = i
		}
	}
	meant := reading.Nearest(w.id, ids)
	if meant == "" && len(ids) == 1 {
		meant = ids[0]
	}
	for i, block := range a.document.Blocks {
		if meant != "" && block.BlockKind == w.kind && block.Step == w.step && block.ID == meant {
			a.Add(block.Line, "%s %q is not in step %q of %s, where %q has no block; did you mean {id=%s}?",
				w.kind, block.ID, w.step, plan.Name, w.id, w.id)
			return i
		}
	}
	if elsewhere >= 0 {
		block := a.document.Blocks[elsewhere]
		a.Add(block.Line, "%s %q stands in step %q, in %s it is in step %q", w.kind, block.ID, block.Step, plan.Name, w.step)
	}
	return elsewhere
}

func (a *agreement) isWanted(block Block) bool { return block.isOneOf(a.wanted) }

// isOfLost reports whether a block stands in another step because its own has no heading.
func (a *agreement) isOfLost(block Block) bool {
	return slices.ContainsFunc(a.lost, func(w want) bool { return w.kind == block.BlockKind && w.id == block.ID })
}

func (b Block) isOneOf(wanted []want) bool {
	return slices.ContainsFunc(wanted, func(w want) bool { return w.kind == b.BlockKind && w.step == b.Step && w.id == b.ID })
}

// reportOthers reports blocks of the text that are none of those wanted.
func (a *agreement) reportOthers() {
	for i, block := range a.document.Blocks {
		step, isPlanned := a.lesson.Step(block.Step)
		isAgain := slices.ContainsFunc(a.document.Blocks[:i], func(b Block) bool {
			return b.BlockKind == block.BlockKind && b.Step == block.Step && b.ID == block.ID
		})
		name := fmt.Sprintf("%s %q", block.BlockKind, block.ID)
		if block.ID == "" {
			name = string(block.BlockKind)
		}
		switch {
		case block.BlockKind == NoteBlock || block.BlockKind == OutputBlock || a.found[i] || a.isOfLost(block):
		case isAgain:
			a.Add(block.Line, "%s stands twice in step %q", name, block.Step)
		case step.Partial || !isPlanned && a.lesson.Partial:
			// What could not be read of the plan may have it.
		default:
			a.Add(block.Line, "%s is not in step %q of %s", name, block.Step, plan.Name)
		}
	}
}

// wantedIn are the blocks of a step by its plan.
func wantedIn(step plan.Step) []want {
	var wanted []want
	for _, check := range step.Checks {
		w := want{kind: CheckBlock, step: step.ID, id: check.ID, keys: []string{"met"}}
		for _, missing := range check.Missing {
			w.keys = append(w.keys, missing.ID)
		}
		if check.CanBreak() {
			w.keys = append(w.keys, "broken")
		}
		for _, value := range check.Values {
			w.values = append(w.values, value.Name)
		}
		wanted = append(wanted, w)
	}
	for _, id := range step.Hints {
		wanted = append(wanted, want{kind: HintBlock, step: step.ID, id: id})
	}
	for _, way := range step.WrongWays {
		wanted = append(wanted, want{kind: WrongBlock, step: step.ID, id: way.ID})
	}
	for _, question := range step.Questions {
		wanted = append(wanted, want{
			kind: QuestionBlock, step: step.ID, id: question.ID,
			keys: append([]string{"ask", "why"}, question.Options...),
		})
	}
	// Of what could not be read of the plan there is no id.
	for i := range wanted {
		wanted[i].partial = step.Partial
		wanted[i].keys = without(wanted[i].keys, []string{""})
	}
	wanted = slices.DeleteFunc(wanted, func(w want) bool { return w.id == "" })
	if step.Debrief {
		wanted = append(wanted, want{kind: DebriefBlock, step: step.ID})
	}
	return wanted
}

func checkSentences(r *reading.Report, w want, block Block) {
	var missing []string
	for _, key := range w.keys {
		if _, ok := block.Sentence(key); !ok {
			missing = append(missing, key)
		}
	}
	for _, sentence := range block.Sentences {
		if !slices.Contains(w.keys, sentence.Key) && !w.partial {
			meant := reading.Nearest(sentence.Key, missing)
			missing = without(missing, []string{meant})
			r.Add(sentence.Line, "%s %q: sentence %q is never told, known are %q%s", block.BlockKind, block.ID, sentence.Key, w.keys,
				reading.DidYouMean(sentence.Key, []string{meant}))
		}
		for _, match := range placeholder.FindAllStringSubmatch(sentence.Text, -1) {
			if !slices.Contains(w.values, match[1]) && !w.partial {
				r.Add(sentence.Line, "%s %q: there is no value %q, known are %q%s", block.BlockKind, block.ID, match[1], w.values,
					reading.DidYouMean(match[1], w.values))
			}
		}
	}
	for _, key := range missing {
		if !block.partial {
			r.Add(block.Line, "%s %q: no sentence %q: want a line \"%s: ...\"", block.BlockKind, block.ID, key, key)
		}
	}
}
