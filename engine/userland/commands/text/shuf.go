package text

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// maxNumbers is how many numbers -i may stand for.
const maxNumbers = 100_000

// Shuf prints lines in a random order.
func Shuf(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("n:ei:", nil)
	if !ok {
		return 1
	}
	var lines []string
	switch {
	case found.Has('e'):
		lines = names
	case found.Has('i'):
		begin, end, _ := strings.Cut(found['i'], "-")
		from, errFrom := strconv.Atoi(begin)
		to, errTo := strconv.Atoi(end)
		if errFrom != nil || errTo != nil || to < from || to-from > maxNumbers {
			i.Errorf("invalid range '%s'", found['i'])
			return 1
		}
		for n := from; n <= to; n++ {
			lines = append(lines, strconv.Itoa(n))
		}
	default:
		code := i.Each(ctx, names, i.Fail, func(_ string, reader io.Reader) error {
			read, err := i.ReadLines(ctx, reader)
			lines = append(lines, read...)
			return err
		})
		if code != 0 {
			return code
		}
	}
	for n := len(lines) - 1; n > 0; n-- {
		m := i.System.Draw(n + 1)
		lines[n], lines[m] = lines[m], lines[n]
	}
	if text := found['n']; text != "" {
		count, err := strconv.Atoi(text)
		if err != nil || count < 0 {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		lines = lines[:min(count, len(lines))]
	}
	for _, line := range lines {
		fmt.Fprintln(i.Stdout, line)
	}
	return 0
}
