package sed

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tabernetes/engine/userland/notation"
)

// address is where a command of sed applies: a line, the last line, or the
// lines that match.
type address struct {
	line    int
	last    bool
	pattern *regexp.Regexp
	step    int
}

// command is one command of a sed script: s, d, p, q, =, a, i, c, y, n or a
// block.
type command struct {
	from, to    *address
	negated     bool
	name        byte
	pattern     *regexp.Regexp
	replacement string
	global      bool
	print       bool
	occurrence  int
	text        string
	runes       map[rune]rune
	block       []*command
	active      bool // inside its range
}

// parser reads a sed script.
type parser struct {
	text     string
	extended bool
	depth    int
}

// maxBlocks is how many blocks may stand in each other.
const maxBlocks = 4

var errUnsupported = errors.New("unsupported command")

func (p *parser) skip(set string) { p.text = strings.TrimLeft(p.text, set) }

func (p *parser) script() ([]*command, error) {
	var commands []*command
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

func (p *parser) address() (*address, error) {
	if p.text == "" {
		return nil, nil
	}
	switch c := p.text[0]; {
	case c >= '0' && c <= '9':
		digits := notation.Leading(p.text, 9, "0123456789")
		p.text = p.text[len(digits):]
		line, _ := strconv.Atoi(digits)
		address := &address{line: line}
		if rest, ok := strings.CutPrefix(p.text, "~"); ok {
			digits = notation.Leading(rest, 9, "0123456789")
			address.step, _ = strconv.Atoi(digits)
			p.text = rest[len(digits):]
		}
		return address, nil
	case c == '$':
		p.text = p.text[1:]
		return &address{last: true}, nil
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
		pattern, err := notation.Regexp(text, p.extended, fold)
		return &address{pattern: pattern}, err
	}
	return nil, nil
}

// delimited reads a text between the delimiter that stands first and the next one;
// the latter stays.
func (p *parser) delimited() (string, error) {
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

func (p *parser) command() (*command, error) {
	command := &command{}
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
		if p.depth++; p.depth > maxBlocks {
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
	return nil, fmt.Errorf("%w %c", errUnsupported, command.name)
}

func (p *parser) substitution(command *command) error {
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
			command.pattern, err = notation.Regexp(text, p.extended, fold)
			return err
		default:
			return errors.New("bad option in substitution expression")
		}
		p.text = p.text[1:]
	}
	command.pattern, err = notation.Regexp(text, p.extended, fold)
	return err
}

func (p *parser) transliteration(command *command) error {
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
