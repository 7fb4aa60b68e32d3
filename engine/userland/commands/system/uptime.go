package system

import (
	"context"
	"fmt"
	"time"

	"tabernetes/engine/userland/process"
)

// Uptime prints the time and the load.
func Uptime(_ context.Context, i *process.Invocation) int {
	fmt.Fprintf(i.Stdout, " %s up  load average: 0.00, 0.00, 0.00\n", time.Now().UTC().Format("15:04:05"))
	return 0
}
