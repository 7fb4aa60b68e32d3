package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// sedAddress is where a command of sed applies: a line, the last line, or the
// lines that match.
type sedAddress struct {
	line    int
	last    bool
	pattern *regexp.Regexp
	step    int
}

// sedCommand is one command of a sed script: s, d, p, q, =, a, i, c, y, n or a
// block.
type sedCommand struct {
	from, to    *sedAddress
	negated     bool
	name        byte
	pattern     *regexp.Regexp
	replacement string
	global      bool
	print       bool
	occurrence  int
	text        string
	runes       map[rune]rune
	block       []*sedCommand
	active      bool // inside its range
}

// sedParser reads a sed script.
type sedParser struct {
	text     string
	extended bool
	depth    int
}

var errSed = errors.New("unsupported command")

func (p *sedParser) skip(set string) { p.text = strings.TrimLeft(p.text, set) }

func (p *sedParser) script() ([]*sedCommand, error) {
	var commands []*sedCommand
	for {
		p.skip(" \t\n;")
		if p.text == "" || p.text[0] == '}' {
			return commands, nil
		}
		if p.text[0] == '#' {
			_, p.text, _ = strings.Cut(p.text, "\n")
			continue
		}
		command, err := p.command()
		if err != nil {
			return nil, err
		}
		commands = append(commands, command)
	}
}

func (p *sedParser) address() (*sedAddress, error) {
	if p.text == "" {
		return nil, nil
	}
	switch c := p.text[0]; {
	case c >= '0' && c <= '9':
		digits := leading(p.text, 9, "0123456789")
		p.text = p.text[len(digits):]
		line, _ := strconv.Atoi(digits)
		address := &sedAddress{line: line}
		if rest, ok := strings.CutPrefix(p.text, "~"); ok {
			digits = leading(rest, 9, "0123456789")
			address.step, _ = strconv.Atoi(digits)
			p.text = rest[len(digits):]
		}
		return address, nil
	case c == '$':
		p.text = p.text[1:]
		return &sedAddress{last: true}, nil
	case c == '/' || c == '\\' && len(p.text) > 1:
		if c == '\\' {
			p.text = p.text[1:]
		}
		text, err := p.delimited()
		if err != nil {
			return nil, err
		}
		fold := strings.HasPrefix(p.text, "I")
		if fold {
			p.text = p.text[1:]
		}
		pattern, err := compileBasic(text, p.extended, fold)
		return &sedAddress{pattern: pattern}, err
	}
	return nil, nil
}

// delimited reads a text between the delimiter that stands first and the next one;
// the latter stays.
func (p *sedParser) delimited() (string, error) {
	delimiter := p.text[0]
	var out strings.Builder
	bracket := false
	for n := 1; n < len(p.text); n++ {
		c := p.text[n]
		switch {
		case c == '\\' && n+1 < len(p.text):
			n++
			switch p.text[n] {
			case delimiter:
				out.WriteByte(delimiter)
			case 'n':
				out.WriteByte('\n')
			default:
				out.WriteByte('\\')
				out.WriteByte(p.text[n])
			}
			continue
		case c == '[' && !bracket:
			bracket = true
		case c == ']' && bracket:
			bracket = false
		case c == delimiter && !bracket:
			p.text = p.text[n+1:]
			return out.String(), nil
		}
		out.WriteByte(c)
	}
	return "", errors.New("unterminated pattern")
}

func (p *sedParser) command() (*sedCommand, error) {
	command := &sedCommand{}
	var err error
	if command.from, err = p.address(); err != nil {
		return nil, err
	}
	if command.from != nil && strings.HasPrefix(p.text, ",") {
		p.text = p.text[1:]
		if command.to, err = p.address(); err != nil {
			return nil, err
		}
		if command.to == nil {
			return nil, errors.New("no address after comma")
		}
	}
	p.skip(" \t")
	for strings.HasPrefix(p.text, "!") {
		command.negated = true
		p.text = strings.TrimLeft(p.text[1:], " \t")
	}
	if p.text == "" {
		return nil, errors.New("missing command")
	}
	command.name, p.text = p.text[0], p.text[1:]
	switch command.name {
	case 'd', 'p', 'q', '=', 'n':
		return command, nil
	case 's':
		return command, p.substitution(command)
	case 'y':
		return command, p.transliteration(command)
	case 'a', 'i', 'c':
		p.skip(" \t")
		p.text = strings.TrimPrefix(p.text, "\\")
		p.text = strings.TrimLeft(p.text, "\n")
		command.text, p.text, _ = strings.Cut(p.text, "\n")
		return command, nil
	case '{':
		if p.depth++; p.depth > maxInterpreters {
			return nil, errors.New("too many {")
		}
		command.block, err = p.script()
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(p.text, "}") {
			return nil, errors.New("unmatched '{'")
		}
		p.text = p.text[1:]
		p.depth--
		return command, nil
	}
	return nil, fmt.Errorf("%w %c", errSed, command.name)
}

