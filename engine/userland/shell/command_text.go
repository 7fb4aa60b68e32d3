package shell

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tabernetes/engine/userland/filesystem"
)

// maxText is how much a command that needs its whole input keeps, in bytes.
const maxText = 16 << 20

// readLines reads whole lines, without their newlines.
func (i *Invocation) readLines(ctx context.Context, reader io.Reader) ([]string, error) {
	var lines []string
	size := 0
	err := i.lines(ctx, reader, func(line string, _ bool) bool {
		lines = append(lines, line)
		size += len(line) + 16
		return size < maxText
	})
	if size >= maxText {
		return lines, filesystem.ErrNoSpace
	}
	return lines, err
}

// oldOption turns head -5 into head -n 5.
func (i *Invocation) oldOption() {
	for n, word := range i.Args[1:] {
		if n > 0 && (i.Args[n] == "-n" || i.Args[n] == "-c") {
			continue
		}
		if len(word) > 1 && word[0] == '-' && strings.Trim(word[1:], "0123456789") == "" {
			args := slices.Clone(i.Args)
			i.Args = slices.Replace(args, n+1, n+2, "-n", word[1:])
			return
		}
	}
}

func commandHead(ctx context.Context, i *Invocation) int {
	i.oldOption()
	found, names, ok := i.parse("n:c:qv", nil)
	if !ok {
		return 1
	}
	count, byBytes, ok := i.amount(found, 10)
	if !ok {
		return 1
	}
	first := true
	return i.each(ctx, names, func(name string, reader io.Reader) error {
		i.title(name, len(names) > 1 && !found.has('q') || found.has('v'), &first)
		if byBytes {
			return ignoreBrokenPipe(io.CopyN(i.Stdout, reader, max(0, count)))
		}
		if count == 0 {
			return nil
		}
		if count < 0 {
			lines, err := i.readLines(ctx, reader)
			for _, line := range lines[:max(0, len(lines)+int(count))] {
				fmt.Fprintln(i.Stdout, line)
			}
			return err
		}
		left := count
		return i.lines(ctx, byteReader{reader}, func(line string, whole bool) bool {
			if whole {
				line += "\n"
			}
			_, err := fmt.Fprint(i.Stdout, line)
			left--
			return err == nil && left > 0
		})
	})
}

// byteReader reads little at a time, so that head leaves to others what it does
// not print.
type byteReader struct{ reader io.Reader }

func (b byteReader) Read(p []byte) (int, error) { return b.reader.Read(p) }

func (i *Invocation) title(name string, show bool, first *bool) {
	if show {
		if !*first {
			fmt.Fprintln(i.Stdout)
		}
		if name == "-" {
			name = "standard input"
		}
		fmt.Fprintf(i.Stdout, "==> %s <==\n", name)
	}
	*first = false
}

// amount reads -n and -c.
func (i *Invocation) amount(found flags, usual int64) (count int64, byBytes, ok bool) {
	count = usual
	for _, letter := range []byte("nc") {
		text, given := found[letter]
		if !given {
			continue
		}
		byBytes = letter == 'c'
		sign := int64(1)
		if rest, negative := strings.CutPrefix(text, "-"); negative {
			sign, text = -1, rest
		}
		number, valid := parseSize(strings.TrimPrefix(text, "+"))
		if !valid {
			i.Errorf("invalid number '%s'", found[letter])
			return 0, false, false
		}
		count = sign * number
	}
	return count, byBytes, true
}

func commandTail(ctx context.Context, i *Invocation) int {
	i.oldOption()
	found, names, ok := i.parse("fFn:c:qvs:", map[string]byte{"follow": 'f', "retry": 'F', "lines": 'n'})
	if !ok {
		return 1
	}
	count, byBytes, ok := i.amount(found, 10)
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
	code := i.each(ctx, names, func(name string, reader io.Reader) error {
		i.title(name, len(names) > 1 && !found.has('q') || found.has('v'), &first)
		data, err := io.ReadAll(io.LimitReader(reader, maxText))
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
	if !found.has('f') && !found.has('F') {
		return code
	}
	if len(followed) == 0 {
		if len(names) == 0 || !found.has('F') {
			return code
		}
		for _, name := range names {
			followed = append(followed, &tailed{name: name})
		}
	}
	return i.follow(ctx, followed, len(names) > 1)
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
func (i *Invocation) follow(ctx context.Context, files []*tailed, titles bool) int {
	shown := ""
	for {
		for _, file := range files {
			info, err := i.stat(file.name)
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
		if i.System.sleep(ctx, followInterval) != nil {
			return ending(ctx)
		}
	}
}

func commandCount(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("clwLm", nil)
	if !ok {
		return 1
	}
	if len(found) == 0 {
		found = flags{'l': "", 'w': "", 'c': ""}
	}
	type counts struct{ lines, words, characters, bytes, longest int }
	total := counts{}
	show := func(c counts, name string) {
		var cells []string
		for _, cell := range []struct {
			letter byte
			value  int
		}{{'l', c.lines}, {'w', c.words}, {'m', c.characters}, {'c', c.bytes}, {'L', c.longest}} {
			if !found.has(cell.letter) {
				continue
			}
			if len(found) == 1 {
				cells = append(cells, strconv.Itoa(cell.value))
			} else {
				cells = append(cells, fmt.Sprintf("%9d", cell.value))
			}
		}
		if name != "-" && name != "" {
			cells = append(cells, name)
		}
		fmt.Fprintln(i.Stdout, strings.Join(cells, " "))
	}
	code := i.each(ctx, names, func(name string, reader io.Reader) error {
		c := counts{}
		err := i.lines(ctx, reader, func(line string, whole bool) bool {
			c.bytes += len(line)
			c.characters += utf8.RuneCountInString(line)
			c.words += len(strings.Fields(line))
			c.longest = max(c.longest, utf8.RuneCountInString(line))
			if whole {
				c.lines++
				c.bytes++
				c.characters++
			}
			return true
		})
		show(c, name)
		total.lines += c.lines
		total.words += c.words
		total.characters += c.characters
		total.bytes += c.bytes
		total.longest = max(total.longest, c.longest)
		return err
	})
	if len(names) > 1 {
		show(total, "total")
	}
	return code
}
