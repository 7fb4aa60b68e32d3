package text

import (
	"context"
	"fmt"
	"io"
	"slices"

	"tabernetes/engine/userland/process"
)

// Tac prints lines from the last to the first.
func Tac(ctx context.Context, i *process.Invocation) int {
	return i.Each(ctx, i.Args[1:], i.Fail, func(_ string, reader io.Reader) error {
		lines, err := i.ReadLines(ctx, reader)
		for _, line := range slices.Backward(lines) {
			fmt.Fprintln(i.Stdout, line)
		}
		return err
	})
}
