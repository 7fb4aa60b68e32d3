package files

import (
	"context"
	"errors"
	"io/fs"

	"tabernetes/engine/userland/process"
)

// Chmod changes the modes of files.
func Chmod(ctx context.Context, i *process.Invocation) int {
	recursive := false
	words := i.Args[1:]
	for len(words) > 0 && (words[0] == "-R" || words[0] == "-v" || words[0] == "-f") {
		recursive = recursive || words[0] == "-R"
		words = words[1:]
	}
	if len(words) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	code := 0
	for _, name := range words[1:] {
		err := i.Walk(ctx, name, recursive, func(name string, info fs.FileInfo) error {
			mode, ok := parseMode(words[0], info.Mode())
			if !ok {
				return errInvalidMode
			}
			if info.Mode()&fs.ModeSymlink != 0 && recursive {
				return nil
			}
			return i.System.FileSystem.Chmod(i.Path(name), mode)
		})
		if errors.Is(err, errInvalidMode) {
			i.Errorf("invalid mode '%s'", words[0])
			return 1
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}

var errInvalidMode = errors.New("invalid mode")
