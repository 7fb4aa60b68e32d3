package lint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons"
)

// sourceLanguage is the one that others are translated from, where a lesson has it.
const sourceLanguage = "en"

// sumsName is the name of the file that says which paragraphs a text was translated
// from: for each of them its step and the beginning of its hash, in order.
func sumsName(language string) string { return "lesson." + language + ".sums" }

// paragraph is a block of a text that is translated: all but what runs, which is
// the same in every language.
type paragraph struct {
	step   string
	number int // in its step, from 0
	sum    string
	line   int
}

// sourceOf returns the language that the others are translated from.
func sourceOf(documents []lessons.Document) string {
	if slices.ContainsFunc(documents, func(d lessons.Document) bool { return d.Language == sourceLanguage }) {
		return sourceLanguage
	}
	if len(documents) == 0 {
		return ""
	}
	return documents[0].Language
}

// Sums returns the files that say that each translation of a lesson is one of its
// source as it is now, by their names in the lesson's directory.
func Sums(content fs.FS, id string) (map[string][]byte, error) {
	lesson, _ := lessons.Load(content, id, "")
	from := sourceOf(lesson.Documents)
	text, err := fs.ReadFile(content, path.Join(id, "lesson."+from+".md"))
	if err != nil {
		return nil, fmt.Errorf("read the source of the translations: %w", err)
	}
	var sums bytes.Buffer
	for _, one := range paragraphs(text) {
		fmt.Fprintf(&sums, "%s %s\n", one.step, one.sum)
	}
	files := map[string][]byte{}
	for _, document := range lesson.Documents {
		if document.Language != from {
			files[sumsName(document.Language)] = sums.Bytes()
		}
	}
	return files, nil
}

// checkTranslations reports paragraphs that have changed since they were translated.
func (l *linter) checkTranslations() {
	from := sourceOf(l.lesson.Documents)
	source, err := fs.ReadFile(l.content, l.textFile(from))
	if err != nil {
		return
	}
	now := paragraphs(source)
	for _, document := range l.lesson.Documents {
		if document.Language == from {
			continue
		}
		file := l.textFile(document.Language)
		sums, err := fs.ReadFile(l.content, path.Join(l.lesson.ID, sumsName(document.Language)))
		if err != nil {
			l.add(file, 0, "no %s says what it was translated from: run tabernetes lesson translated", sumsName(document.Language))
			continue
		}
		text, err := fs.ReadFile(l.content, file)
		if err != nil {
			continue
		}
		l.compare(file, now, strings.Split(strings.TrimSpace(string(sums)), "\n"), paragraphs(text))
	}
}

func (l *linter) compare(file string, now []paragraph, sums []string, translated []paragraph) {
	left := slices.Clone(sums)
	changed := map[string]bool{}
	for _, one := range now {
		if at := slices.Index(left, one.step+" "+one.sum); at >= 0 {
			left = slices.Delete(left, at, at+1)
			continue
		}
		changed[one.step] = true
		line := 0
		for _, other := range translated {
			if other.step == one.step && other.number <= one.number {
				line = other.line
			}
		}
		l.add(file, line, "its source, line %d, has changed since it was translated: revise it, then run tabernetes lesson translated", one.line)
	}
	for _, gone := range left {
		step, _, _ := strings.Cut(gone, " ")
		if changed[step] {
			continue
		}
		changed[step] = true
		line := 0
		for _, other := range translated {
			if other.step == step && line == 0 {
				line = other.line
			}
		}
		l.add(file, line, "step %q: a paragraph of its source is gone: revise it, then run tabernetes lesson translated", step)
	}
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
		joined := strings.TrimSpace(strings.Join(block, "\n"))
		block = nil
		if joined == "" || !isTranslated {
			isTranslated = true
			return
		}
		sum := sha256.Sum256([]byte(joined))
		all = append(all, paragraph{step: step, number: number, sum: hex.EncodeToString(sum[:6]), line: begin})
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
