package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Mktemp makes a file or directory with a new name.
func Mktemp(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("dp:qut", nil)
	if !ok {
		return 1
	}
	template := "tmp.XXXXXX"
	if len(names) > 0 {
		template = names[0]
	}
	directory := found['p']
	if directory == "" {
		directory = "/tmp"
	}
	if len(names) == 0 || found.Has('p') {
		template = strings.TrimSuffix(directory, "/") + "/" + template
	}
	base := strings.TrimRight(template, "X")
	if len(template)-len(base) < 6 {
		i.Errorf("%s: %s", template, filesystem.Text(filesystem.ErrInvalid))
		return 1
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for range 100 {
		name := base
		for len(name) < len(template) {
			name += string(letters[i.System.Draw(len(letters))])
		}
		var err error
		if found.Has('d') {
			err = i.System.FileSystem.Mkdir(i.Path(name), 0o700)
		} else {
			var file *filesystem.File
			if file, err = i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				_ = file.Close()
			}
		}
		if err == nil {
			fmt.Fprintln(i.Stdout, name)
			return 0
		}
		if !errors.Is(err, filesystem.ErrExist) {
			i.Fail(name, err)
			return 1
		}
	}
	return 1
}
