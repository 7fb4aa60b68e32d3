package awk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// The effects of statements on control flow.
var (
	errNext     = errors.New("next")
	errExit     = errors.New("exit")
	errBreak    = errors.New("break")
	errContinue = errors.New("continue")
	errReturn   = errors.New("return")
)

// maxCells is how many array elements and fields a program may have.
const maxCells = 100_000

// interpreter is a running program.
type interpreter struct {
	ctx        context.Context
	invocation *process.Invocation
	program    *parser
	globals    map[string]value
	arrays     map[string]map[string]value
	locals     []map[string]value
	aliases    []map[string]string // arrays that are parameters, by their name in the function
	fields     []string            // $1 on
	record     string
	stale      bool // $0 has to be put together again
	cells      int
	code       int
	returned   value
	patterns   map[string]*regexp.Regexp
	files      map[string]io.WriteCloser
	depth      int
}

func (a *interpreter) fail(format string, values ...any) {
	panic(failure{fmt.Errorf(format, values...)})
}

func (a *interpreter) get(name string) value {
	if len(a.locals) > 0 {
		if value, ok := a.locals[len(a.locals)-1][name]; ok {
			return value
		}
	}
	if name == "NF" {
		return numberValue(float64(len(a.fields)))
	}
	return a.globals[name]
}

func (a *interpreter) set(name string, value value) {
	if len(a.locals) > 0 {
		if _, ok := a.locals[len(a.locals)-1][name]; ok {
			a.locals[len(a.locals)-1][name] = value
			return
		}
	}
	if name == "NF" {
		count := int(value.number())
		if count < 0 || count > maxCells {
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

func (a *interpreter) array(name string) map[string]value {
	for n := len(a.aliases) - 1; n >= 0; n-- {
		actual, ok := a.aliases[n][name]
		if !ok {
			break
		}
		name = actual
	}
	if a.arrays[name] == nil {
		a.arrays[name] = map[string]value{}
	}
	return a.arrays[name]
}

func (a *interpreter) key(args []*tree) string {
	parts := make([]string, len(args))
	for n, arg := range args {
		parts[n] = a.eval(arg).string()
	}
	return strings.Join(parts, a.get("SUBSEP").string())
}

func (a *interpreter) setRecord(text string) {
	a.record, a.stale = text, false
	a.fields = a.split(text, a.get("FS").string())
}

func (a *interpreter) split(text, separator string) []string {
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

func (a *interpreter) regex(text string) *regexp.Regexp {
	if found := a.patterns[text]; found != nil {
		return found
	}
	compiled, err := notation.Regexp(text, true, false)
	if err != nil {
		a.fail("%w", err)
	}
	if len(a.patterns) < 100 {
		a.patterns[text] = compiled
	}
	return compiled
}

func (a *interpreter) line() string {
	if a.stale {
		a.record, a.stale = strings.Join(a.fields, a.get("OFS").string()), false
	}
	return a.record
}

func (a *interpreter) field(n int) value {
	switch {
	case n < 0 || n > maxCells:
		a.fail("attempt to access field %d", n)
	case n == 0:
		return inputValue(a.line())
	case n <= len(a.fields):
		return inputValue(a.fields[n-1])
	}
	return value{}
}

func (a *interpreter) assignTo(target *tree, value value) {
	switch target.kind {
	case "name":
		a.set(target.text, value)
	case "index":
		cells := a.array(target.text)
		key := a.key(target.args)
		if _, ok := cells[key]; !ok {
			if a.cells++; a.cells > maxCells {
				a.fail("too many array elements")
			}
		}
		cells[key] = value
	case "field":
		n := int(a.eval(target.args[0]).number())
		if n < 0 || n > maxCells {
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

func (a *interpreter) eval(node *tree) value {
	if a.depth++; a.depth > 10*maxDepth {
		a.fail("%w", errTooDeep)
	}
	defer func() { a.depth-- }()
	switch node.kind {
	case "number":
		return numberValue(node.n)
	case "string":
		return textValue(node.text)
	case "regex":
		return truthValue(a.regex(node.text).MatchString(a.line()))
	case "name":
		return a.get(node.text)
	case "index":
		key := a.key(node.args)
		cells := a.array(node.text)
		if _, ok := cells[key]; !ok { // to look makes it
			a.assignTo(node, value{})
		}
		return cells[key]
	case "field":
		return a.field(int(a.eval(node.args[0]).number()))
	case "grouping":
		if len(node.args) != 1 {
			return textValue(a.key(node.args))
		}
		return a.eval(node.args[0])
	case "in":
		_, ok := a.array(node.text)[a.eval(node.args[0]).string()]
		return truthValue(ok)
	case "ternary":
		if a.eval(node.args[0]).truth() {
			return a.eval(node.args[1])
		}
		return a.eval(node.args[2])
	case "assign":
		value := a.eval(node.args[1])
		if node.text != "" {
			value = numberValue(a.arithmetic(node.text, a.eval(node.args[0]).number(), value.number()))
		}
		a.assignTo(node.args[0], value)
		return value
	case "before", "after":
		old := a.eval(node.args[0]).number()
		changed := old + 1
		if node.text == "--" {
			changed = old - 1
		}
		a.assignTo(node.args[0], numberValue(changed))
		if node.kind == "before" {
			return numberValue(changed)
		}
		return numberValue(old)
	case "unary":
		value := a.eval(node.args[0])
		switch node.text {
		case "!":
			return truthValue(!value.truth())
		case "-":
			return numberValue(-value.number())
		}
		return numberValue(value.number())
	case "binary":
		return a.binary(node)
	case "call":
		return a.call(node)
	}
	return value{}
}

func (a *interpreter) arithmetic(operator string, x, y float64) float64 {
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
func (a *interpreter) patternOf(node *tree) *regexp.Regexp {
	if node.kind == "regex" {
		return a.regex(node.text)
	}
	return a.regex(a.eval(node).string())
}

func (a *interpreter) binary(node *tree) value {
	switch node.text {
	case "&&":
		return truthValue(a.eval(node.args[0]).truth() && a.eval(node.args[1]).truth())
	case "||":
		return truthValue(a.eval(node.args[0]).truth() || a.eval(node.args[1]).truth())
	case "~", "!~":
		text := a.eval(node.args[0]).string()
		return truthValue(a.patternOf(node.args[1]).MatchString(text) == (node.text == "~"))
	}
	x, y := a.eval(node.args[0]), a.eval(node.args[1])
	switch node.text {
	case "concatenate":
		text := x.string() + y.string()
		if len(text) > process.MaxText {
			a.fail("string too long")
		}
		return textValue(text)
	case "<", "<=", "==", "!=", ">", ">=":
		order := 0
		if (x.numeric || !x.isText) && (y.numeric || !y.isText) {
			order = cmp.Compare(x.number(), y.number())
		} else {
			order = strings.Compare(x.string(), y.string())
		}
		holds := map[string]bool{"<": order < 0, "<=": order <= 0, "==": order == 0, "!=": order != 0, ">": order > 0, ">=": order >= 0}
		return truthValue(holds[node.text])
	}
	return numberValue(a.arithmetic(node.text, x.number(), y.number()))
}

func (a *interpreter) format(args []*tree) string {
	if len(args) == 0 {
		a.fail("printf: no format")
	}
	format := a.eval(args[0]).string()
	values := make([]string, 0, len(args))
	for _, arg := range args[1:] {
		values = append(values, a.eval(arg).string())
	}
	printer := notation.Formatter{Arguments: values, Literal: true, Wrong: a.invocation.Errorf}
	text, _ := printer.Format(format)
	return text
}
