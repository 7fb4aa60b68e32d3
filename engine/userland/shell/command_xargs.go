package shell

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

func commandXargs(ctx context.Context, i *Invocation) int {
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
	err := i.lines(ctx, i.Stdin, func(line string, _ bool) bool {
		switch {
		case null:
			items = append(items, strings.Split(strings.TrimSuffix(line, "\x00"), "\x00")...)
		case replace != "":
			items = append(items, strings.TrimLeft(line, " \t"))
		default:
			items = append(items, unquoteFields(line)...)
		}
		size += len(line)
		return size < maxText && len(items) < maxFields
	})
	if err != nil {
		return 1
	}
	code := 0
	run := func(args []string) bool {
		if show {
			fmt.Fprintln(i.Stderr, strings.Join(args, " "))
		}
		if _, err := i.System.look(args[0], i.Dir, i.pathList()); err != nil {
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

func (emptyReader) Read([]byte) (int, error) { return emptyStream().read(context.Background(), nil) }

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

func commandDu(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("shkad:cm", nil)
	if !ok {
		return 1
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	for _, name := range names {
		total := int64(0)
		err := i.walk(ctx, name, true, func(_ string, info fs.FileInfo) error {
			total += blocks([]listed{{"", info}})
			return nil
		})
		if err != nil {
			i.Fail(name, err)
			return 1
		}
		text := strconv.FormatInt(total, 10)
		if found.has('h') {
			text = humanSize(total * 1024)
		}
		fmt.Fprintf(i.Stdout, "%s\t%s\n", text, name)
	}
	return 0
}

func commandDf(_ context.Context, i *Invocation) int {
	used, _ := i.System.FileSystem.Usage()
	total := i.System.FileSystem.Limits().MaxBytes
	fmt.Fprintln(i.Stdout, "Filesystem           1K-blocks      Used Available Use% Mounted on")
	fmt.Fprintf(i.Stdout, "%-20s %9d %9d %9d %3d%% /\n", "overlay", total/1024, (used+1023)/1024, (total-used)/1024, used*100/total)
	return 0
}

func commandExpr(_ context.Context, i *Invocation) int {
	expression := &exprParser{words: i.Args[1:]}
	value, err := expression.or()
	if err == nil && len(expression.words) > 0 {
		err = errExpr
	}
	if len(i.Args) == 1 {
		i.Errorf("too few arguments")
		return 2
	}
	if err != nil {
		i.Errorf("%s", err)
		return 2
	}
	fmt.Fprintln(i.Stdout, value)
	if value == "" || value == "0" {
		return 1
	}
	return 0
}
