package text

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"tabernetes/engine/userland/process"
)

// followInterval is how often tail -f looks.
const followInterval = time.Second

// Tail prints the end of files, and with -f what is added to them.
func Tail(ctx context.Context, i *process.Invocation) int {
	oldOption(i)
	found, names, ok := i.Options("fFn:c:qvs:", map[string]byte{"follow": 'f', "retry": 'F', "lines": 'n'})
	if !ok {
		return 1
	}
	count, byBytes, ok := amount(i, found, 10)
	if !ok {
		return 1
	}
	if count < 0 {
		count = -count
	}
	text := found['n'] + found['c']
	fromStart := strings.HasPrefix(text, "+")
	first := true
	var followed []*tailed
	code := i.Each(ctx, names, i.CannotOpen, func(name string, reader io.Reader) error {
		printTitle(i, name, len(names) > 1 && !found.Has('q') || found.Has('v'), &first)
		data, err := io.ReadAll(io.LimitReader(reader, process.MaxText))
		if err != nil {
			return err
		}
		size := int64(len(data))
		_, _ = i.Stdout.Write(lastPart(data, count, byBytes, fromStart))
		if name != "-" {
			followed = append(followed, &tailed{name: name, offset: size})
		}
		return nil
	})
	if !found.Has('f') && !found.Has('F') {
		return code
	}
	if len(followed) == 0 {
		if len(names) == 0 || !found.Has('F') {
			return code
		}
		for _, name := range names {
			followed = append(followed, &tailed{name: name})
		}
	}
	return follow(ctx, i, followed, len(names) > 1)
}

// lastPart is what tail shows of a text.
func lastPart(data []byte, count int64, byBytes, fromStart bool) []byte {
	switch {
	case byBytes && fromStart:
		return data[min(int64(len(data)), max(0, count-1)):]
	case byBytes:
		return data[max(0, int64(len(data))-count):]
	case fromStart:
		for n := int64(1); n < count; n++ {
			at := bytes.IndexByte(data, '\n')
			if at < 0 {
				return nil
			}
			data = data[at+1:]
		}
		return data
	case count == 0:
		return nil
	}
	at := len(data)
	if at > 0 && data[at-1] == '\n' {
		at--
	}
	for n := int64(0); n < count; n++ {
		before := bytes.LastIndexByte(data[:at], '\n')
		if before < 0 {
			return data
		}
		at = before
	}
	return data[at+1:]
}

// tailed is a file that tail -f shows the growth of.
type tailed struct {
	name   string
	offset int64
}

// follow looks at the files once a second, as busybox does.
func follow(ctx context.Context, i *process.Invocation, files []*tailed, titles bool) int {
	shown := ""
	for {
		for _, file := range files {
			info, err := i.Stat(file.name)
			if err != nil {
				file.offset = 0
				continue
			}
			if info.Size() < file.offset {
				file.offset = 0 // truncated or replaced
			}
			if info.Size() == file.offset {
				continue
			}
			data, err := i.System.FileSystem.ReadFile(i.Path(file.name))
			if err != nil || int64(len(data)) <= file.offset {
				continue
			}
			if titles && shown != file.name {
				fmt.Fprintf(i.Stdout, "\n==> %s <==\n", file.name)
				shown = file.name
			}
			if _, err := i.Stdout.Write(data[file.offset:]); err != nil {
				return 1
			}
			file.offset = int64(len(data))
		}
		if i.System.Sleep(ctx, followInterval) != nil {
			return process.ExitStatus(ctx)
		}
	}
}
