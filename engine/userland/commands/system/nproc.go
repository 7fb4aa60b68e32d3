package system

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Nproc prints how many processors there are.
func Nproc(_ context.Context, i *process.Invocation) int {
	fmt.Fprintln(i.Stdout, max(1, i.System.Processors))
	return 0
}
