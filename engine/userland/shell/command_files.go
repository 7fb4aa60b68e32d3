package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// each opens every operand, or standard input without one, and gives 1 if one
// could not be read.
func (i *Invocation) each(ctx context.Context, names []string, visit func(name string, reader io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		reader, err := i.open(ctx, name)
		if err != nil {
			if i.Name() == "cat" || i.Name() == "head" || i.Name() == "tail" || i.Name() == "sort" || i.Name() == "wc" || i.Name() == "sed" || i.Name() == "cut" {
				if errors.Is(err, filesystem.ErrNotExist) || i.Name() != "cat" {
					i.cannotOpen(name, err)
				} else {
					i.cannotRead(err)
				}
			} else {
				i.Fail(name, err)
			}
			code = 1
			continue
		}
		err = visit(name, reader)
		_ = reader.Close()
		if err != nil {
			if ctx.Err() != nil {
				return ending(ctx)
			}
			i.cannotRead(err)
			code = 1
		}
	}
	return code
}

func (i *Invocation) cannotOpen(name string, err error) {
	i.Errorf("can't open '%s': %s", name, filesystem.Text(err))
}

func (i *Invocation) cannotRead(err error) { i.Errorf("read error: %s", filesystem.Text(err)) }

func commandCat(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("nbeEtTvAsu", nil)
	if !ok {
		return 1
	}
	line := 0
	return i.each(ctx, names, func(_ string, reader io.Reader) error {
		if len(found) == 0 || len(found) == 1 && found.has('u') {
			return ignoreBrokenPipe(io.Copy(i.Stdout, reader))
		}
		return i.lines(ctx, reader, func(text string, whole bool) bool {
			if found.has('n') || found.has('b') && text != "" {
				line++
				fmt.Fprintf(i.Stdout, "%6d\t", line)
			}
			if found.has('T') || found.has('t') || found.has('A') {
				text = strings.ReplaceAll(text, "\t", "^I")
			}
			if whole && (found.has('E') || found.has('e') || found.has('A')) {
				text += "$"
			}
			if whole {
				text += "\n"
			}
			_, err := fmt.Fprint(i.Stdout, text)
			return err == nil
		})
	})
}

func ignoreBrokenPipe(_ int64, err error) error {
	if errors.Is(err, filesystem.ErrBrokenPipe) {
		return nil
	}
	return err
}

func commandMakeDirectory(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("pm:v", map[string]byte{"parents": 'p', "mode": 'm', "verbose": 'v'})
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
		if found.has('p') {
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

func commandRemoveDirectory(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("p", nil)
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
			if !found.has('p') || name == "." || name == "/" {
				break
			}
		}
	}
	return code
}

func commandRemove(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("rRfiv", map[string]byte{"recursive": 'r', "force": 'f'})
	if !ok {
		return 1
	}
	if len(names) == 0 && !found.has('f') {
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
		if !i.remove(ctx, name, found.has('r') || found.has('R'), found.has('f')) {
			code = 1
		}
	}
	return code
}

func (i *Invocation) remove(ctx context.Context, name string, recursive, force bool) bool {
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
			fine = i.remove(ctx, strings.TrimSuffix(name, "/")+"/"+entry.Name(), recursive, force) && fine
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
