package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// awkValue is a string, a number, or a string from outside that looks like a
// number and compares as one.
type awkValue struct {
	text    string
	n       float64
	numeric bool // it is a number, or looks like one
	isText  bool // text is given
}

func awkNumber(n float64) awkValue { return awkValue{n: n, numeric: true} }

func awkText(text string) awkValue { return awkValue{text: text, isText: true} }

// awkInput is a value from outside: a field, a variable of -v.
func awkInput(text string) awkValue {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return awkValue{text: text, n: n, numeric: err == nil, isText: true}
}

func awkBool(holds bool) awkValue {
	if holds {
		return awkNumber(1)
	}
	return awkNumber(0)
}

func (v awkValue) number() float64 {
	if v.numeric {
		return v.n
	}
	text := strings.TrimSpace(v.text)
	for n := len(leading(text, 40, "+-.0123456789eE")); n > 0; n-- {
		if number, err := strconv.ParseFloat(text[:n], 64); err == nil {
			return number
		}
	}
	return 0
}

func (v awkValue) string() string {
	switch {
	case v.isText:
		return v.text
	case !v.numeric:
		return ""
	case v.n == math.Trunc(v.n) && math.Abs(v.n) < 1e16:
		return strconv.FormatInt(int64(v.n), 10)
	}
	return fmt.Sprintf("%.6g", v.n)
}

func (v awkValue) truth() bool {
	if v.numeric {
		return v.n != 0
	}
	return v.text != ""
}

// What a statement does beyond going on.
var (
	errAwkNext     = errors.New("next")
	errAwkExit     = errors.New("exit")
	errAwkBreak    = errors.New("break")
	errAwkContinue = errors.New("continue")
	errAwkReturn   = errors.New("return")
)

// maxAwkCells is how many array elements and fields a program may have.
const maxAwkCells = 100_000

// awk is a program at work.
type awk struct {
	ctx        context.Context
	invocation *Invocation
	program    *awkParser
	globals    map[string]awkValue
	arrays     map[string]map[string]awkValue
	locals     []map[string]awkValue
	aliases    []map[string]string // arrays that are parameters, by their name in the function
	fields     []string            // $1 on
	record     string
	stale      bool // $0 has to be put together anew
	cells      int
	code       int
	returned   awkValue
	patterns   map[string]*regexp.Regexp
	files      map[string]*stream
	depth      int
}

func (a *awk) fail(format string, values ...any) { panic(awkFailure{fmt.Errorf(format, values...)}) }

func (a *awk) get(name string) awkValue {
	if len(a.locals) > 0 {
		if value, ok := a.locals[len(a.locals)-1][name]; ok {
			return value
		}
	}
	if name == "NF" {
		return awkNumber(float64(len(a.fields)))
	}
	return a.globals[name]
}

func (a *awk) set(name string, value awkValue) {
	if len(a.locals) > 0 {
		if _, ok := a.locals[len(a.locals)-1][name]; ok {
			a.locals[len(a.locals)-1][name] = value
			return
		}
	}
	if name == "NF" {
		count := int(value.number())
		if count < 0 || count > maxAwkCells {
			a.fail("NF is out of range")
		}
		for len(a.fields) < count {
			a.fields = append(a.fields, "")
		}
		a.fields, a.stale = a.fields[:count], true
		return
	}
	a.globals[name] = value
}

func (a *awk) array(name string) map[string]awkValue {
	for n := len(a.aliases) - 1; n >= 0; n-- {
		actual, ok := a.aliases[n][name]
		if !ok {
			break
		}
		name = actual
	}
	if a.arrays[name] == nil {
		a.arrays[name] = map[string]awkValue{}
	}
	return a.arrays[name]
}

func (a *awk) key(args []*awkNode) string {
	parts := make([]string, len(args))
	for n, arg := range args {
		parts[n] = a.eval(arg).string()
	}
	return strings.Join(parts, a.get("SUBSEP").string())
}

func (a *awk) setRecord(text string) {
	a.record, a.stale = text, false
	a.fields = a.split(text, a.get("FS").string())
}

func (a *awk) split(text, separator string) []string {
	switch {
	case separator == " ":
		return strings.Fields(text)
	case text == "":
		return nil
	case separator == "":
		return strings.Split(text, "")
	case len(separator) == 1 && separator != "\\":
		return strings.Split(text, separator)
	}
	return a.regex(separator).Split(text, -1)
}

func (a *awk) regex(text string) *regexp.Regexp {
	if found := a.patterns[text]; found != nil {
		return found
	}
	compiled, err := compileBasic(text, true, false)
	if err != nil {
		a.fail("%w", err)
	}
	if len(a.patterns) < 100 {
		a.patterns[text] = compiled
	}
	return compiled
}

func (a *awk) line() string {
	if a.stale {
		a.record, a.stale = strings.Join(a.fields, a.get("OFS").string()), false
	}
	return a.record
}

func (a *awk) field(n int) awkValue {
	switch {
	case n < 0 || n > maxAwkCells:
		a.fail("attempt to access field %d", n)
	case n == 0:
		return awkInput(a.line())
	case n <= len(a.fields):
		return awkInput(a.fields[n-1])
	}
	return awkValue{}
}

