package text

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// refuseCat distinguishes a directory, which opens and cannot be read, from a file
// that does not open. A terminal's more
// and less are cat under other names, and print the name of the file.
func refuseCat(i *process.Invocation) func(name string, err error) {
	return func(name string, err error) {
		switch {
		case i.Name() != "cat":
			i.Fail(name, err)
		case errors.Is(err, filesystem.ErrIsDirectory):
			i.CannotRead(err)
		default:
			i.CannotOpen(name, err)
		}
	}
}

// Cat prints files one after another.
func Cat(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("nbeEtTvAsu", nil)
	if !ok {
		return 1
	}
	line := 0
	return i.Each(ctx, names, refuseCat(i), func(_ string, reader io.Reader) error {
		if len(found) == 0 || len(found) == 1 && found.Has('u') {
			return ignoreBrokenPipe(io.Copy(i.Stdout, reader))
		}
		return i.Lines(ctx, reader, func(text string, whole bool) bool {
			if found.Has('n') || found.Has('b') && text != "" {
				line++
				fmt.Fprintf(i.Stdout, "%6d\t", line)
			}
			if found.Has('T') || found.Has('t') || found.Has('A') {
				text = strings.ReplaceAll(text, "\t", "^I")
			}
			if whole && (found.Has('E') || found.Has('e') || found.Has('A')) {
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
