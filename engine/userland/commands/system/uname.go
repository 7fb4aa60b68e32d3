package system

import (
	"context"
	"fmt"
	"strings"

	"tabernetes/engine/userland/process"
)

// Uname prints what the system is.
func Uname(_ context.Context, i *process.Invocation) int {
	found, _, ok := i.Options("asnrvmpio", nil)
	if !ok {
		return 1
	}
	parts := []struct {
		letter byte
		text   string
	}{
		{'s', "Linux"}, {'n', i.System.Hostname}, {'r', "6.12.0"}, {'v', "#1 SMP"}, {'m', "x86_64"}, {'o', "GNU/Linux"},
	}
	var words []string
	for _, part := range parts {
		if found.Has('a') || found.Has(part.letter) || len(found) == 0 && part.letter == 's' {
			words = append(words, part.text)
		}
	}
	fmt.Fprintln(i.Stdout, strings.Join(words, " "))
	return 0
}
