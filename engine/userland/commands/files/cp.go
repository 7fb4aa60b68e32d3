package files

import (
	"context"
	"io"
	"io/fs"
	"os"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Copy is cp.
func Copy(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("rRafpdinvLPt:Tu", map[string]byte{"recursive": 'r', "archive": 'a', "force": 'f'})
	if !ok {
		return 1
	}
	pairs, ok := destinations(i, names, found['t'], found.Has('T'))
	if !ok {
		return 1
	}
	how := copying{
		recursive: found.Has('r') || found.Has('R') || found.Has('a'),
		preserve:  found.Has('p') || found.Has('a'),
		links:     found.Has('a') || found.Has('d') || found.Has('P'),
		noClobber: found.Has('n'),
	}
	code := 0
	for _, pair := range pairs {
		if !copyFile(ctx, i, pair[0], pair[1], how) {
			code = 1
		}
	}
	return code
}

// copying are the options of a copy.
type copying struct{ recursive, preserve, links, noClobber bool }

func copyFile(ctx context.Context, i *process.Invocation, from, to string, how copying) bool {
	files := i.System.FileSystem
	if i.Step(ctx) != nil {
		return false
	}
	info, err := files.Lstat(i.Path(from))
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && !how.links {
		info, err = files.Stat(i.Path(from))
	}
	if err != nil {
		i.Errorf("can't stat '%s': %s", from, filesystem.Text(err))
		return false
	}
	existing, existsErr := files.Stat(i.Path(to))
	if existsErr == nil {
		if how.noClobber && !info.IsDir() {
			return true
		}
		if filesystem.SameFile(info, existing) {
			i.Errorf("'%s' and '%s' are the same file", from, to)
			return false
		}
	}
	fail := func(err error) bool {
		i.Errorf("can't create '%s': %s", to, filesystem.Text(err))
		return false
	}
	switch {
	case info.IsDir():
		if !how.recursive {
			i.Errorf("omitting directory '%s'", from)
			return false
		}
		if existsErr != nil {
			if err := files.Mkdir(i.Path(to), info.Mode().Perm()); err != nil {
				i.Errorf("can't create directory '%s': %s", to, filesystem.Text(err))
				return false
			}
		} else if !existing.IsDir() {
			return fail(filesystem.ErrNotDirectory)
		}
		entries, err := files.ReadDir(i.Path(from))
		if err != nil {
			return fail(err)
		}
		fine := true
		for _, entry := range entries {
			fine = copyFile(ctx, i, from+"/"+entry.Name(), to+"/"+entry.Name(), how) && fine
		}
		return fine
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := files.Readlink(i.Path(from))
		if err == nil {
			_ = files.Remove(i.Path(to))
			err = files.Symlink(target, i.Path(to))
		}
		if err != nil {
			return fail(err)
		}
		return true
	}
	if existsErr == nil && existing.IsDir() {
		return fail(filesystem.ErrIsDirectory)
	}
	source, err := i.Open(ctx, from)
	if err != nil {
		i.CannotOpen(from, err)
		return false
	}
	defer func() { _ = source.Close() }()
	target, err := files.OpenFile(i.Path(to), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return fail(err)
	}
	defer func() { _ = target.Close() }()
	if _, err := io.Copy(target, source); err != nil {
		i.Errorf("write error: %s", filesystem.Text(err))
		return false
	}
	if how.preserve {
		_ = files.Chtimes(i.Path(to), info.ModTime())
	}
	return true
}
