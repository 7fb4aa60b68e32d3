package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// demanded matches the names that an expression demands: of objects, and images.
var demanded = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:get|exists)\(\s*['"][^'"]+['"]\s*,\s*['"]([^'"]+)['"]`),
	regexp.MustCompile(`\b(?:podsOf|replicaSetsOf|rolledOut|timeline|traffic)\(\s*['"]([^'"]+)['"]`),
	regexp.MustCompile(`==\s*['"]([^'"]+[/:][^'"]+)['"]`),
}

var (
	// codeSpan matches code in a sentence.
	codeSpan = regexp.MustCompile("`([^`]+)`")
	// objectOrImage matches code that names an object or an image.
	objectOrImage = regexp.MustCompile(`^[a-z0-9][a-z0-9./:-]*$`)
)

// checkNames contrasts what the checks demand with what a learner is told: a name
// that stands nowhere in the text up to the step, in its files or in the start
// cannot be guessed.
func (l *linter) checkNames() {
	for _, document := range l.lesson.Documents {
		for _, step := range l.lesson.Steps {
			told := l.toldUntil(document, step.ID, string(document.Text))
			for _, check := range step.Checks {
				for _, name := range namesIn(check.Expect.Text) {
					if !strings.Contains(told, name) {
						l.problems = append(l.problems, reading.Problem{
							File: l.planFile(), Line: check.At.Line, Column: check.At.Column,
							Message: fmt.Sprintf("check %q demands %q, which %s never names up to step %q", check.ID, name, path.Base(l.textFile(document.Language)), step.ID),
						})
					}
				}
			}
		}
	}
}

// toldUntil is the text up to the end of a step, and the files.
func (l *linter) toldUntil(document lessons.Document, step, text string) string {
	lines := strings.SplitAfter(text, "\n")
	end := len(lines)
	for i, one := range document.Steps {
		if one.ID == step && i+1 < len(document.Steps) {
			end = min(end, max(document.Steps[i+1].Line-1, 0))
		}
	}
	told := strings.Join(lines[:end], "")
	for _, file := range l.lesson.Files {
		told += string(file.Data)
	}
	return told
}

func namesIn(expression string) []string {
	var names []string
	for _, pattern := range demanded {
		for _, match := range pattern.FindAllStringSubmatch(expression, -1) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkPromises contrasts what the texts promise with what the checks demand: an object
// or an image that is said to be so once a check is met, and that the check never looks
// at, need not be so.
func (l *linter) checkPromises() {
	for _, document := range l.lesson.Documents {
		for _, step := range l.lesson.Steps {
			for _, check := range step.Checks {
				block, _ := document.Block(lessons.CheckBlock, step.ID, check.ID)
				met, _ := block.Sentence("met")
				for _, name := range namedIn(met.Text) {
					if !demands(check, name) {
						l.add(l.textFile(document.Language), met.Line, "check %q: the text promises something of %q, which its expression never looks at", check.ID, name)
					}
				}
			}
		}
	}
}

// demands reports whether a check looks at a name, or at a part of it, as in
// "endsWith(':v2')".
func demands(check plan.Check, name string) bool {
	text := check.Expect.Text + check.During.Text
	_, tag, hasTag := strings.Cut(name, ":")
	return strings.Contains(text, name) || hasTag && strings.Contains(text, tag)
}

// checkSpans contrasts the languages: the objects and images that a sentence names are the
// same in all of them.
func (l *linter) checkSpans() {
	if len(l.lesson.Documents) == 0 {
		return
	}
	first := l.lesson.Documents[0]
	for _, document := range l.lesson.Documents[1:] {
		for _, block := range document.Blocks {
			source, ok := first.Block(block.BlockKind, block.Step, block.ID)
			if !ok {
				continue
			}
			for _, sentence := range block.Sentences {
				other, ok := source.Sentence(sentence.Key)
				if got, want := namedIn(sentence.Text), namedIn(other.Text); ok && !slices.Equal(got, want) {
					l.add(l.textFile(document.Language), sentence.Line, "%s %q: sentence %q names %q, in lesson.%s.md it names %q",
						block.BlockKind, block.ID, sentence.Key, got, first.Language, want)
				}
			}
		}
	}
}

// namedIn is the code in a sentence that names objects and images, sorted.
func namedIn(sentence string) []string {
	var names []string
	for _, match := range codeSpan.FindAllStringSubmatch(sentence, -1) {
		if objectOrImage.MatchString(match[1]) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
