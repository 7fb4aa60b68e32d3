package system

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Clear clears the screen.
func Clear(_ context.Context, i *process.Invocation) int {
	fmt.Fprint(i.Stdout, "\x1b[H\x1b[J")
	return 0
}
