package files

import (
	"context"
	"path"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// RemoveDirectory is rmdir.
func RemoveDirectory(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("p", nil)
	if !ok {
		return 1
	}
	code := 0
	for _, name := range names {
		for {
			info, err := i.System.FileSystem.Lstat(i.Path(name))
			if err == nil && !info.IsDir() {
				err = filesystem.ErrNotDirectory
			}
			if err == nil {
				err = i.System.FileSystem.Remove(i.Path(name))
			}
			if err != nil {
				i.Errorf("'%s': %s", name, filesystem.Text(err))
				code = 1
				break
			}
			name = path.Dir(name)
			if !found.Has('p') || name == "." || name == "/" {
				break
			}
		}
	}
	return code
}