func (p *sedParser) substitution(command *sedCommand) error {
	if p.text == "" {
		return errors.New("bad option in substitution expression")
	}
	delimiter := p.text[:1]
	text, err := p.delimited()
	if err != nil {
		return err
	}
	p.text = delimiter + p.text
	if command.replacement, err = p.delimited(); err != nil {
		return err
	}
	fold := false
	for p.text != "" {
		switch c := p.text[0]; {
		case c == 'g':
			command.global = true
		case c == 'p':
			command.print = true
		case c == 'i' || c == 'I':
			fold = true
		case c >= '1' && c <= '9':
			command.occurrence = int(c - '0')
		case strings.IndexByte(" \t;\n}", c) >= 0:
			command.pattern, err = compileBasic(text, p.extended, fold)
			return err
		default:
			return errors.New("bad option in substitution expression")
		}
		p.text = p.text[1:]
	}
	command.pattern, err = compileBasic(text, p.extended, fold)
	return err
}

func (p *sedParser) transliteration(command *sedCommand) error {
	if p.text == "" {
		return errors.New("bad option in substitution expression")
	}
	delimiter := p.text[:1]
	from, err := p.delimited()
	if err != nil {
		return err
	}
	p.text = delimiter + p.text
	to, err := p.delimited()
	if err != nil {
		return err
	}
	a, b := []rune(from), []rune(to)
	if len(a) != len(b) {
		return errors.New("strings for 'y' command are different lengths")
	}
	command.runes = map[rune]rune{}
	for n := range a {
		command.runes[a[n]] = b[n]
	}
	return nil
}

// replace carries out s.
func (c *sedCommand) replace(line string) (string, bool) {
	matches := c.pattern.FindAllStringSubmatchIndex(line, -1)
	var out strings.Builder
	at, changed := 0, false
	for n, match := range matches {
		if !c.global && n+1 != max(1, c.occurrence) || c.global && n+1 < c.occurrence {
			continue
		}
		out.WriteString(line[at:match[0]])
		for k := 0; k < len(c.replacement); k++ {
			var group int
			switch {
			case c.replacement[k] == '&':
				group = 0
			case c.replacement[k] == '\\' && k+1 < len(c.replacement):
				k++
				if c.replacement[k] >= '0' && c.replacement[k] <= '9' {
					group = int(c.replacement[k] - '0')
					break
				}
				if c.replacement[k] == 't' {
					out.WriteByte('\t')
				} else {
					out.WriteByte(c.replacement[k])
				}
				continue
			default:
				out.WriteByte(c.replacement[k])
				continue
			}
			if 2*group+1 < len(match) && match[2*group] >= 0 {
				out.WriteString(line[match[2*group]:match[2*group+1]])
			}
		}
		at, changed = match[1], true
	}
	out.WriteString(line[at:])
	return out.String(), changed
}

// sedRun is sed at work on one stream of lines.
type sedRun struct {
	out    io.Writer
	quiet  bool
	lines  []string
	number int // of the line, from 1
	quit   bool
}

func (a *sedAddress) matches(r *sedRun, line string) bool {
	switch {
	case a.pattern != nil:
		return a.pattern.MatchString(line)
	case a.last:
		return r.number == len(r.lines)
	case a.step > 0:
		return r.number >= a.line && (r.number-a.line)%a.step == 0
	}
	return r.number == a.line
}

