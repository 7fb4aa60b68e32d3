package text

import (
	"context"
	"fmt"
	"io"
	"slices"

	"tabernetes/engine/userland/process"
)

// Rev reverses the characters of each line.
func Rev(ctx context.Context, i *process.Invocation) int {
	return i.Each(ctx, i.Args[1:], i.Fail, func(_ string, reader io.Reader) error {
		return i.Lines(ctx, reader, func(line string, _ bool) bool {
			runes := []rune(line)
			slices.Reverse(runes)
			_, err := fmt.Fprintln(i.Stdout, string(runes))
			return err == nil
		})
	})
}
