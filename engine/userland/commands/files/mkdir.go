package files

import (
	"context"
	"io/fs"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// MakeDirectory is mkdir.
func MakeDirectory(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("pm:v", map[string]byte{"parents": 'p', "mode": 'm', "verbose": 'v'})
	if !ok {
		return 1
	}
	mode := fs.FileMode(0o755)
	if text := found['m']; text != "" {
		parsed, ok := parseMode(text, mode)
		if !ok {
			i.Errorf("invalid mode '%s'", text)
			return 1
		}
		mode = parsed
	}
	code := 0
	for _, name := range names {
		var err error
		if found.Has('p') {
			err = i.System.FileSystem.MkdirAll(i.Path(name), mode)
		} else {
			err = i.System.FileSystem.Mkdir(i.Path(name), mode)
		}
		if err != nil {
			i.Errorf("can't create directory '%s': %s", name, filesystem.Text(err))
			code = 1
		}
	}
	if len(names) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	return code
}
