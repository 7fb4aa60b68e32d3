package system

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Pwd prints the working directory.
func Pwd(_ context.Context, i *process.Invocation) int {
	fmt.Fprintln(i.Stdout, i.Dir)
	return 0
}
