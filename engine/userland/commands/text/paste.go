package text

import (
	"context"
	"fmt"
	"io"
	"strings"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Paste puts lines side by side: the first of every file, the second, and so on,
// or with -s all lines of a file. Operands "-" take the lines of the input by
// turns.
func Paste(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("sd:", map[string]byte{"serial": 's', "delimiters": 'd'})
	if !ok {
		return 1
	}
	delimiters := []string{"\t"}
	if found.Has('d') {
		delimiters = pasteDelimiters(found['d'])
	}
	if len(names) == 0 {
		names = []string{"-"}
	}
	columns := make([]*[]string, 0, len(names))
	var input *[]string // what "-" stands for
	for _, name := range names {
		if name == "-" && input != nil {
			columns = append(columns, input)
			continue
		}
		var lines []string
		code := i.Each(ctx, []string{name}, i.Fail, func(_ string, reader io.Reader) error {
			var err error
			lines, err = i.ReadLines(ctx, reader)
			return err
		})
		if code != 0 {
			return code
		}
		if name == "-" {
			input = &lines
		}
		columns = append(columns, &lines)
	}
	if found.Has('s') {
		for _, lines := range columns {
			if _, err := fmt.Fprintln(i.Stdout, pasted(*lines, delimiters)); err != nil {
				return 1
			}
			*lines = nil
		}
		return 0
	}
	for more := true; more; {
		more = false
		row := make([]string, len(columns))
		for n, lines := range columns {
			if len(*lines) > 0 {
				row[n], *lines, more = (*lines)[0], (*lines)[1:], true
			}
		}
		if !more {
			break
		}
		if _, err := fmt.Fprintln(i.Stdout, pasted(row, delimiters)); err != nil || i.Step(ctx) != nil {
			return 1
		}
	}
	return 0
}

// pasteDelimiters are the characters of -d; \0 is none.
func pasteDelimiters(text string) []string {
	var delimiters []string
	for len(text) > 0 {
		if rest, ok := strings.CutPrefix(text, `\0`); ok {
			delimiters, text = append(delimiters, ""), rest
			continue
		}
		size := 1
		if text[0] == '\\' && len(text) > 1 {
			size = 2
		}
		character, _ := notation.Unescape(text[:size], false)
		delimiters, text = append(delimiters, character), text[size:]
	}
	if len(delimiters) == 0 {
		return []string{""}
	}
	return delimiters
}

// pasted joins words by the delimiters, one after another.
func pasted(words, delimiters []string) string {
	var line strings.Builder
	for n, word := range words {
		if n > 0 {
			line.WriteString(delimiters[(n-1)%len(delimiters)])
		}
		line.WriteString(word)
	}
	return line.String()
}
