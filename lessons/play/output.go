package play

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/lessons"
	"tabernetes/lessons/reading"
)

// anything stands in an example for what it does not show: within a line for any
// text, on a line of its own for any number of lines.
const anything = "…"

// compareOutputs holds the examples in a step of the texts against what the commands
// before each of them print. Commands that the solution has typed in this step have
// printed it already; others are typed now.
func (s *session) compareOutputs(ctx context.Context, step lessons.Step) {
	document := s.lesson.Documents[0]
	for _, block := range document.Blocks {
		if block.BlockKind != lessons.OutputBlock || block.Step != step.ID {
			continue
		}
		commands, ok := step.CommandsBefore(block)
		if !ok {
			continue // a problem that the linter tells
		}
		printed, ok := s.printed[commands]
		if !ok {
			_, printed = s.keyboard.run(ctx, commands)
			s.printed[commands] = printed
		}
		for _, found := range compareOutput(block.Text, printed) {
			s.mismatches = append(s.mismatches, reading.Problem{
				File:    path.Join(s.lesson.ID, "lesson."+document.Language+".md"),
				Line:    block.Line + found.line,
				Message: found.message,
			})
		}
	}
}

// mismatch is a line of an example, from 1, that its commands do not print.
type mismatch struct {
	line    int
	message string
}

// compareOutput compares an example with what was printed, line by line. What
// differs by nature may differ (see mask), how wide the columns are too. Where the
// example leaves out no lines, the rows of a table may stand in another order: they
// are sorted by names that are made by chance.
func compareOutput(example, printed string) []mismatch {
	want, got := linesOf(example), linesOf(printed)
	isGap := func(l outputLine) bool { return l.text == anything }
	if slices.ContainsFunc(want, isGap) {
		return compareParts(want, got)
	}
	sortRows(want)
	sortRows(got)
	for i, line := range want {
		if i >= len(got) {
			return []mismatch{{line.number, fmt.Sprintf("the example has %q, the commands print nothing more", line.text)}}
		}
		if !line.matches(got[i]) {
			return []mismatch{{line.number, fmt.Sprintf("the example has %q, the commands print %q", line.text, got[i].text)}}
		}
	}
	if len(got) > len(want) {
		return []mismatch{{len(want), fmt.Sprintf("the commands go on with %q: want it in the example, or a line %q", got[len(want)].text, anything)}}
	}
	return nil
}

// compareParts compares an example that leaves out lines: what stands between two
// gaps has to be printed in this order.
func compareParts(want, got []outputLine) []mismatch {
	at := 0
	for len(want) > 0 {
		end := slices.IndexFunc(want, func(l outputLine) bool { return l.text == anything })
		isLast := end < 0
		if isLast {
			end = len(want)
		}
		part := want[:end]
		isFirst := want[0].number == 1
		found := -1
		for from := at; from+len(part) <= len(got); from++ {
			if isFirst && from > 0 || isLast && from+len(part) < len(got) {
				continue
			}
			if slices.EqualFunc(part, got[from:from+len(part)], outputLine.matches) {
				found = from
				break
			}
		}
		if found < 0 && len(part) > 0 {
			return []mismatch{{part[0].number, fmt.Sprintf("the commands do not print this part of the example, from %q on", part[0].text)}}
		}
		at = max(at, found+len(part))
		want = want[min(end+1, len(want)):]
	}
	return nil
}

// outputLine is one line of an output.
type outputLine struct {
	number int // from 1
	text   string
	masked string
}

func linesOf(output string) []outputLine {
	var lines []outputLine
	for i, text := range strings.Split(strings.TrimRight(output, " \n"), "\n") {
		text = strings.TrimRight(text, " \t\r")
		lines = append(lines, outputLine{number: i + 1, text: text, masked: mask(text)})
	}
	return lines
}

// matches reports whether a line of an example is the one that was printed.
func (l outputLine) matches(printed outputLine) bool {
	if !strings.Contains(l.masked, anything) {
		return l.masked == printed.masked
	}
	var pattern strings.Builder
	for i, part := range strings.Split(l.masked, anything) {
		if i > 0 {
			pattern.WriteString(".*")
		}
		pattern.WriteString(regexp.QuoteMeta(part))
	}
	return regexp.MustCompile("^" + pattern.String() + "$").MatchString(printed.masked)
}

// header matches the first line of a table.
var header = regexp.MustCompile(`^[A-Z][A-Z0-9()/%-]*( +[A-Z0-9()/%-]+)+$`)

// sortRows sorts the lines between the header of a table and the next empty line.
func sortRows(lines []outputLine) {
	for i := 0; i < len(lines); i++ {
		if !header.MatchString(lines[i].text) {
			continue
		}
		end := i + 1
		for end < len(lines) && lines[end].text != "" && !header.MatchString(lines[end].text) {
			end++
		}
		slices.SortStableFunc(lines[i+1:end], func(a, b outputLine) int { return strings.Compare(a.masked, b.masked) })
		i = end - 1
	}
}

// byNature are what differs from one cluster to the next, with what stands for it:
// UIDs, moments, addresses, resource versions, and the endings of generated names
// (k8s.io/apimachinery/pkg/util/rand has their letters).
var byNature = []struct {
	pattern *regexp.Regexp
	mask    string
}{
	{regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`), "(uid)"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "(time)"},
	{regexp.MustCompile(`\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}`), "(time)"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "(time)"},
	{regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`), "(address)"},
	{regexp.MustCompile(`\b(resourceVersion:) "?\d+"?`), "$1 (number)"},
	{regexp.MustCompile(`\b(pod-template-hash[=:] ?)[` + generated + `]{6,10}\b`), "$1(hash)"},
	{regexp.MustCompile(`-[` + generated + `]{6,10}-[` + generated + `]{5}\b`), "-(generated)"},
	{regexp.MustCompile(`-[` + generated + `]{8,10}\b`), "-(generated)"},
	{regexp.MustCompile(`-[` + generated + `]{5}\b`), "-(generated)"},
}

// generated are the letters of generated names.
const generated = "bcdfghjklmnpqrstvwxz2456789"

// age matches a duration as kubectl prints it. A number of minutes alone, such as
// "100m", is one of thousandths of a CPU behind a word with a colon.
var (
	age         = regexp.MustCompile(`^\(?(\d+d)?(\d+h)?(\d+m)?(\d+(\.\d+)?m?s)?[),]*$`)
	onlyMinutes = regexp.MustCompile(`^\d+m$`)
	number      = regexp.MustCompile(`[0-9.a-z]+`)
)

// mask returns a line in which all that differs by nature is alike, and words are one
// space apart. How far the line is indented stays.
func mask(line string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	for _, one := range byNature {
		line = one.pattern.ReplaceAllString(line, one.mask)
	}
	words := strings.Fields(line)
	for i, word := range words {
		isQuantity := i > 0 && strings.HasSuffix(words[i-1], ":") && words[i-1] != "Age:" && onlyMinutes.MatchString(word)
		if strings.ContainsAny(word, "0123456789") && age.MatchString(word) && !isQuantity {
			words[i] = number.ReplaceAllString(word, "(age)")
		}
	}
	return indent + strings.Join(words, " ")
}
