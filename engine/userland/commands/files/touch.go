package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Touch makes files, or sets the times of those that exist.
func Touch(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("acmhd:r:t:", map[string]byte{"no-create": 'c', "date": 'd', "reference": 'r'})
	if !ok {
		return 1
	}
	if len(names) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	at := time.Now()
	if text := found['d']; text != "" {
		parsed, ok := notation.Date(text)
		if !ok {
			i.Errorf("invalid date '%s'", text)
			return 1
		}
		at = parsed
	}
	if name := found['r']; name != "" {
		info, err := i.Stat(name)
		if err != nil {
			i.Fail(name, err)
			return 1
		}
		at = info.ModTime()
	}
	code := 0
	for _, name := range names {
		err := i.System.FileSystem.Chtimes(i.Path(name), at)
		if errors.Is(err, fs.ErrNotExist) {
			if found.Has('c') {
				continue
			}
			var file *filesystem.File
			if file, err = i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE, 0o644); err == nil {
				_ = file.Close()
				err = i.System.FileSystem.Chtimes(i.Path(name), at)
			}
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}
