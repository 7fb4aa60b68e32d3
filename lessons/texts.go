package lessons

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"

	"tabernetes/lessons/reading"
)

// readText reads the text of a lesson in one language, with blocks that are never closed
// closed. It returns nil for one of which nothing can be read.
func readText(content fs.FS, file string) ([]byte, reading.Problems) {
	r := &reading.Report{File: file}
	data, err := fs.ReadFile(content, file)
	if err != nil {
		r.Add(0, "%v", err)
		return nil, r.Problems
	}
	text, ok := reading.Text(data, r)
	if !ok {
		return nil, r.Problems
	}
	return closeBlocks(text, r), r.Problems
}

// fenceLine matches a line that opens or closes a block of code.
var fenceLine = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})\\s*(.*?)\\s*$")

// eachLine calls a function with each line of a text, which begins at 1, and says whether
// the line is inside of a block of code or one of its fences.
func eachLine(text []byte, do func(number int, line string, isCode bool)) {
	fence := ""
	for i, line := range strings.Split(string(text), "\n") {
		match := fenceLine.FindStringSubmatch(line)
		switch {
		case match == nil:
			do(i+1, line, fence != "")
			continue
		case fence == "":
			fence = match[1]
		case strings.HasPrefix(match[1], fence) && match[2] == "":
			fence = ""
		}
		do(i+1, line, true)
	}
}

// closeBlocks reports blocks that go on into the next one. It puts a fence into the empty
// line between them, so that lines stay where they are, and what stands in the next block
// is read as its author meant it.
func closeBlocks(text []byte, r *reading.Report) []byte {
	lines := strings.Split(string(text), "\n")
	fence, opened := "", 0
	for i, line := range lines {
		match := fenceLine.FindStringSubmatch(line)
		switch {
		case match == nil:
		case fence == "":
			fence, opened = match[1], i
		case !strings.HasPrefix(match[1], fence):
		case match[2] == "":
			fence = ""
		default:
			r.Add(opened+1, "the block %s is not closed: want a line %s before line %d", strings.TrimSpace(lines[opened]), fence, i+1)
			if i-1 > opened && strings.TrimSpace(lines[i-1]) == "" {
				lines[i-1] = fence
			}
			fence, opened = match[1], i
		}
	}
	if fence != "" {
		r.Add(opened+1, "the block %s is not closed: want a line %s at its end", strings.TrimSpace(lines[opened]), fence)
	}
	return []byte(strings.Join(lines, "\n"))
}

// heading is one in a text as its author wrote it.
type heading struct {
	line  int
	level int
	// id is "" when there is none that can be read; tail is what stands in its place.
	id, tail string
	// column is where the id or the tail begins, or the line ends.
	column int
}

var (
	headingLine = regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*$`)
	headingTail = regexp.MustCompile(`\{(#?)([^{}]*)(\}?)$`)
)

// headingsOf are the headings of a text.
func headingsOf(text []byte) []heading {
	var all []heading
	eachLine(text, func(number int, line string, isCode bool) {
		match := headingLine.FindStringSubmatch(line)
		if match == nil || isCode {
			return
		}
		found := heading{line: number, level: len(match[1])}
		written := strings.TrimRight(line, " \t")
		if tail := headingTail.FindStringSubmatchIndex(written); tail != nil {
			found.tail, written = written[tail[0]:], written[:tail[0]]
			hasMark, isClosed := tail[2] < tail[3], tail[6] < tail[7]
			if id := strings.Trim(found.tail, "{#}"); hasMark && isClosed && reading.Identifier.MatchString(id) {
				found.id = id
			}
		}
		found.column = 1 + len([]rune(written))
		all = append(all, found)
	})
	return all
}

// repair writes a heading as that of a step.
func (h heading) repair(text []byte, id string) []byte {
	lines := bytes.Split(text, []byte("\n"))
	line := strings.TrimSuffix(strings.TrimRight(string(lines[h.line-1]), " \t"), h.tail)
	title := strings.TrimLeft(strings.TrimLeft(line, " "), "#")
	lines[h.line-1] = []byte("##" + strings.TrimRight(title, " \t") + " {#" + id + "}")
	return bytes.Join(lines, []byte("\n"))
}
