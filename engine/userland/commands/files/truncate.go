package files

import (
	"context"
	"os"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Truncate sets the sizes of files.
func Truncate(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("s:c", map[string]byte{"size": 's', "no-create": 'c'})
	if !ok || !found.Has('s') {
		return 1
	}
	size, ok := notation.Size(found['s'])
	if !ok {
		i.Errorf("invalid number '%s'", found['s'])
		return 1
	}
	code := 0
	for _, name := range names {
		file, err := i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE, 0o644)
		if err == nil {
			_ = file.Close()
			err = i.System.FileSystem.Truncate(i.Path(name), size)
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}
