package lint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// sumsFile matches the name of the file that says which paragraphs a text was translated
// from: for each of them its step and the beginning of its hash, in order.
var sumsFile = regexp.MustCompile(`^lesson\.([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.sums$`)

func sumsName(language string) string { return "lesson." + language + ".sums" }

// translationOf finds the language of a translation in the name of that file.
func translationOf(name string) (language string, ok bool) {
	match := sumsFile.FindStringSubmatch(name)
	if match == nil {
		return "", false
	}
	return match[1], true
}

// paragraph is a block of a text that is translated: all but what runs, which is
// the same in every language.
type paragraph struct {
	step   string
	number int // in its step, from 0
	sum    string
	// line is the first one, last the last.
	line, last int
}

// sourceOf returns the text that the others are translated from; false when there is none.
func sourceOf(documents []lessons.Document) (lessons.Document, bool) {
	var languages []string
	for _, document := range documents {
		languages = append(languages, document.Language)
	}
	from := slices.Index(languages, lessons.SourceLanguage(languages))
	if from < 0 {
		return lessons.Document{}, false
	}
	return documents[from], true
}

// Sums returns the files that say that each translation of a lesson is one of its
// source as it is now, by their names in the lesson's directory.
func Sums(content fs.FS, id string) (map[string][]byte, error) {
	lesson, problems := lessons.Load(content, id, "")
	source, ok := sourceOf(lesson.Documents)
	if !ok {
		return nil, fmt.Errorf("read the source of the translations: %w", problems)
	}
	var sums bytes.Buffer
	for _, one := range paragraphs(source.Text) {
		fmt.Fprintf(&sums, "%s %s\n", one.step, one.sum)
	}
	files := map[string][]byte{}
	for _, document := range lesson.Documents {
		if document.Language != source.Language {
			files[sumsName(document.Language)] = sums.Bytes()
		}
	}
	return files, nil
}

// missingTexts reports texts that are not there and that something speaks of: the sums of
// a translation, or the other lessons of the course, which have more languages.
func missingTexts(content fs.FS, id string) reading.Problems {
	entries, err := fs.ReadDir(content, id)
	if err != nil {
		return nil // reported as the lesson was read
	}
	why := map[string]string{}
	source := lessons.SourceLanguage([]string{"en"})
	for _, entry := range entries {
		if language, ok := translationOf(entry.Name()); ok {
			why[language] = entry.Name() + " says that there is one"
			if _, ok := why[source]; !ok {
				why[source] = entry.Name() + " says that there is a translation of it"
			}
		}
	}
	if others, course := siblings(content, id); course != "" {
		for _, other := range others {
			for _, language := range languagesIn(content, other) {
				if _, ok := why[language]; !ok {
					why[language] = fmt.Sprintf("lesson %q of course %q has one in this language", other, course)
				}
			}
		}
	}
	there := languagesIn(content, id)
	var problems reading.Problems
	for _, language := range slices.Sorted(maps.Keys(why)) {
		if !slices.Contains(there, language) {
			problems = append(problems, reading.Problem{
				File: path.Join(id, "lesson."+language+".md"), Message: "the text is missing: " + why[language],
			})
		}
	}
	return problems
}

// siblings are the other lessons of the same course.
func siblings(content fs.FS, id string) (others []string, course string) {
	own, _ := plan.Load(content, id, "")
	entries, err := fs.ReadDir(content, ".")
	if own.Course == "" || err != nil {
		return nil, ""
	}
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == id || !reading.Identifier.MatchString(entry.Name()) {
			continue
		}
		if other, _ := plan.Load(content, entry.Name(), ""); other.Course == own.Course {
			others = append(others, entry.Name())
		}
	}
	return others, own.Course
}

// languagesIn are those in which a lesson has a text.
func languagesIn(content fs.FS, id string) []string {
	var languages []string
	entries, err := fs.ReadDir(content, id)
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if language, ok := lessons.LanguageOf(entry.Name()); ok {
			languages = append(languages, language)
		}
	}
	return languages
}

