package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"tabernetes/engine/filesystem"
)

// call calls a function of the program or one that awk has.
func (a *awk) call(node *awkNode) awkValue {
	if f := a.program.functions[node.text]; f != nil {
		return a.callFunction(f, node.args)
	}
	args := node.args
	text := func(n int) string {
		if n < len(args) {
			return a.eval(args[n]).string()
		}
		return ""
	}
	number := func(n int) float64 {
		if n < len(args) {
			return a.eval(args[n]).number()
		}
		return 0
	}
	switch node.text {
	case "length":
		switch {
		case len(args) == 0:
			return awkNumber(float64(len([]rune(a.line()))))
		case args[0].kind == "name" && a.arrays[args[0].text] != nil:
			return awkNumber(float64(len(a.array(args[0].text))))
		}
		return awkNumber(float64(len([]rune(text(0)))))
	case "substr":
		return awkText(substring(text(0), number(1), func() float64 {
			if len(args) > 2 {
				return number(2)
			}
			return math.Inf(1)
		}()))
	case "index":
		before, _, found := strings.Cut(text(0), text(1))
		if !found {
			return awkNumber(0)
		}
		return awkNumber(float64(len([]rune(before)) + 1))
	case "tolower":
		return awkText(strings.ToLower(text(0)))
	case "toupper":
		return awkText(strings.ToUpper(text(0)))
	case "sprintf":
		return awkText(a.format(args))
	case "split":
		return a.splitInto(args)
	case "sub", "gsub":
		return a.substitute(node)
	case "match":
		if len(args) < 2 {
			a.fail("match: too few arguments")
		}
		subject := text(0)
		place := a.patternOf(args[1]).FindStringIndex(subject)
		start, length := 0, -1
		if place != nil {
			start, length = len([]rune(subject[:place[0]]))+1, len([]rune(subject[place[0]:place[1]]))
		}
		a.set("RSTART", awkNumber(float64(start)))
		a.set("RLENGTH", awkNumber(float64(length)))
		return awkNumber(float64(start))
	case "int":
		return awkNumber(math.Trunc(number(0)))
	case "rand":
		return awkNumber(float64(a.invocation.System.random(1<<30)) / (1 << 30))
	case "srand":
		return awkNumber(0)
	case "close", "fflush", "system":
		if node.text == "system" {
			a.fail("system() is not supported here")
		}
		return awkNumber(0)
	}
	functions := map[string]func(float64) float64{"sqrt": math.Sqrt, "exp": math.Exp, "log": math.Log, "sin": math.Sin, "cos": math.Cos}
	if f := functions[node.text]; f != nil {
		return awkNumber(f(number(0)))
	}
	if node.text == "atan2" {
		return awkNumber(math.Atan2(number(0), number(1)))
	}
	a.fail("calling undefined function %s", node.text)
	return awkValue{}
}

func substring(text string, from, length float64) string {
	runes := []rune(text)
	begin := math.Round(from)
	end := begin + math.Round(length)
	if math.IsInf(length, 1) {
		end = float64(len(runes)) + 1
	}
	begin, end = max(begin, 1), min(end, float64(len(runes))+1)
	if !(begin < end) {
		return ""
	}
	return string(runes[int(begin)-1 : int(end)-1])
}

func (a *awk) splitInto(args []*awkNode) awkValue {
	if len(args) < 2 || args[1].kind != "name" {
		a.fail("split: the second argument is no array")
	}
	separator := a.get("FS").string()
	if len(args) > 2 {
		separator = a.eval(args[2]).string()
		if args[2].kind == "regex" {
			separator = args[2].text
		}
	}
	parts := a.split(a.eval(args[0]).string(), separator)
	cells := a.array(args[1].text)
	clear(cells)
	if len(parts) > maxAwkCells {
		a.fail("too many array elements")
	}
	for n, part := range parts {
		cells[strconv.Itoa(n+1)] = awkInput(part)
	}
	return awkNumber(float64(len(parts)))
}

func (a *awk) substitute(node *awkNode) awkValue {
	args := node.args
	if len(args) < 2 {
		a.fail("%s: too few arguments", node.text)
	}
	target := &awkNode{kind: "field", args: []*awkNode{{kind: "number"}}}
	if len(args) > 2 {
		target = args[2]
	}
	pattern, replacement := a.patternOf(args[0]), a.eval(args[1]).string()
	subject := a.eval(target).string()
	count := 0
	changed := replaceMatches(pattern, subject, node.text == "gsub", func(match string) string {
		count++
		var out strings.Builder
		for n := 0; n < len(replacement); n++ {
			switch {
			case replacement[n] == '\\' && n+1 < len(replacement) && (replacement[n+1] == '&' || replacement[n+1] == '\\'):
				n++
				out.WriteByte(replacement[n])
			case replacement[n] == '&':
				out.WriteString(match)
			default:
				out.WriteByte(replacement[n])
			}
		}
		return out.String()
	})
	if count > 0 {
		a.assignTo(target, awkText(changed))
	}
	return awkNumber(float64(count))
}

