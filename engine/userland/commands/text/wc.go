package text

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"tabernetes/engine/userland/process"
)

// Count is wc: it counts lines, words and characters.
func Count(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("clwLm", nil)
	if !ok {
		return 1
	}
	if len(found) == 0 {
		found = process.Options{'l': "", 'w': "", 'c': ""}
	}
	type counts struct{ lines, words, characters, bytes, longest int }
	total := counts{}
	show := func(c counts, name string) {
		var cells []string
		for _, cell := range []struct {
			letter byte
			value  int
		}{{'l', c.lines}, {'w', c.words}, {'m', c.characters}, {'c', c.bytes}, {'L', c.longest}} {
			if !found.Has(cell.letter) {
				continue
			}
			if len(found) == 1 {
				cells = append(cells, strconv.Itoa(cell.value))
			} else {
				cells = append(cells, fmt.Sprintf("%9d", cell.value))
			}
		}
		if name != "-" && name != "" {
			cells = append(cells, name)
		}
		fmt.Fprintln(i.Stdout, strings.Join(cells, " "))
	}
	code := i.Each(ctx, names, i.CannotOpen, func(name string, reader io.Reader) error {
		c := counts{}
		err := i.Lines(ctx, reader, func(line string, whole bool) bool {
			c.bytes += len(line)
			c.characters += utf8.RuneCountInString(line)
			c.words += len(strings.Fields(line))
			c.longest = max(c.longest, utf8.RuneCountInString(line))
			if whole {
				c.lines++
				c.bytes++
				c.characters++
			}
			return true
		})
		show(c, name)
		total.lines += c.lines
		total.words += c.words
		total.characters += c.characters
		total.bytes += c.bytes
		total.longest = max(total.longest, c.longest)
		return err
	})
	if len(names) > 1 {
		show(total, "total")
	}
	return code
}
