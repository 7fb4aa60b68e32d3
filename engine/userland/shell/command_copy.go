package shell

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// destinations pairs sources with where they go, for cp, mv and ln.
func (i *Invocation) destinations(names []string, directory string, plain bool) (pairs [][2]string, ok bool) {
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
	info, err := i.stat(directory)
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

func commandMove(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("finvt:T", nil)
	if !ok {
		return 1
	}
	pairs, ok := i.destinations(names, found['t'], found.has('T'))
	if !ok {
		return 1
	}
	files := i.System.FileSystem
	code := 0
	for _, pair := range pairs {
		from, to := pair[0], pair[1]
		if _, err := files.Lstat(i.Path(to)); err == nil && found.has('n') {
			continue
		}
		err := files.Rename(i.Path(from), i.Path(to))
		if errors.Is(err, filesystem.ErrCrossDevice) {
			if !i.copy(ctx, from, to, copying{recursive: true, preserve: true, links: true}) || !i.remove(ctx, from, true, true) {
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

// copying are the options of a copy.
type copying struct{ recursive, preserve, links, noClobber bool }

func commandCopy(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("rRafpdinvLPt:Tu", map[string]byte{"recursive": 'r', "archive": 'a', "force": 'f'})
	if !ok {
		return 1
	}
	pairs, ok := i.destinations(names, found['t'], found.has('T'))
	if !ok {
		return 1
	}
	how := copying{
		recursive: found.has('r') || found.has('R') || found.has('a'),
		preserve:  found.has('p') || found.has('a'),
		links:     found.has('a') || found.has('d') || found.has('P'),
		noClobber: found.has('n'),
	}
	code := 0
	for _, pair := range pairs {
		if !i.copy(ctx, pair[0], pair[1], how) {
			code = 1
		}
	}
	return code
}

func (i *Invocation) copy(ctx context.Context, from, to string, how copying) bool {
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
			fine = i.copy(ctx, from+"/"+entry.Name(), to+"/"+entry.Name(), how) && fine
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
	source, err := i.open(ctx, from)
	if err != nil {
		i.cannotOpen(from, err)
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
