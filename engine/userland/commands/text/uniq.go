package text

import (
	"context"
	"fmt"
	"io"
	"strings"

	"tabernetes/engine/userland/process"
)

// Uniq leaves out lines that are like the one before.
func Uniq(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("cdiuf:s:w:", nil)
	if !ok {
		return 1
	}
	previous, count := "", 0
	flush := func() {
		if count == 0 || found.Has('d') && count < 2 || found.Has('u') && count > 1 {
			return
		}
		if found.Has('c') {
			fmt.Fprintf(i.Stdout, "%7d ", count)
		}
		fmt.Fprintln(i.Stdout, previous)
	}
	if len(names) > 1 {
		names = names[:1]
	}
	code := i.Each(ctx, names, i.Fail, func(_ string, reader io.Reader) error {
		return i.Lines(ctx, reader, func(line string, _ bool) bool {
			same := line == previous || found.Has('i') && strings.EqualFold(line, previous)
			if count > 0 && same {
				count++
				return true
			}
			flush()
			previous, count = line, 1
			return true
		})
	})
	flush()
	return code
}
