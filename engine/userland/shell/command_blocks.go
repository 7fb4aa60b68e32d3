package shell

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

func commandTruncate(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("s:c", map[string]byte{"size": 's', "no-create": 'c'})
	if !ok || !found.has('s') {
		return 1
	}
	size, ok := parseSize(found['s'])
	if !ok {
		i.Errorf("invalid number '%s'", found['s'])
		return 1
	}
	code := 0
	for _, name := range names {
		file, err := i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE, 0o644)
		if err == nil {
			_ = file.Close()
			err = i.System.FileSystem.Truncate(i.Path(name), size)
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}

// parseSize reads a number of bytes with a suffix k, m or g.
func parseSize(text string) (int64, bool) {
	text = strings.TrimSuffix(strings.ToLower(text), "b")
	unit := int64(1)
	for n, suffix := range []string{"k", "m", "g"} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			text = rest
			unit = 1 << (10 * (n + 1))
		}
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || number > 1<<40/unit {
		return 0, false
	}
	return number * unit, true
}

func commandMktemp(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("dp:qut", nil)
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
	if len(names) == 0 || found.has('p') {
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
			name += string(letters[i.System.random(len(letters))])
		}
		var err error
		if found.has('d') {
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
		if !isExist(err) {
			i.Fail(name, err)
			return 1
		}
	}
	return 1
}

// maxBlock is the largest block of dd.
const maxBlock = 16 << 20

func commandDd(ctx context.Context, i *Invocation) int {
	settings := map[string]string{"bs": "512", "count": "-1"}
	for _, word := range i.Args[1:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			i.Errorf("invalid argument '%s'", word)
			return 1
		}
		settings[name] = value
	}
	size, ok := parseSize(settings["bs"])
	if !ok || size == 0 || size > maxBlock {
		i.Errorf("invalid number '%s'", settings["bs"])
		return 1
	}
	count := int64(-1)
	if settings["count"] != "-1" {
		if count, ok = parseSize(settings["count"]); !ok {
			i.Errorf("invalid number '%s'", settings["count"])
			return 1
		}
	}
	input, output := i.Stdin, i.Stdout
	if name := settings["if"]; name != "" {
		opened, err := i.open(ctx, name)
		if err != nil {
			i.cannotOpen(name, err)
			return 1
		}
		defer func() { _ = opened.Close() }()
		input = opened
	}
	if name := settings["of"]; name != "" {
		opened, err := i.System.openStream(i.files, i.Path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			i.cannotOpen(name, err)
			return 1
		}
		opened.retain()
		defer opened.release()
		output = bound{ctx, i.task, opened}
	}
	block := make([]byte, size)
	total, whole, part, code := int64(0), 0, 0, 0
	for n := int64(0); count < 0 || n < count; n++ {
		read, err := io.ReadFull(input, block)
		if read > 0 {
			if int64(read) == size {
				whole++
			} else {
				part++
			}
			written, err := output.Write(block[:read])
			total += int64(written)
			if err != nil {
				if ctx.Err() != nil {
					return ending(ctx)
				}
				name := settings["of"]
				if name == "" {
					name = "standard output"
				}
				i.Errorf("error writing '%s': %s", name, filesystem.Text(err))
				code = 1
				break
			}
		}
		if err != nil {
			break
		}
		if i.Step(ctx) != nil {
			return ending(ctx)
		}
	}
	fmt.Fprintf(i.Stderr, "%d+%d records in\n%d+%d records out\n%d bytes copied\n", whole, part, whole, part, total)
	return code
}