// checkTranslations reports paragraphs that have changed since they were translated.
func (l *linter) checkTranslations() {
	source, ok := sourceOf(l.lesson.Documents)
	if !ok {
		return
	}
	for _, document := range l.lesson.Documents {
		if document.Language == source.Language || len(document.Lost)+len(source.Lost) > 0 {
			continue
		}
		file := l.textFile(document.Language)
		sums, err := fs.ReadFile(l.content, path.Join(l.lesson.ID, sumsName(document.Language)))
		if err != nil {
			l.add(file, 0, "there is no %s, which says what it was translated from: run tabernetes lesson translated", sumsName(document.Language))
			continue
		}
		c := comparison{
			linter: l, file: file, source: path.Base(l.textFile(source.Language)),
			now: paragraphs(source.Text), sums: strings.Split(strings.TrimSpace(strings.ReplaceAll(string(sums), "\r\n", "\n")), "\n"),
			translated: paragraphs(document.Text),
		}
		c.compare()
	}
}

// comparison is that of a translation with the text that it was translated from.
type comparison struct {
	*linter
	// file and source name the two texts in problems.
	file, source string
	// sums are the steps and hashes of the paragraphs that were translated.
	sums            []string
	now, translated []paragraph
}

const thenRevise = "revise the translation, then run tabernetes lesson translated"

func (c comparison) compare() {
	left := slices.Clone(c.sums)
	var changed []paragraph
	for _, one := range c.now {
		if at := slices.Index(left, one.step+" "+one.sum); at >= 0 {
			left = slices.Delete(left, at, at+1)
			continue
		}
		changed = append(changed, one)
	}
	if len(changed) > 1 && len(changed) == len(c.now) {
		c.add(c.file, 0, "%s is another text than the one that it was translated from: %s", c.source, thenRevise)
		return
	}
	isChanged := map[string]bool{}
	for _, one := range changed {
		isChanged[one.step] = true
		// What is to be repaired in the source is compared when it is.
		if !c.hasProblem(path.Join(c.lesson.ID, c.source), one) {
			c.add(c.file, c.placeOf(one), "%s:%d has changed since it was translated: %s", c.source, one.line, thenRevise)
		}
	}
	isToBeRepaired := slices.ContainsFunc(c.problems, func(p reading.Problem) bool { return p.File == path.Join(c.lesson.ID, c.source) })
	for _, gone := range left {
		step, _, _ := strings.Cut(gone, " ")
		if isChanged[step] || isToBeRepaired {
			continue
		}
		isChanged[step] = true
		c.add(c.file, c.placeOf(paragraph{step: step}), "step %q: a paragraph of %s that was translated is not there any more: %s", step, c.source, thenRevise)
	}
}

// placeOf is the line at which a paragraph of the source has most likely been translated.
func (c comparison) placeOf(one paragraph) int {
	line := 0
	for _, other := range c.translated {
		if other.step == one.step && (other.number <= one.number || line == 0) {
			line = other.line
		}
	}
	return line
}

// hasProblem reports whether something else is wrong with a paragraph.
func (l *linter) hasProblem(file string, one paragraph) bool {
	return slices.ContainsFunc(l.problems, func(p reading.Problem) bool {
		return p.File == file && p.Line >= one.line && p.Line <= one.last
	})
}

var (
	stepHeading = regexp.MustCompile(`^## .*\{#([a-z0-9-]+)\}\s*$`)
	fenceLine   = regexp.MustCompile("^(```+|~~~+)\\s*(\\S*)(.*)$")
)

// paragraphs splits a text. Fenced code is one block whatever is in it.
func paragraphs(text []byte) []paragraph {
	var all []paragraph
	var block []string
	step, number, begin, fence, isTranslated := "start", 0, 0, "", true
	end := func() {
		length := len(block)
		joined := strings.TrimSpace(strings.Join(block, "\n"))
		block = nil
		if joined == "" || !isTranslated {
			isTranslated = true
			return
		}
		sum := sha256.Sum256([]byte(joined))
		all = append(all, paragraph{step: step, number: number, sum: hex.EncodeToString(sum[:6]), line: begin, last: begin + length - 1})
		number++
	}
	for i, line := range strings.Split(string(text), "\n") {
		match := fenceLine.FindStringSubmatch(line)
		switch {
		case fence != "":
			block = append(block, line)
			if match != nil && strings.HasPrefix(match[1], fence) && match[2] == "" {
				fence = ""
				end()
			}
			continue
		case match != nil:
			end()
			fence, begin = match[1], i+1
			isTranslated = !strings.Contains(match[3], "run}") && !strings.Contains(match[3], "file=") && match[2] != string(lessons.OutputBlock)
		case strings.TrimSpace(line) == "":
			end()
			continue
		}
		if heading := stepHeading.FindStringSubmatch(line); heading != nil {
			end()
			step, number = heading[1], 0
		}
		if len(block) == 0 {
			begin = i + 1
		}
		block = append(block, line)
	}
	end()
	return all
}