func (c *sedCommand) applies(r *sedRun, line string) bool {
	holds := true
	switch {
	case c.from == nil:
	case c.to == nil:
		holds = c.from.matches(r, line)
	case c.active:
		if c.to.matches(r, line) || c.to.line > 0 && r.number >= c.to.line {
			c.active = false
		}
	default:
		if holds = c.from.matches(r, line); holds {
			c.active = c.to.line == 0 || c.to.line > r.number
		}
	}
	return holds != c.negated
}

// apply runs commands on a line; kept says whether it is printed at the end.
func (r *sedRun) apply(commands []*sedCommand, line string) (result string, kept bool) {
	for _, c := range commands {
		if !c.applies(r, line) {
			continue
		}
		switch c.name {
		case 'd':
			return line, false
		case 'p':
			fmt.Fprintln(r.out, line)
		case '=':
			fmt.Fprintln(r.out, r.number)
		case 'q':
			r.quit = true
			return line, true
		case 'n':
			if !r.quiet {
				fmt.Fprintln(r.out, line)
			}
			if r.number >= len(r.lines) {
				r.quit = true
				return line, false
			}
			r.number++
			line = r.lines[r.number-1]
		case 'i':
			fmt.Fprintln(r.out, c.text)
		case 'a':
			if !r.quiet {
				fmt.Fprintln(r.out, line)
			}
			fmt.Fprintln(r.out, c.text)
			return line, false
		case 'c':
			fmt.Fprintln(r.out, c.text)
			return line, false
		case 'y':
			line = strings.Map(func(x rune) rune {
				if to, ok := c.runes[x]; ok {
					return to
				}
				return x
			}, line)
		case 's':
			changed := false
			if line, changed = c.replace(line); changed && c.print {
				fmt.Fprintln(r.out, line)
			}
		case '{':
			if line, kept = r.apply(c.block, line); !kept || r.quit {
				return line, kept
			}
		}
	}
	return line, true
}

func commandSed(ctx context.Context, i *Invocation) int {
	var script []string
	var names []string
	quiet, extended, inPlace := false, false, false
	words := i.Args[1:]
	for n := 0; n < len(words); n++ {
		word := words[n]
		switch {
		case word == "-e" && n+1 < len(words):
			n++
			script = append(script, words[n])
		case word == "-f" && n+1 < len(words):
			n++
			data, err := i.System.FileSystem.ReadFile(i.Path(words[n]))
			if err != nil {
				i.cannotOpen(words[n], err)
				return 1
			}
			script = append(script, string(data))
		case word == "--":
			names = append(names, words[n+1:]...)
			n = len(words)
		case len(word) > 1 && word[0] == '-':
			for _, letter := range strings.TrimLeft(word, "-") {
				switch letter {
				case 'n':
					quiet = true
				case 'E', 'r':
					extended = true
				case 'i':
					inPlace = true
				default:
					i.Errorf("unrecognized option: %c", letter)
					return 1
				}
			}
		default:
			names = append(names, word)
		}
	}
	if len(script) == 0 {
		if len(names) == 0 {
			fmt.Fprintln(i.Stderr, "Usage: sed [-i] [-nrE] [-f FILE]... [-e CMD]... [FILE]...")
			return 1
		}
		script, names = names[:1], names[1:]
	}
	parser := &sedParser{text: strings.Join(script, "\n"), extended: extended}
	commands, err := parser.script()
	if err == nil && parser.text != "" {
		err = errors.New("unexpected '}'")
	}
	if err != nil {
		i.Errorf("%s", err)
		return 1
	}
	return i.each(ctx, names, func(name string, reader io.Reader) error {
		lines, err := i.readLines(ctx, reader)
		if err != nil {
			return err
		}
		run := &sedRun{out: i.Stdout, quiet: quiet, lines: lines}
		var replaced strings.Builder
		if inPlace && name != "-" {
			run.out = &replaced
		}
		for !run.quit && run.number < len(run.lines) {
			run.number++
			line, kept := run.apply(commands, run.lines[run.number-1])
			if kept && !quiet {
				if _, err := fmt.Fprintln(run.out, line); err != nil {
					return nil
				}
			}
			if run.number%linesPerStep == 0 {
				if err := i.Step(ctx); err != nil {
					return err
				}
			}
		}
		if inPlace && name != "-" {
			file, err := i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_TRUNC, 0)
			if err != nil {
				return err
			}
			_, err = io.WriteString(file, replaced.String())
			return errors.Join(err, file.Close())
		}
		return nil
	})
}
