package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"tabernetes/engine/userland/process"
)

// Head prints the beginning of files.
func Head(ctx context.Context, i *process.Invocation) int {
	oldOption(i)
	found, names, ok := i.Options("n:c:qv", nil)
	if !ok {
		return 1
	}
	count, byBytes, ok := amount(i, found, 10)
	if !ok {
		return 1
	}
	first := true
	return i.Each(ctx, names, i.CannotOpen, func(name string, reader io.Reader) error {
		printTitle(i, name, len(names) > 1 && !found.Has('q') || found.Has('v'), &first)
		if byBytes {
			return copyFirst(i.Stdout, reader, count)
		}
		if count == 0 {
			return nil
		}
		if count < 0 {
			lines, err := i.ReadLines(ctx, reader)
			for _, line := range lines[:max(0, len(lines)+int(count))] {
				fmt.Fprintln(i.Stdout, line)
			}
			return err
		}
		left := count
		return i.Lines(ctx, byteReader{reader}, func(line string, whole bool) bool {
			if whole {
				line += "\n"
			}
			_, err := fmt.Fprint(i.Stdout, line)
			left--
			return err == nil && left > 0
		})
	})
}

// copyFirst copies count bytes, or what there is if that is less; with a negative
// count all but the last bytes.
func copyFirst(to io.Writer, from io.Reader, count int64) error {
	if count < 0 {
		text, err := io.ReadAll(io.LimitReader(from, process.MaxText))
		if err != nil {
			return err
		}
		count += int64(len(text))
		from = bytes.NewReader(text)
	}
	if _, err := io.CopyN(to, from, max(0, count)); !errors.Is(err, io.EOF) {
		return ignoreBrokenPipe(0, err)
	}
	return nil
}

// byteReader reads little at a time, so that head leaves what it does not print
// for other readers.
type byteReader struct{ reader io.Reader }

func (b byteReader) Read(p []byte) (int, error) { return b.reader.Read(p) }
