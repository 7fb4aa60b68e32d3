package shell

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"tabernetes/engine/userland/filesystem"
)

func commandTouch(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("acmhd:r:t:", map[string]byte{"no-create": 'c', "date": 'd', "reference": 'r'})
	if !ok {
		return 1
	}
	if len(names) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	at := time.Now()
	if text := found['d']; text != "" {
		parsed, ok := parseDate(text)
		if !ok {
			i.Errorf("invalid date '%s'", text)
			return 1
		}
		at = parsed
	}
	if name := found['r']; name != "" {
		info, err := i.stat(name)
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
			if found.has('c') {
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

func commandLink(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("sfnvbT", nil)
	if !ok {
		return 1
	}
	if len(names) == 1 {
		names = append(names, ".")
	}
	pairs, ok := i.destinations(names, "", found.has('n') || found.has('T'))
	if !ok {
		return 1
	}
	files := i.System.FileSystem
	code := 0
	for _, pair := range pairs {
		if found.has('f') {
			if info, err := files.Lstat(i.Path(pair[1])); err == nil && !info.IsDir() {
				_ = files.Remove(i.Path(pair[1]))
			}
		}
		var err error
		if found.has('s') {
			err = files.Symlink(pair[0], i.Path(pair[1]))
		} else {
			err = files.Link(i.Path(pair[0]), i.Path(pair[1]))
		}
		if err != nil {
			i.Fail(pair[1], err)
			code = 1
		}
	}
	return code
}

func commandReadlink(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("fnv", nil)
	if !ok {
		return 1
	}
	code := 0
	for _, name := range names {
		var target string
		var err error
		if found.has('f') {
			target, err = i.System.FileSystem.RealPath(i.Path(name))
		} else {
			target, err = i.System.FileSystem.Readlink(i.Path(name))
		}
		if err != nil {
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, target)
	}
	return code
}

func commandRealpath(_ context.Context, i *Invocation) int {
	code := 0
	for _, name := range i.Args[1:] {
		target, err := i.System.FileSystem.RealPath(i.Path(name))
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, target)
	}
	return code
}
