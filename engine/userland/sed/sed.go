package sed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tabernetes/engine/userland/process"
)

// replace carries out s.
func (c *command) replace(line string) (string, bool) {
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

// run is sed at work on one stream of lines.
type run struct {
	out    io.Writer
	quiet  bool
	lines  []string
	number int // of the line, from 1
	quit   bool
}

func (a *address) matches(r *run, line string) bool {
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

func (c *command) applies(r *run, line string) bool {
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
func (r *run) apply(commands []*command, line string) (result string, kept bool) {
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

// Run is sed, the program.
func Run(ctx context.Context, i *process.Invocation) int {
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
				i.CannotOpen(words[n], err)
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
	parser := &parser{text: strings.Join(script, "\n"), extended: extended}
	commands, err := parser.script()
	if err == nil && parser.text != "" {
		err = errors.New("unexpected '}'")
	}
	if err != nil {
		i.Errorf("%s", err)
		return 1
	}
	return i.Each(ctx, names, i.CannotOpen, func(name string, reader io.Reader) error {
		lines, err := i.ReadLines(ctx, reader)
		if err != nil {
			return err
		}
		run := &run{out: i.Stdout, quiet: quiet, lines: lines}
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
			if run.number%process.LinesPerStep == 0 {
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
