package system

import (
	"context"
	"fmt"
	"strconv"

	"tabernetes/engine/userland/process"
)

// ID prints who the user is, in numbers.
func ID(_ context.Context, i *process.Invocation) int {
	found, _, ok := i.Options("ugnG", nil)
	if !ok {
		return 1
	}
	number := "0"
	if i.User != "root" {
		number = "1000"
		if _, err := strconv.Atoi(i.User); err == nil {
			number = i.User
		}
	}
	switch {
	case found.Has('n'):
		fmt.Fprintln(i.Stdout, i.User)
	case found.Has('u') || found.Has('g') || found.Has('G'):
		fmt.Fprintln(i.Stdout, number)
	case number == i.User:
		fmt.Fprintf(i.Stdout, "uid=%s gid=0(root) groups=0(root)\n", number)
	default:
		fmt.Fprintf(i.Stdout, "uid=%s(%s) gid=%s(%s) groups=%s(%s)\n", number, i.User, number, i.User, number, i.User)
	}
	return 0
}

// Whoami prints the name of the user.
func Whoami(_ context.Context, i *process.Invocation) int {
	fmt.Fprintln(i.Stdout, i.User)
	return 0
}
