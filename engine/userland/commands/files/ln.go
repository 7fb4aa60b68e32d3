package files

import (
	"context"

	"tabernetes/engine/userland/process"
)

// Link is ln.
func Link(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("sfnvbT", nil)
	if !ok {
		return 1
	}
	if len(names) == 1 {
		names = append(names, ".")
	}
	pairs, ok := destinations(i, names, "", found.Has('n') || found.Has('T'))
	if !ok {
		return 1
	}
	files := i.System.FileSystem
	code := 0
	for _, pair := range pairs {
		if found.Has('f') {
			if info, err := files.Lstat(i.Path(pair[1])); err == nil && !info.IsDir() {
				_ = files.Remove(i.Path(pair[1]))
			}
		}
		var err error
		if found.Has('s') {
			err = files.Symlink(pair[0], i.Path(pair[1]))
		} else {
			err = files.Link(i.Path(pair[0]), i.Path(pair[1]))
		}
		if err != nil {
			i.Fail(pair[1], err)
			code = 1
		}
	}
	return code
}
