package awk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Run is awk, the program.
func Run(ctx context.Context, i *process.Invocation) int {
	a := &interpreter{
		ctx: ctx, invocation: i, arrays: map[string]map[string]value{}, patterns: map[string]*regexp.Regexp{}, files: map[string]io.WriteCloser{},
		globals: map[string]value{
			"FS": textValue(" "), "OFS": textValue(" "), "ORS": textValue("\n"), "RS": textValue("\n"), "SUBSEP": textValue("\x1c"),
			"NR": numberValue(0), "FNR": numberValue(0),
		},
	}
	source, names, ok := a.options(i.Args[1:])
	if !ok {
		return 2
	}
	program, err := parse(source)
	if err != nil {
		i.Errorf("cmd. line: %s", err)
		return 2
	}
	a.program = program
	a.arrays["ENVIRON"] = map[string]value{}
	for _, pair := range i.Env {
		name, value, _ := strings.Cut(pair, "=")
		a.arrays["ENVIRON"][name] = inputValue(value)
	}
	err = a.work(names)
	for _, file := range a.files {
		_ = file.Close()
	}
	switch {
	case err == nil || errors.Is(err, errExit) || errors.Is(err, filesystem.ErrBrokenPipe):
		return a.code
	case ctx.Err() != nil:
		return process.ExitStatus(ctx)
	}
	i.Errorf("cmd. line: %s", err)
	return 2
}

// options reads -F, -v and -f, and returns the program and the operands.
func (a *interpreter) options(words []string) (source string, names []string, ok bool) {
	given := false
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' {
		word := words[0]
		words = words[1:]
		if word == "--" {
			break
		}
		value := word[2:]
		if value == "" {
			if len(words) == 0 {
				a.invocation.Errorf("option requires an argument: %s", word[1:])
				return "", nil, false
			}
			value, words = words[0], words[1:]
		}
		switch word[1] {
		case 'F':
			separator, _ := notation.Unescape(value, false)
			if separator == "t" {
				separator = "\t"
			}
			a.globals["FS"] = textValue(separator)
		case 'v':
			name, text, _ := strings.Cut(value, "=")
			text, _ = notation.Unescape(text, false)
			a.globals[name] = inputValue(text)
		case 'f':
			data, err := a.invocation.System.FileSystem.ReadFile(a.invocation.Path(value))
			if err != nil {
				a.invocation.CannotOpen(value, err)
				return "", nil, false
			}
			source, given = source+string(data)+"\n", true
		default:
			a.invocation.Errorf("unrecognized option: %c", word[1])
			return "", nil, false
		}
	}
	if !given {
		if len(words) == 0 {
			fmt.Fprintln(a.invocation.Stderr, "Usage: awk [-v VAR=VAL]... [-F SEP] [-f FILE | PROGRAM] [FILE]...")
			return "", nil, false
		}
		source, words = words[0], words[1:]
	}
	return source, words, true
}

// work runs BEGIN, the rules for each record, and END.
func (a *interpreter) work(names []string) (err error) {
	defer catchFailure(&err)
	reads := false
	for _, rule := range a.program.rules {
		if rule.begin {
			err = errors.Join(err, a.run(rule.action))
		}
		reads = reads || !rule.begin
		if err != nil {
			return err
		}
	}
	if !reads {
		return nil
	}
	code := a.invocation.Each(a.ctx, names, a.invocation.Fail, func(name string, reader io.Reader) error {
		a.globals["FNR"] = numberValue(0)
		if name != "-" {
			a.globals["FILENAME"] = textValue(name)
		}
		return a.records(reader, &err)
	})
	if err != nil && !errors.Is(err, errExit) {
		return err
	}
	if code != 0 && err == nil {
		a.code = 2
	}
	for _, rule := range a.program.rules {
		if rule.end {
			if err = a.run(rule.action); err != nil {
				return err
			}
		}
	}
	return nil
}

// records runs the rules for each record of a reader.
func (a *interpreter) records(reader io.Reader, failed *error) error {
	separator := a.get("RS").string()
	if separator == "\n" {
		return a.invocation.Lines(a.ctx, reader, func(line string, _ bool) bool {
			return a.oneRecord(line, failed)
		})
	}
	data, err := io.ReadAll(io.LimitReader(reader, process.MaxText))
	if err != nil {
		return err
	}
	text := strings.TrimSuffix(string(data), "\n")
	var records []string
	if separator == "" {
		records = regexp.MustCompile(`\n\n+`).Split(strings.Trim(text, "\n"), -1)
	} else {
		records = strings.Split(text, separator)
	}
	for _, record := range records {
		if !a.oneRecord(record, failed) {
			break
		}
	}
	return nil
}

func (a *interpreter) oneRecord(text string, failed *error) bool {
	if *failed != nil {
		return false
	}
	a.globals["NR"] = numberValue(a.globals["NR"].n + 1)
	a.globals["FNR"] = numberValue(a.globals["FNR"].n + 1)
	a.setRecord(text)
	for _, rule := range a.program.rules {
		if rule.begin || rule.end || !a.applies(rule) {
			continue
		}
		action := rule.action
		if action == nil {
			action = &tree{kind: "print"}
		}
		if err := a.run(action); errors.Is(err, errNext) {
			return true
		} else if err != nil {
			*failed = err
			return false
		}
	}
	return true
}

func (a *interpreter) applies(rule *rule) bool {
	switch {
	case rule.pattern == nil:
		return true
	case rule.to == nil:
		return a.eval(rule.pattern).truth()
	case !rule.inRange && !a.eval(rule.pattern).truth():
		return false
	}
	rule.inRange = !a.eval(rule.to).truth()
	return true
}
