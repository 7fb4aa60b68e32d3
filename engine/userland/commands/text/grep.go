package text

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Grep is grep, egrep and fgrep: it prints the lines that match.
func Grep(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("EFivqclnowxhHrRsLm:A:B:C:e:f:aPz", map[string]byte{
		"ignore-case": 'i', "invert-match": 'v', "count": 'c', "extended-regexp": 'E', "fixed-strings": 'F', "only-matching": 'o',
		"line-number": 'n', "quiet": 'q', "recursive": 'r', "regexp": 'e', "after-context": 'A', "before-context": 'B', "context": 'C',
		"word-regexp": 'w', "files-with-matches": 'l', "color": 'a', "no-messages": 's', "max-count": 'm',
	})
	if !ok {
		return 2
	}
	var patterns []string
	for n := 1; n < len(i.Args); n++ { // -e may come more than once
		if i.Args[n] == "-e" && n+1 < len(i.Args) {
			patterns = append(patterns, i.Args[n+1])
			n++
		} else if text, ok := strings.CutPrefix(i.Args[n], "-e"); ok && text != "" && !strings.HasPrefix(i.Args[n], "--") {
			patterns = append(patterns, text)
		}
	}
	if len(patterns) == 0 && found.Has('e') {
		patterns = []string{found['e']}
	}
	if name := found['f']; name != "" {
		data, err := i.System.FileSystem.ReadFile(i.Path(name))
		if err != nil {
			i.CannotOpen(name, err)
			return 2
		}
		patterns = append(patterns, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
	}
	if len(patterns) == 0 {
		if len(names) == 0 {
			fmt.Fprintln(i.Stderr, "Usage: grep [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...")
			return 2
		}
		patterns, names = strings.Split(names[0], "\n"), names[1:]
	}
	search := searching{found: found}
	var err error
	if search.pattern, err = grepPattern(i, patterns, found); err != nil {
		i.Errorf("%s", err)
		return 2
	}
	for letter, target := range map[byte][]*int{'A': {&search.after}, 'B': {&search.before}, 'C': {&search.before, &search.after}} {
		if text, given := found[letter]; given {
			number, err := strconv.Atoi(text)
			if err != nil || number < 0 {
				i.Errorf("invalid number '%s'", text)
				return 2
			}
			for _, lines := range target {
				*lines = number
			}
		}
	}
	recursive := found.Has('r') || found.Has('R')
	if recursive {
		names = filesBelow(ctx, i, names)
	}
	search.titles = (len(names) > 1 || recursive || found.Has('H')) && !found.Has('h')
	matched, failed := false, false
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		reader, err := i.Open(ctx, name)
		if err != nil {
			if !found.Has('s') {
				i.Fail(name, err)
			}
			failed = true
			continue
		}
		hit, err := search.lines(ctx, i, name, reader)
		_ = reader.Close()
		matched = matched || hit
		if err != nil && ctx.Err() != nil {
			return process.ExitStatus(ctx)
		}
		if matched && found.Has('q') {
			return 0
		}
	}
	switch {
	case failed && !matched:
		return 2
	case matched:
		return 0
	}
	return 1
}

func grepPattern(i *process.Invocation, patterns []string, found process.Options) (*regexp.Regexp, error) {
	fixed := found.Has('F') || i.Name() == "fgrep"
	extended := found.Has('E') || found.Has('P') || i.Name() == "egrep"
	alternatives := make([]string, len(patterns))
	for n, text := range patterns {
		switch {
		case fixed:
			text = regexp.QuoteMeta(text)
		case !extended:
			text = notation.BasicToExtended(text)
		}
		alternatives[n] = "(?:" + text + ")"
	}
	text := strings.Join(alternatives, "|")
	switch {
	case found.Has('x'):
		text = "^(?:" + text + ")$"
	case found.Has('w'):
		text = `\b(?:` + text + `)\b`
	}
	return notation.Regexp(text, true, found.Has('i'))
}

func filesBelow(ctx context.Context, i *process.Invocation, names []string) []string {
	if len(names) == 0 {
		names = []string{"."}
	}
	var files []string
	for _, name := range names {
		err := i.Walk(ctx, name, true, func(name string, info fs.FileInfo) error {
			if !info.IsDir() && info.Mode().IsRegular() {
				files = append(files, strings.TrimPrefix(name, "./"))
			}
			return nil
		})
		if err != nil {
			i.Fail(name, err)
		}
	}
	return files
}
