package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// followInterval is how often tail -f looks.
const followInterval = time.Second

// errTruncated is what base64 -d says of a text that is no base64.
var errTruncated = errors.New("truncated input")

// maxPattern is the longest regular expression, in bytes.
const maxPattern = 4096

// compileBasic compiles a regular expression of POSIX: a basic one, or an extended
// one. Go's engine takes linear time and knows no back references.
func compileBasic(text string, extended, fold bool) (*regexp.Regexp, error) {
	if len(text) > maxPattern {
		return nil, errors.New("regular expression too long")
	}
	if !extended {
		text = basicToExtended(text)
	}
	flags := "(?m)"
	if fold {
		flags = "(?mi)"
	}
	compiled, err := regexp.Compile(flags + text)
	if err != nil {
		var syntax interface{ Error() string } = err
		return nil, fmt.Errorf("bad regex '%s': %s", text, strings.TrimPrefix(syntax.Error(), "error parsing regexp: "))
	}
	compiled.Longest()
	return compiled, nil
}

// basicToExtended swaps the meaning of the characters that basic expressions
// escape: \( \) \{ \} \| \+ \?.
func basicToExtended(text string) string {
	var out strings.Builder
	for n := 0; n < len(text); n++ {
		c := text[n]
		switch {
		case c == '\\' && n+1 < len(text):
			n++
			if strings.IndexByte("(){}|+?", text[n]) >= 0 {
				out.WriteByte(text[n])
			} else {
				out.WriteByte('\\')
				out.WriteByte(text[n])
			}
		case strings.IndexByte("(){}|+?", c) >= 0:
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '*' && (n == 0 || text[n-1] == '^' && n == 1 || n > 1 && text[n-2:n] == `\(`):
			out.WriteString(`\*`)
		case c == '[':
			end := bracketEnd(text, n)
			out.WriteString(strings.ReplaceAll(text[n:end], `\`, `\\`))
			n = end - 1
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// bracketEnd is where the bracket expression that begins at n ends.
func bracketEnd(text string, n int) int {
	at := n + 1
	if at < len(text) && text[at] == '^' {
		at++
	}
	if at < len(text) && text[at] == ']' {
		at++
	}
	for at < len(text) && text[at] != ']' {
		if strings.HasPrefix(text[at:], "[:") {
			if end := strings.Index(text[at:], ":]"); end > 0 {
				at += end + 1
			}
		}
		at++
	}
	return min(at+1, len(text))
}

// searching are the options of a grep.
type searching struct {
	found         flags
	pattern       *regexp.Regexp
	before, after int
	titles        bool
}

func commandGrep(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("EFivqclnowxhHrRsLm:A:B:C:e:f:aPz", map[string]byte{
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
	if len(patterns) == 0 && found.has('e') {
		patterns = []string{found['e']}
	}
	if name := found['f']; name != "" {
		data, err := i.System.FileSystem.ReadFile(i.Path(name))
		if err != nil {
			i.cannotOpen(name, err)
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
	if search.pattern, err = i.grepPattern(patterns, found); err != nil {
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
	recursive := found.has('r') || found.has('R')
	if recursive {
		names = i.filesBelow(ctx, names)
	}
	search.titles = (len(names) > 1 || recursive || found.has('H')) && !found.has('h')
	matched, failed := false, false
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		reader, err := i.open(ctx, name)
		if err != nil {
			if !found.has('s') {
				i.Fail(name, err)
			}
			failed = true
			continue
		}
		hit, err := i.search(ctx, &search, name, reader)
		_ = reader.Close()
		matched = matched || hit
		if err != nil && ctx.Err() != nil {
			return ending(ctx)
		}
		if matched && found.has('q') {
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

func (i *Invocation) grepPattern(patterns []string, found flags) (*regexp.Regexp, error) {
	fixed := found.has('F') || i.Name() == "fgrep"
	extended := found.has('E') || found.has('P') || i.Name() == "egrep"
	alternatives := make([]string, len(patterns))
	for n, text := range patterns {
		switch {
		case fixed:
			text = regexp.QuoteMeta(text)
		case !extended:
			text = basicToExtended(text)
		}
		alternatives[n] = "(?:" + text + ")"
	}
	text := strings.Join(alternatives, "|")
	switch {
	case found.has('x'):
		text = "^(?:" + text + ")$"
	case found.has('w'):
		text = `\b(?:` + text + `)\b`
	}
	return compileBasic(text, true, found.has('i'))
}

func (i *Invocation) filesBelow(ctx context.Context, names []string) []string {
	if len(names) == 0 {
		names = []string{"."}
	}
	var files []string
	for _, name := range names {
		err := i.walk(ctx, name, true, func(name string, info fs.FileInfo) error {
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

// search looks through one file and says whether a line was selected.
func (i *Invocation) search(ctx context.Context, s *searching, name string, reader io.Reader) (bool, error) {
	if name == "-" {
		name = "(standard input)"
	}
	limit := -1
	if text := s.found['m']; text != "" {
		limit, _ = strconv.Atoi(text)
	}
	count, number, lastShown, pending := 0, 0, 0, 0
	var recent []string
	quiet := s.found.has('q') || s.found.has('c') || s.found.has('l') || s.found.has('L')
	show := func(number int, mark, line string) bool {
		if (s.before > 0 || s.after > 0) && lastShown > 0 && number > lastShown+1 {
			fmt.Fprintln(i.Stdout, "--")
		}
		lastShown = number
		prefix := ""
		if s.titles {
			prefix = name + mark
		}
		if s.found.has('n') {
			prefix += strconv.Itoa(number) + mark
		}
		_, err := fmt.Fprintln(i.Stdout, prefix+line)
		return err == nil
	}
	err := i.lines(ctx, reader, func(line string, _ bool) bool {
		number++
		if limit >= 0 && count >= limit && pending == 0 {
			return false
		}
		selected := s.pattern.MatchString(line) != s.found.has('v') && (limit < 0 || count < limit)
		if !selected {
			if pending > 0 && !quiet {
				pending--
				return show(number, "-", line)
			}
			if s.before > 0 {
				recent = append(recent, line)
				if len(recent) > s.before {
					recent = recent[1:]
				}
			}
			return true
		}
		count++
		if quiet {
			return s.found.has('c')
		}
		for n, earlier := range recent {
			show(number-len(recent)+n, "-", earlier)
		}
		recent = nil
		pending = s.after
		if s.found.has('o') && !s.found.has('v') {
			for _, match := range s.pattern.FindAllString(line, -1) {
				if match != "" && !show(number, ":", match) {
					return false
				}
			}
			return true
		}
		return show(number, ":", line)
	})
	switch {
	case s.found.has('q'):
	case s.found.has('c'):
		prefix := ""
		if s.titles {
			prefix = name + ":"
		}
		fmt.Fprintf(i.Stdout, "%s%d\n", prefix, count)
	case s.found.has('l') && count > 0, s.found.has('L') && count == 0:
		fmt.Fprintln(i.Stdout, name)
	}
	return count > 0, err
}
