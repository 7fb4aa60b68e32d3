package files

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Remove is rm.
func Remove(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("rRfiv", map[string]byte{"recursive": 'r', "force": 'f'})
	if !ok {
		return 1
	}
	if len(names) == 0 && !found.Has('f') {
		i.Errorf("missing operand")
		return 1
	}
	code := 0
	for _, name := range names {
		if path.Clean(i.Path(name)) == "/" {
			i.Errorf("can't remove '/': %s", filesystem.Text(filesystem.ErrBusy))
			code = 1
			continue
		}
		if base := path.Base(name); base == "." || base == ".." {
			i.Errorf("can't remove '.' or '..'")
			code = 1
			continue
		}
		if !removeFile(ctx, i, name, found.Has('r') || found.Has('R'), found.Has('f')) {
			code = 1
		}
	}
	return code
}

func removeFile(ctx context.Context, i *process.Invocation, name string, recursive, force bool) bool {
	files := i.System.FileSystem
	info, err := files.Lstat(i.Path(name))
	if err != nil {
		if force && errors.Is(err, fs.ErrNotExist) {
			return true
		}
		i.Errorf("can't remove '%s': %s", name, filesystem.Text(err))
		return false
	}
	fine := true
	if info.IsDir() {
		if !recursive {
			i.Errorf("can't remove '%s': %s", name, filesystem.Text(filesystem.ErrIsDirectory))
			return false
		}
		entries, _ := files.ReadDir(i.Path(name))
		for _, entry := range entries {
			if i.Step(ctx) != nil {
				return false
			}
			fine = removeFile(ctx, i, strings.TrimSuffix(name, "/")+"/"+entry.Name(), recursive, force) && fine
		}
		if !fine {
			return false
		}
	}
	if err := files.Remove(i.Path(name)); err != nil {
		i.Errorf("can't remove '%s': %s", name, filesystem.Text(err))
		return false
	}
	return true
}
