package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons"
)

// checkLeftInSource reports lines of a translation that are those of the source: sentences
// that were forgotten. Lines of code, of names and of commands are the same everywhere.
func (l *linter) checkLeftInSource() {
	source, ok := sourceOf(l.lesson.Documents)
	if !ok {
		return
	}
	lines := map[string]int{}
	eachProse(source.Text, func(number int, line string) {
		if lines[line] == 0 {
			lines[line] = number
		}
	})
	for _, document := range l.lesson.Documents {
		if document.Language == source.Language {
			continue
		}
		file := l.textFile(document.Language)
		eachProse(document.Text, func(number int, line string) {
			if from := lines[line]; from > 0 {
				l.add(file, number, "the line is that of %s:%d, not translated", path.Base(l.textFile(source.Language)), from)
			}
		})
	}
}

var (
	// notProse matches what is the same in all languages: code, addresses, the ids of
	// headings, keys of sentences.
	notProse = regexp.MustCompile("`[^`]*`|\\]\\([^)]*\\)|<[^>]*>|\\{[^}]*\\}|^[a-z][a-z0-9-]*(?: \\([a-z0-9-]+\\))?: ")
	word     = regexp.MustCompile(`\pL[\pL'’]*`)
	// lowerCase matches a word that is no name: those of kinds, products and people
	// begin with a capital or have one.
	lowerCase = regexp.MustCompile(`^\p{Ll}{2,}$`)
)

// leastWords is how many words make a sentence, of which at least one is no name.
const leastWords = 3

// anyFence matches a line that opens or closes a block, wherever it stands.
var anyFence = regexp.MustCompile("^\\s*(`{3,}|~{3,})\\s*([a-z]*)")

// eachProse calls a function with each line of a text, without the spaces around it, that
// says something in its language: outside of code, with words.
func eachProse(text []byte, do func(number int, line string)) {
	var open []string // fences, the innermost last
	code := 0         // how many of them are around code
	for i, line := range strings.Split(string(text), "\n") {
		match := anyFence.FindStringSubmatch(line)
		switch {
		case match == nil && code == 0 && isProse(strings.TrimSpace(line)):
			do(i+1, strings.TrimSpace(line))
		case match == nil:
		case len(open) > 0 && match[2] == "" && strings.HasPrefix(match[1], open[len(open)-1]):
			open = open[:len(open)-1]
			code = max(0, code-1)
		case code == 0:
			open = append(open, match[1])
			if !slices.Contains(lessons.ProseBlocks, lessons.BlockKind(match[2])) {
				code++
			}
		}
	}
}

// isProse reports whether a line says something in a language.
func isProse(line string) bool {
	words := word.FindAllString(notProse.ReplaceAllString(line, " "), -1)
	if len(words) < leastWords {
		return false
	}
	for _, one := range words {
		if lowerCase.MatchString(one) {
			return true
		}
	}
	return false
}
