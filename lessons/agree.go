package lessons

import (
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
}

// agree reports where a text and the plan differ: a step that is not in the text,
// a block that is missing or is nobody's, a sentence that is missing or is never
// told, a value that does not exist.
func agree(lesson Lesson, document Document) reading.Problems {
	r := &reading.Report{File: path.Join(lesson.ID, "lesson."+document.Language+".md")}
	order := stepIDs(document)
	last := -1
	var wanted []want
	for _, step := range lesson.Steps {
		at := slices.Index(order, step.ID)
		switch {
		case at < 0:
			r.Add(0, "step %q of %s has no heading: want \"## Title {#%s}\"", step.ID, plan.Name, step.ID)
			continue
		case at < last:
			r.Add(document.Steps[at].Line, "step %q stands before others that it follows in %s", step.ID, plan.Name)
		}
		last = at
		wanted = append(wanted, wantedIn(step)...)
	}
	for _, w := range wanted {
		block, ok := document.Block(w.kind, w.step, w.id)
		if !ok {
			line := document.Steps[slices.Index(order, w.step)].Line
			if w.id == "" {
				r.Add(line, "step %q: no block: want ```%s", w.step, w.kind)
			} else {
				r.Add(line, "step %q: no block: want ```%s {id=%s}", w.step, w.kind, w.id)
			}
			continue
		}
		checkSentences(r, w, block)
	}
	for i, block := range document.Blocks {
		isTheirs := func(w want) bool { return w.kind == block.BlockKind && w.step == block.Step && w.id == block.ID }
		isFree := block.BlockKind == NoteBlock || block.BlockKind == OutputBlock
		isAgain := slices.ContainsFunc(document.Blocks[:i], func(b Block) bool {
			return b.BlockKind == block.BlockKind && b.Step == block.Step && b.ID == block.ID
		})
		switch {
		case isFree:
		case isAgain:
			r.Add(block.Line, "%s %q stands twice in step %q", block.BlockKind, block.ID, block.Step)
		case !slices.ContainsFunc(wanted, isTheirs):
			r.Add(block.Line, "%s %q is not in step %q of %s", block.BlockKind, block.ID, block.Step, plan.Name)
		}
	}
	return r.Sorted()
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
	if step.Debrief {
		wanted = append(wanted, want{kind: DebriefBlock, step: step.ID})
	}
	return wanted
}

func checkSentences(r *reading.Report, w want, block Block) {
	for _, key := range w.keys {
		if _, ok := block.Sentence(key); !ok {
			r.Add(block.Line, "%s %q: no sentence %q", block.BlockKind, block.ID, key)
		}
	}
	for _, sentence := range block.Sentences {
		if !slices.Contains(w.keys, sentence.Key) {
			r.Add(sentence.Line, "%s %q: sentence %q is never told, known are %q", block.BlockKind, block.ID, sentence.Key, w.keys)
		}
		for _, match := range placeholder.FindAllStringSubmatch(sentence.Text, -1) {
			if !slices.Contains(w.values, match[1]) {
				r.Add(sentence.Line, "%s %q: there is no value %q, known are %q", block.BlockKind, block.ID, match[1], w.values)
			}
		}
	}
}
