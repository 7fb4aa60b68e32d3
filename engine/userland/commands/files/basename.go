package files

import (
	"context"
	"fmt"
	"path"
	"strings"

	"tabernetes/engine/userland/process"
)

// Basename prints the last element of a path.
func Basename(_ context.Context, i *process.Invocation) int {
	if len(i.Args) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	base := path.Base(i.Args[1])
	if len(i.Args) > 2 && base != i.Args[2] {
		base = strings.TrimSuffix(base, i.Args[2])
	}
	fmt.Fprintln(i.Stdout, base)
	return 0
}

// Dirname prints a path without its last element.
func Dirname(_ context.Context, i *process.Invocation) int {
	if len(i.Args) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	name := strings.TrimRight(i.Args[1], "/")
	at := strings.LastIndexByte(name, '/')
	switch {
	case name == "" && i.Args[1] != "":
		name = "/"
	case at < 0:
		name = "."
	case at == 0:
		name = "/"
	default:
		name = strings.TrimRight(name[:at], "/")
	}
	fmt.Fprintln(i.Stdout, name)
	return 0
}
