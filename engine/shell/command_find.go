package shell

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/filesystem"
)

// finding is one test or action of find.
type finding func(ctx context.Context, name string, info fs.FileInfo) bool

func commandFind(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	var roots []string
	for len(words) > 0 && !strings.HasPrefix(words[0], "-") && words[0] != "!" && words[0] != "(" {
		roots, words = append(roots, words[0]), words[1:]
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	maxDepth, minDepth := 1<<30, 0
	acts := false
	var alternatives [][]finding
	var current []finding
	negated := false
	add := func(f finding) {
		if negated {
			inner := f
			f = func(ctx context.Context, name string, info fs.FileInfo) bool { return !inner(ctx, name, info) }
			negated = false
		}
		current = append(current, f)
	}
	code := 0
	for n := 0; n < len(words); n++ {
		word := words[n]
		value := func() string {
			if n+1 < len(words) {
				n++
				return words[n]
			}
			return ""
		}
		switch word {
		case "!", "-not":
			negated = !negated
		case "-a", "-and":
		case "-o", "-or":
			alternatives, current = append(alternatives, current), nil
		case "-name", "-iname":
			pattern := value()
			fold := word == "-iname"
			add(func(_ context.Context, name string, _ fs.FileInfo) bool {
				base := path.Base(name)
				if fold {
					return matchPattern(strings.ToLower(pattern), strings.ToLower(base))
				}
				return matchPattern(pattern, base)
			})
		case "-path", "-wholename":
			pattern := value()
			add(func(_ context.Context, name string, _ fs.FileInfo) bool { return matchPattern(pattern, name) })
		case "-type":
			kind := value()
			add(func(_ context.Context, _ string, info fs.FileInfo) bool {
				shown := modeString(info.Mode())[:1]
				return shown == kind || kind == "f" && shown == "-"
			})
		case "-size", "-mtime", "-mmin":
			test, ok := i.measure(word, value())
			if !ok {
				return 1
			}
			add(test)
		case "-newer":
			other, err := i.stat(value())
			if err != nil {
				i.Fail(words[n], err)
				return 1
			}
			add(func(_ context.Context, _ string, info fs.FileInfo) bool { return info.ModTime().After(other.ModTime()) })
		case "-empty":
			add(func(_ context.Context, name string, info fs.FileInfo) bool {
				if info.IsDir() {
					entries, err := i.System.FileSystem.ReadDir(i.Path(name))
					return err == nil && len(entries) == 0
				}
				return info.Size() == 0
			})
		case "-maxdepth":
			maxDepth, _ = strconv.Atoi(value())
		case "-mindepth":
			minDepth, _ = strconv.Atoi(value())
		case "-print", "-print0":
			acts = true
			end := "\n"
			if word == "-print0" {
				end = "\x00"
			}
			add(func(_ context.Context, name string, _ fs.FileInfo) bool {
				_, err := fmt.Fprint(i.Stdout, name+end)
				return err == nil
			})
		case "-delete":
			acts = true
			add(func(_ context.Context, name string, _ fs.FileInfo) bool {
				if err := i.System.FileSystem.RemoveAll(i.Path(name)); err != nil {
					i.Fail(name, err)
					code = 1
				}
				return true
			})
		case "-exec":
			acts = true
			end := slices.IndexFunc(words[n+1:], func(word string) bool { return word == ";" || word == "+" })
			if end < 0 {
				i.Errorf("-exec requires an argument")
				return 1
			}
			command := words[n+1 : n+1+end]
			n += end + 1
			add(func(ctx context.Context, name string, _ fs.FileInfo) bool {
				args := make([]string, len(command))
				for k, word := range command {
					args[k] = strings.ReplaceAll(word, "{}", name)
				}
				return i.Execute(ctx, args, i.Env, nil) == 0
			})
		default:
			i.Errorf("unrecognized: %s", word)
			return 1
		}
	}
	alternatives = append(alternatives, current)
	for _, root := range roots {
		depthOf := func(name string) int {
			return strings.Count(strings.TrimPrefix(name, strings.TrimSuffix(root, "/")), "/")
		}
		err := i.walk(ctx, root, true, func(name string, info fs.FileInfo) error {
			if depth := depthOf(name); depth < minDepth || depth > maxDepth {
				return nil
			}
			for _, tests := range alternatives {
				holds := true
				for _, test := range tests {
					if holds = test(ctx, name, info); !holds {
						break
					}
				}
				if holds {
					if !acts {
						fmt.Fprintln(i.Stdout, name)
					}
					break
				}
			}
			return nil
		})
		if err != nil {
			if ctx.Err() != nil {
				return ending(ctx)
			}
			i.Fail(root, err)
			code = 1
		}
	}
	return code
}

// measure reads a number with + or - for -size and -mtime.
func (i *Invocation) measure(word, text string) (finding, bool) {
	digits := strings.TrimLeft(text, "+-")
	unit := int64(512)
	if word == "-size" {
		if rest, ok := strings.CutSuffix(digits, "c"); ok {
			digits, unit = rest, 1
		} else if rest, ok := strings.CutSuffix(digits, "k"); ok {
			digits, unit = rest, 1024
		}
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		i.Errorf("invalid number '%s'", text)
		return nil, false
	}
	return func(_ context.Context, _ string, info fs.FileInfo) bool {
		value := (info.Size() + unit - 1) / unit
		switch word {
		case "-mtime":
			value = int64(time.Since(info.ModTime()) / (24 * time.Hour))
		case "-mmin":
			value = int64(time.Since(info.ModTime()) / time.Minute)
		}
		switch text[0] {
		case '+':
			return value > number
		case '-':
			return value < number
		}
		return value == number
	}, true
}

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
