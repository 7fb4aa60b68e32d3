package files

import (
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// destinations pairs sources with where they go, for cp, mv and ln.
func destinations(i *process.Invocation, names []string, directory string, plain bool) (pairs [][2]string, ok bool) {
	if directory == "" {
		if len(names) == 0 {
			i.Errorf("missing operand")
			return nil, false
		}
		if len(names) == 1 {
			i.Errorf("missing destination file operand after '%s'", names[0])
			return nil, false
		}
		directory = names[len(names)-1]
		names = names[:len(names)-1]
	}
	info, err := i.Stat(directory)
	into := err == nil && info.IsDir() && !plain
	if len(names) > 1 && !into {
		i.Errorf("target '%s': %s", directory, filesystem.Text(filesystem.ErrNotDirectory))
		return nil, false
	}
	for _, name := range names {
		target := directory
		if into {
			target = strings.TrimSuffix(directory, "/") + "/" + path.Base(name)
		}
		pairs = append(pairs, [2]string{name, target})
	}
	return pairs, true
}