func replaceMatches(pattern *regexp.Regexp, subject string, all bool, replace func(string) string) string {
	limit := 1
	if all {
		limit = -1
	}
	var out strings.Builder
	at := 0
	for _, place := range pattern.FindAllStringIndex(subject, limit) {
		out.WriteString(subject[at:place[0]])
		out.WriteString(replace(subject[place[0]:place[1]]))
		at = place[1]
	}
	out.WriteString(subject[at:])
	return out.String()
}

func (a *awk) callFunction(f *awkFunction, args []*awkNode) awkValue {
	if len(a.locals) >= maxAwkDepth {
		a.fail("%w", errTooDeep)
	}
	if len(args) > len(f.params) {
		a.fail("too many arguments")
	}
	frame, aliases := map[string]awkValue{}, map[string]string{}
	for n, param := range f.params {
		frame[param] = awkValue{}
		private := fmt.Sprintf("%s in call %d", param, len(a.locals))
		aliases[param] = private
		if n >= len(args) {
			delete(a.arrays, private)
			continue
		}
		if args[n].kind == "name" {
			actual := args[n].text
			if len(a.aliases) > 0 {
				if outer, ok := a.aliases[len(a.aliases)-1][actual]; ok {
					actual = outer
				}
			}
			if actual != private {
				aliases[param] = actual
			}
		}
		frame[param] = a.eval(args[n])
	}
	a.locals, a.aliases = append(a.locals, frame), append(a.aliases, aliases)
	a.returned = awkValue{}
	err := a.run(f.body)
	a.locals, a.aliases = a.locals[:len(a.locals)-1], a.aliases[:len(a.aliases)-1]
	if err != nil && !errors.Is(err, errAwkReturn) {
		panic(awkFailure{err})
	}
	result := a.returned
	a.returned = awkValue{}
	return result
}

func commandAwk(ctx context.Context, i *Invocation) int {
	a := &awk{
		ctx: ctx, invocation: i, arrays: map[string]map[string]awkValue{}, patterns: map[string]*regexp.Regexp{}, files: map[string]*stream{},
		globals: map[string]awkValue{
			"FS": awkText(" "), "OFS": awkText(" "), "ORS": awkText("\n"), "RS": awkText("\n"), "SUBSEP": awkText("\x1c"),
			"NR": awkNumber(0), "FNR": awkNumber(0),
		},
	}
	source, names, ok := a.options(i.Args[1:])
	if !ok {
		return 2
	}
	program, err := parseAwk(source)
	if err != nil {
		i.Errorf("cmd. line: %s", err)
		return 2
	}
	a.program = program
	a.arrays["ENVIRON"] = map[string]awkValue{}
	for _, pair := range i.Env {
		name, value, _ := strings.Cut(pair, "=")
		a.arrays["ENVIRON"][name] = awkInput(value)
	}
	err = a.work(names)
	for _, file := range a.files {
		file.release()
	}
	switch {
	case err == nil || errors.Is(err, errAwkExit) || errors.Is(err, filesystem.ErrBrokenPipe):
		return a.code
	case ctx.Err() != nil:
		return ending(ctx)
	}
	i.Errorf("cmd. line: %s", err)
	return 2
}

// options reads -F, -v and -f, and gives the program and the operands.
func (a *awk) options(words []string) (source string, names []string, ok bool) {
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
			separator, _ := unescape(value, false)
			if separator == "t" {
				separator = "\t"
			}
			a.globals["FS"] = awkText(separator)
		case 'v':
			name, text, _ := strings.Cut(value, "=")
			text, _ = unescape(text, false)
			a.globals[name] = awkInput(text)
		case 'f':
			data, err := a.invocation.System.FileSystem.ReadFile(a.invocation.Path(value))
			if err != nil {
				a.invocation.cannotOpen(value, err)
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
func (a *awk) work(names []string) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			failure, ok := broken.(awkFailure)
			if !ok {
				panic(broken)
			}
			err = failure.err
		}
	}()
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
	code := a.invocation.each(a.ctx, names, func(name string, reader io.Reader) error {
		a.globals["FNR"] = awkNumber(0)
		if name != "-" {
			a.globals["FILENAME"] = awkText(name)
		}
		return a.records(reader, &err)
	})
	if err != nil && !errors.Is(err, errAwkExit) {
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
func (a *awk) records(reader io.Reader, failed *error) error {
	separator := a.get("RS").string()
	if separator == "\n" {
		return a.invocation.lines(a.ctx, reader, func(line string, _ bool) bool {
			return a.oneRecord(line, failed)
		})
	}
	data, err := io.ReadAll(io.LimitReader(reader, maxText))
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

func (a *awk) oneRecord(text string, failed *error) bool {
	if *failed != nil {
		return false
	}
	a.globals["NR"] = awkNumber(a.globals["NR"].n + 1)
	a.globals["FNR"] = awkNumber(a.globals["FNR"].n + 1)
	a.setRecord(text)
	for _, rule := range a.program.rules {
		if rule.begin || rule.end || !a.applies(rule) {
			continue
		}
		action := rule.action
		if action == nil {
			action = &awkNode{kind: "print"}
		}
		if err := a.run(action); errors.Is(err, errAwkNext) {
			return true
		} else if err != nil {
			*failed = err
			return false
		}
	}
	return true
}

func (a *awk) applies(rule *awkRule) bool {
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
