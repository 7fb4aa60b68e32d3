package jq

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

const usage = `Usage:	jq [OPTIONS] FILTER [FILES...]
	jq [OPTIONS] -n FILTER
	jq [OPTIONS] --args FILTER [STRINGS...]
	jq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]

Command options:
  -n, --null-input          use null as the single input value;
  -R, --raw-input           read each line as a string instead of JSON;
  -s, --slurp               read all inputs into an array and use it as the
                            single input value;
  -c, --compact-output      compact instead of pretty-printed output;
  -r, --raw-output          output strings without escapes and quotes;
  -j, --join-output         implies -r and output without newline after each
                            output;
  -a, --ascii-output        output strings by only ASCII characters using escape
                            sequences;
  -S, --sort-keys           sort keys of each object on output;
      --tab                 use tabs for indentation;
      --indent n            use n spaces for indentation (max 7 spaces);
  -e, --exit-status         set exit status code based on the output;
  -f, --from-file           load the filter from a file;
      --arg name value      set $name to the string value;
      --argjson name value  set $name to the JSON value;
      --slurpfile name file set $name to an array of JSON values read from the
                            file;
      --rawfile name file   set $name to string contents of file;
      --args                consume remaining arguments as positional string
                            values;
      --jsonargs            consume remaining arguments as positional JSON
                            values;
  -h, --help                show the help;
  -V, --version             show the version;
  --                        terminates argument processing;
`

// options are those of a call.
type options struct {
	filter string
	files  []string
	names  []string // of variables, with $
	values []any

	nullInput, rawInput, slurp             bool
	raw, join, ascii, exitStatus, fromFile bool
	help, version                          bool
	indent                                 string // empty for output in one line
}

// maxIndent is the most spaces that --indent takes.
const maxIndent = 7

// flags are the options without a value, by their long names and letters.
var flags = map[string]func(*options){
	"null-input":     func(o *options) { o.nullInput = true },
	"raw-input":      func(o *options) { o.rawInput = true },
	"slurp":          func(o *options) { o.slurp = true },
	"compact-output": func(o *options) { o.indent = "" },
	"raw-output":     func(o *options) { o.raw = true },
	"join-output":    func(o *options) { o.raw, o.join = true, true },
	"ascii-output":   func(o *options) { o.ascii = true },
	"sort-keys":      func(*options) {}, // always, see the package
	"color-output":   func(*options) {}, // the terminal has one colour
	"monochrome-output": func(*options) {
	},
	"unbuffered":  func(*options) {},
	"tab":         func(o *options) { o.indent = "\t" },
	"exit-status": func(o *options) { o.exitStatus = true },
	"from-file":   func(o *options) { o.fromFile = true },
	"help":        func(o *options) { o.help = true },
	"version":     func(o *options) { o.version = true },
}

var letters = map[rune]string{
	'n': "null-input", 'R': "raw-input", 's': "slurp", 'c': "compact-output", 'r': "raw-output", 'j': "join-output",
	'a': "ascii-output", 'S': "sort-keys", 'C': "color-output", 'M': "monochrome-output", 'e': "exit-status",
	'f': "from-file", 'h': "help", 'V': "version",
}

// parser reads the words of a call.
type parser struct {
	i          *process.Invocation
	o          *options
	words      []string
	operands   []string
	named      map[string]any
	positional []any
	rest       string // "args" or "jsonargs", which what follows the filter then is
}

func parseOptions(i *process.Invocation) (*options, error) {
	p := &parser{i: i, o: &options{indent: "  "}, words: i.Args[1:], named: map[string]any{}, positional: []any{}}
	for len(p.words) > 0 {
		word := p.words[0]
		p.words = p.words[1:]
		if err := p.word(word); err != nil {
			return nil, err
		}
	}
	o := p.o
	if o.help || o.version {
		return o, nil
	}
	if len(p.operands) == 0 {
		if o.fromFile {
			return nil, errors.New("-f needs a file")
		}
		p.operands = []string{"."}
		if i.Terminal(0) {
			o.help = true
		}
	}
	o.filter, o.files = p.operands[0], p.operands[1:]
	if o.fromFile {
		text, err := readFile(i, o.filter)
		if err != nil {
			return nil, err
		}
		o.filter = text
	}
	o.names = append(o.names, "$ARGS")
	o.values = append(o.values, map[string]any{"named": p.named, "positional": p.positional})
	return o, nil
}

func (p *parser) word(word string) error {
	name, isLong := strings.CutPrefix(word, "--")
	switch {
	case word == "--":
		for _, operand := range p.words {
			if err := p.operand(operand); err != nil {
				return err
			}
		}
		p.words = nil
		return nil
	case isLong && flags[name] != nil:
		flags[name](p.o)
		return nil
	case isLong:
		return p.long(name)
	case len(word) > 1 && word[0] == '-':
		for _, letter := range word[1:] {
			if letters[letter] == "" {
				return fmt.Errorf("unknown option: %s", word)
			}
			flags[letters[letter]](p.o)
		}
		return nil
	}
	return p.operand(word)
}

// operand takes the filter, and after it files or values.
func (p *parser) operand(word string) error {
	switch {
	case len(p.operands) == 0 || p.rest == "":
		p.operands = append(p.operands, word)
	case p.rest == "args":
		p.positional = append(p.positional, word)
	default:
		value, err := parseValue(word)
		if err != nil {
			return fmt.Errorf("invalid JSON text passed to --jsonargs: %s", word)
		}
		p.positional = append(p.positional, value)
	}
	return nil
}

// long takes an option with values.
func (p *parser) long(name string) error {
	take := func(count int) ([]string, error) {
		if len(p.words) < count {
			return nil, fmt.Errorf("--%s takes %d parameters", name, count)
		}
		taken := p.words[:count]
		p.words = p.words[count:]
		return taken, nil
	}
	switch name {
	case "args", "jsonargs":
		p.rest = name
		return nil
	case "indent":
		taken, err := take(1)
		if err != nil {
			return err
		}
		count, err := strconv.Atoi(taken[0])
		if err != nil || count < 0 || count > maxIndent {
			return fmt.Errorf("--indent takes a number from 0 to %d", maxIndent)
		}
		p.o.indent = strings.Repeat(" ", count)
		return nil
	case "arg", "argjson", "slurpfile", "rawfile":
		taken, err := take(2)
		if err != nil {
			return err
		}
		value, err := p.value(name, taken[0], taken[1])
		if err != nil {
			return err
		}
		p.o.names, p.o.values = append(p.o.names, "$"+taken[0]), append(p.o.values, value)
		p.named[taken[0]] = value
		return nil
	}
	return fmt.Errorf("unknown option: --%s", name)
}

func (p *parser) value(kind, name, text string) (any, error) {
	switch kind {
	case "argjson":
		value, err := parseValue(text)
		if err != nil {
			return nil, fmt.Errorf("invalid JSON text passed to --argjson: %s", text)
		}
		return value, nil
	case "slurpfile":
		content, err := readFile(p.i, text)
		if err != nil {
			return nil, err
		}
		values, err := parseValues(content)
		if err != nil {
			return nil, fmt.Errorf("bad JSON in --slurpfile %s %s: %w", name, text, err)
		}
		return values, nil
	case "rawfile":
		return readFile(p.i, text)
	}
	return text, nil
}

// parseValue parses exactly one JSON value.
func parseValue(text string) (any, error) {
	values, err := parseValues(text)
	if err == nil && len(values) != 1 {
		err = errors.New("not one value")
	}
	if err != nil {
		return nil, err
	}
	return values[0], nil
}
