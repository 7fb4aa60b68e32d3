// Package unifieddiff compares texts by lines and prints the difference as
// GNU diff -u does: hunks with three lines of context. engine/client/kubectl calls it
// for kubectl diff, which starts the program diff elsewhere. It knows neither files nor
// kubectl.
package unifieddiff

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// context is the number of unchanged lines around a change.
const context = 3

// File is one side of a comparison.
type File struct {
	// Name is what the header shows.
	Name string
	// Modified is what the header shows beside it; the zero Time is the epoch, as
	// diff -N shows for a file that is absent.
	Modified time.Time
	Text     []byte
}

// Write prints the difference between two files and reports whether there is
// one. With no difference it prints nothing.
func Write(to io.Writer, from, into File) (different bool, err error) {
	if bytes.Equal(from.Text, into.Text) {
		return false, nil
	}
	before, after := splitLines(from.Text), splitLines(into.Text)
	var out bytes.Buffer
	writeHeader(&out, "---", from)
	writeHeader(&out, "+++", into)
	for _, group := range hunks(changes(before, after)) {
		writeHunk(&out, before, after, group)
	}
	_, err = to.Write(out.Bytes())
	return true, err
}

func writeHeader(out *bytes.Buffer, mark string, file File) {
	modified := file.Modified
	if modified.IsZero() {
		modified = time.Unix(0, 0)
	}
	fmt.Fprintf(out, "%s %s\t%s\n", mark, file.Name, modified.Format("2006-01-02 15:04:05.000000000 -0700"))
}

// splitLines splits after each newline; only the last line may be without one.
func splitLines(text []byte) []string {
	var lines []string
	for line := range bytes.Lines(text) {
		lines = append(lines, string(line))
	}
	return lines
}

// change says that the lines [from, fromEnd) of the one text became the lines
// [into, intoEnd) of the other. Either may be empty.
type change struct{ from, fromEnd, into, intoEnd int }

// hunks joins changes whose contexts touch.
func hunks(all []change) [][]change {
	var groups [][]change
	for index, one := range all {
		if index == 0 || one.from-all[index-1].fromEnd > 2*context {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], one)
	}
	return groups
}

func writeHunk(out *bytes.Buffer, before, after []string, group []change) {
	first, last := group[0], group[len(group)-1]
	lead := min(context, first.from)
	trail := min(context, len(before)-last.fromEnd)
	begin, end := first.from-lead, last.fromEnd+trail
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(begin, end), span(first.into-lead, last.intoEnd+trail))
	next := begin
	for _, one := range group {
		writeLines(out, ' ', before[next:one.from])
		writeLines(out, '-', before[one.from:one.fromEnd])
		writeLines(out, '+', after[one.into:one.intoEnd])
		next = one.fromEnd
	}
	writeLines(out, ' ', before[next:end])
}

// span is a range of lines as in a hunk's head: counted from one, the length
// left out if it is one, and for an empty range the line before it.
func span(begin, end int) string {
	switch end - begin {
	case 0:
		return fmt.Sprintf("%d,0", begin)
	case 1:
		return fmt.Sprint(begin + 1)
	default:
		return fmt.Sprintf("%d,%d", begin+1, end-begin)
	}
}

func writeLines(out *bytes.Buffer, mark byte, lines []string) {
	for _, line := range lines {
		out.WriteByte(mark)
		out.WriteString(line)
		if line[len(line)-1] != '\n' {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
