package system

import (
	"context"
	"time"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Sleep is sleep and usleep: it waits.
func Sleep(ctx context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	if len(words) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	total := time.Duration(0)
	for _, word := range words {
		duration, ok := notation.Duration(word)
		if !ok {
			i.Errorf("invalid number '%s'", word)
			return 1
		}
		if i.Name() == "usleep" {
			duration /= 1_000_000
		}
		if total += duration; total < 0 {
			total = notation.Forever
		}
	}
	if total == notation.Forever {
		<-ctx.Done()
		return process.ExitStatus(ctx)
	}
	if i.System.Sleep(ctx, total) != nil {
		return process.ExitStatus(ctx)
	}
	return 0
}
