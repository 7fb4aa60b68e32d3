package files

import (
	"context"
	"errors"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Move is mv.
func Move(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("finvt:T", nil)
	if !ok {
		return 1
	}
	pairs, ok := destinations(i, names, found['t'], found.Has('T'))
	if !ok {
		return 1
	}
	files := i.System.FileSystem
	code := 0
	for _, pair := range pairs {
		from, to := pair[0], pair[1]
		if _, err := files.Lstat(i.Path(to)); err == nil && found.Has('n') {
			continue
		}
		err := files.Rename(i.Path(from), i.Path(to))
		if errors.Is(err, filesystem.ErrCrossDevice) {
			if !copyFile(ctx, i, from, to, copying{recursive: true, preserve: true, links: true}) || !removeFile(ctx, i, from, true, true) {
				code = 1
			}
			continue
		}
		if err != nil {
			i.Errorf("can't rename '%s': %s", from, filesystem.Text(err))
			code = 1
		}
	}
	return code
}
