package system

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// maxItems is how many arguments are read.
const maxItems = 100_000

// Xargs runs a program with arguments that it reads.
func Xargs(ctx context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	limit, replace, null, skipEmpty, show := 0, "", false, false, false
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		word := words[0]
		words = words[1:]
		value := func(name string) string {
			if text := strings.TrimPrefix(word, name); text != "" {
				return text
			}
			if len(words) == 0 {
				return ""
			}
			text := words[0]
			words = words[1:]
			return text
		}
		switch {
		case strings.HasPrefix(word, "-n"):
			limit, _ = strconv.Atoi(value("-n"))
		case strings.HasPrefix(word, "-I"):
			replace = value("-I")
		case strings.HasPrefix(word, "-P"):
			value("-P")
		case word == "-0":
			null = true
		case word == "-r":
			skipEmpty = true
		case word == "-t":
			show = true
		default:
			i.Errorf("unrecognized option: %s", strings.TrimLeft(word, "-"))
			return 1
		}
	}
	if len(words) == 0 {
		words = []string{"echo"}
	}
	var items []string
	size := 0
	err := i.Lines(ctx, i.Stdin, func(line string, _ bool) bool {
		switch {
		case null:
			items = append(items, strings.Split(strings.TrimSuffix(line, "\x00"), "\x00")...)
		case replace != "":
			items = append(items, strings.TrimLeft(line, " \t"))
		default:
			items = append(items, unquoteFields(line)...)
		}
		size += len(line)
		return size < process.MaxText && len(items) < maxItems
	})
	if err != nil {
		return 1
	}
	code := 0
	run := func(args []string) bool {
		if show {
			fmt.Fprintln(i.Stderr, strings.Join(args, " "))
		}
		if _, err := i.LookPath(args[0]); err != nil {
			i.Errorf("can't execute '%s': %s", args[0], filesystem.Text(filesystem.ErrNotExist))
			code = 127
			return false
		}
		if status := i.Execute(ctx, args, i.Env, emptyReader{}); status != 0 {
			code = 123
		}
		return ctx.Err() == nil
	}
	switch {
	case replace != "":
		for _, item := range items {
			args := make([]string, len(words))
			for n, word := range words {
				args[n] = strings.ReplaceAll(word, replace, item)
			}
			if !run(args) {
				return code
			}
		}
	case len(items) == 0:
		if !skipEmpty {
			run(words)
		}
	default:
		if limit <= 0 {
			limit = len(items)
		}
		for begin := 0; begin < len(items); begin += limit {
			args := append(slices.Clone(words), items[begin:min(len(items), begin+limit)]...)
			if !run(args) {
				return code
			}
		}
	}
	return code
}

// emptyReader is an input without contents.
type emptyReader struct{}

func (emptyReader) Len() int { return 0 }

func (emptyReader) Read([]byte) (int, error) { return 0, io.EOF }

// unquoteFields splits a line as xargs does: at blanks, with quotes.
func unquoteFields(line string) []string {
	var fields []string
	var word strings.Builder
	inside, quoted := false, byte(0)
	for n := 0; n < len(line); n++ {
		c := line[n]
		switch {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			} else {
				word.WriteByte(c)
			}
		case c == '\'' || c == '"':
			quoted, inside = c, true
		case c == '\\' && n+1 < len(line):
			n++
			word.WriteByte(line[n])
			inside = true
		case c == ' ' || c == '\t':
			if inside {
				fields = append(fields, word.String())
				word.Reset()
				inside = false
			}
		default:
			word.WriteByte(c)
			inside = true
		}
	}
	if inside {
		fields = append(fields, word.String())
	}
	return fields
}
