package files

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// finding is one test or action of find.
type finding func(ctx context.Context, name string, info fs.FileInfo) bool

// Find looks for files below directories.
func Find(ctx context.Context, i *process.Invocation) int {
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
					return notation.Match(strings.ToLower(pattern), strings.ToLower(base))
				}
				return notation.Match(pattern, base)
			})
		case "-path", "-wholename":
			pattern := value()
			add(func(_ context.Context, name string, _ fs.FileInfo) bool { return notation.Match(pattern, name) })
		case "-type":
			kind := value()
			add(func(_ context.Context, _ string, info fs.FileInfo) bool {
				shown := modeString(info.Mode())[:1]
				return shown == kind || kind == "f" && shown == "-"
			})
		case "-size", "-mtime", "-mmin":
			test, ok := measure(i, word, value())
			if !ok {
				return 1
			}
			add(test)
		case "-newer":
			other, err := i.Stat(value())
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
		err := i.Walk(ctx, root, true, func(name string, info fs.FileInfo) error {
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
				return process.ExitStatus(ctx)
			}
			i.Fail(root, err)
			code = 1
		}
	}
	return code
}

// measure reads a number with + or - for -size and -mtime.
func measure(i *process.Invocation, word, text string) (finding, bool) {
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
