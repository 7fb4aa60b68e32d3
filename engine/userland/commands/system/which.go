package system

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Which prints where programs are.
func Which(_ context.Context, i *process.Invocation) int {
	code := 0
	for _, name := range i.Args[1:] {
		if name == "-a" {
			continue
		}
		found, err := i.LookPath(name)
		if err != nil {
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, found)
	}
	return code
}
