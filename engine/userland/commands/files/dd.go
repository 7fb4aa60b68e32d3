package files

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// maxBlock is the largest block of dd.
const maxBlock = 16 << 20

// Dd copies blocks of bytes.
func Dd(ctx context.Context, i *process.Invocation) int {
	settings := map[string]string{"bs": "512", "count": "-1"}
	for _, word := range i.Args[1:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			i.Errorf("invalid argument '%s'", word)
			return 1
		}
		settings[name] = value
	}
	size, ok := notation.Size(settings["bs"])
	if !ok || size == 0 || size > maxBlock {
		i.Errorf("invalid number '%s'", settings["bs"])
		return 1
	}
	count := int64(-1)
	if settings["count"] != "-1" {
		if count, ok = notation.Size(settings["count"]); !ok {
			i.Errorf("invalid number '%s'", settings["count"])
			return 1
		}
	}
	input, output := i.Stdin, i.Stdout
	if name := settings["if"]; name != "" {
		opened, err := i.Open(ctx, name)
		if err != nil {
			i.CannotOpen(name, err)
			return 1
		}
		defer func() { _ = opened.Close() }()
		input = opened
	}
	if name := settings["of"]; name != "" {
		opened, err := i.OpenFile(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			i.CannotOpen(name, err)
			return 1
		}
		defer func() { _ = opened.Close() }()
		output = opened
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
					return process.ExitStatus(ctx)
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
			return process.ExitStatus(ctx)
		}
	}
	fmt.Fprintf(i.Stderr, "%d+%d records in\n%d+%d records out\n%d bytes copied\n", whole, part, whole, part, total)
	return code
}
