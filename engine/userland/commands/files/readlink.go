package files

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Readlink prints where a link leads to.
func Readlink(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("fnv", nil)
	if !ok {
		return 1
	}
	code := 0
	for _, name := range names {
		var target string
		var err error
		if found.Has('f') {
			target, err = i.System.FileSystem.RealPath(i.Path(name))
		} else {
			target, err = i.System.FileSystem.Readlink(i.Path(name))
		}
		if err != nil {
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, target)
	}
	return code
}

// Realpath prints a path without links.
func Realpath(_ context.Context, i *process.Invocation) int {
	code := 0
	for _, name := range i.Args[1:] {
		target, err := i.System.FileSystem.RealPath(i.Path(name))
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, target)
	}
	return code
}