func (a *awk) assignTo(target *awkNode, value awkValue) {
	switch target.kind {
	case "name":
		a.set(target.text, value)
	case "index":
		cells := a.array(target.text)
		key := a.key(target.args)
		if _, ok := cells[key]; !ok {
			if a.cells++; a.cells > maxAwkCells {
				a.fail("too many array elements")
			}
		}
		cells[key] = value
	case "field":
		n := int(a.eval(target.args[0]).number())
		if n < 0 || n > maxAwkCells {
			a.fail("attempt to access field %d", n)
		}
		if n == 0 {
			a.setRecord(value.string())
			return
		}
		for len(a.fields) < n {
			a.fields = append(a.fields, "")
		}
		a.fields[n-1], a.stale = value.string(), true
	case "grouping":
		a.assignTo(target.args[0], value)
	default:
		a.fail("assignment to something that is no variable")
	}
}

func (a *awk) eval(node *awkNode) awkValue {
	if a.depth++; a.depth > 10*maxAwkDepth {
		a.fail("%w", errTooDeep)
	}
	defer func() { a.depth-- }()
	switch node.kind {
	case "number":
		return awkNumber(node.n)
	case "string":
		return awkText(node.text)
	case "regex":
		return awkBool(a.regex(node.text).MatchString(a.line()))
	case "name":
		return a.get(node.text)
	case "index":
		key := a.key(node.args)
		cells := a.array(node.text)
		if _, ok := cells[key]; !ok { // to look makes it
			a.assignTo(node, awkValue{})
		}
		return cells[key]
	case "field":
		return a.field(int(a.eval(node.args[0]).number()))
	case "grouping":
		if len(node.args) != 1 {
			return awkText(a.key(node.args))
		}
		return a.eval(node.args[0])
	case "in":
		_, ok := a.array(node.text)[a.eval(node.args[0]).string()]
		return awkBool(ok)
	case "ternary":
		if a.eval(node.args[0]).truth() {
			return a.eval(node.args[1])
		}
		return a.eval(node.args[2])
	case "assign":
		value := a.eval(node.args[1])
		if node.text != "" {
			value = awkNumber(a.arithmetic(node.text, a.eval(node.args[0]).number(), value.number()))
		}
		a.assignTo(node.args[0], value)
		return value
	case "before", "after":
		old := a.eval(node.args[0]).number()
		changed := old + 1
		if node.text == "--" {
			changed = old - 1
		}
		a.assignTo(node.args[0], awkNumber(changed))
		if node.kind == "before" {
			return awkNumber(changed)
		}
		return awkNumber(old)
	case "unary":
		value := a.eval(node.args[0])
		switch node.text {
		case "!":
			return awkBool(!value.truth())
		case "-":
			return awkNumber(-value.number())
		}
		return awkNumber(value.number())
	case "binary":
		return a.binary(node)
	case "call":
		return a.call(node)
	}
	return awkValue{}
}

func (a *awk) arithmetic(operator string, x, y float64) float64 {
	switch operator {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "^":
		return math.Pow(x, y)
	}
	if y == 0 {
		a.fail("division by zero")
	}
	if operator == "%" {
		return math.Mod(x, y)
	}
	return x / y
}

// patternOf is the regular expression that an operand of ~ or an argument of sub
// stands for.
func (a *awk) patternOf(node *awkNode) *regexp.Regexp {
	if node.kind == "regex" {
		return a.regex(node.text)
	}
	return a.regex(a.eval(node).string())
}

func (a *awk) binary(node *awkNode) awkValue {
	switch node.text {
	case "&&":
		return awkBool(a.eval(node.args[0]).truth() && a.eval(node.args[1]).truth())
	case "||":
		return awkBool(a.eval(node.args[0]).truth() || a.eval(node.args[1]).truth())
	case "~", "!~":
		text := a.eval(node.args[0]).string()
		return awkBool(a.patternOf(node.args[1]).MatchString(text) == (node.text == "~"))
	}
	x, y := a.eval(node.args[0]), a.eval(node.args[1])
	switch node.text {
	case "concatenate":
		text := x.string() + y.string()
		if len(text) > maxText {
			a.fail("string too long")
		}
		return awkText(text)
	case "<", "<=", "==", "!=", ">", ">=":
		order := 0
		if (x.numeric || !x.isText) && (y.numeric || !y.isText) {
			order = cmp.Compare(x.number(), y.number())
		} else {
			order = strings.Compare(x.string(), y.string())
		}
		holds := map[string]bool{"<": order < 0, "<=": order <= 0, "==": order == 0, "!=": order != 0, ">": order > 0, ">=": order >= 0}
		return awkBool(holds[node.text])
	}
	return awkNumber(a.arithmetic(node.text, x.number(), y.number()))
}

func (a *awk) format(args []*awkNode) string {
	if len(args) == 0 {
		a.fail("printf: no format")
	}
	format := a.eval(args[0]).string()
	values := make([]string, 0, len(args))
	for _, arg := range args[1:] {
		values = append(values, a.eval(arg).string())
	}
	printer := formatter{invocation: a.invocation, arguments: values, literal: true}
	printer.print(format)
	return printer.out.String()
}
