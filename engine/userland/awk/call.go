package awk

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// call calls a function of the program or a built-in one.
func (a *interpreter) call(node *tree) value {
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
			return numberValue(float64(len([]rune(a.line()))))
		case args[0].kind == "name" && a.arrays[args[0].text] != nil:
			return numberValue(float64(len(a.array(args[0].text))))
		}
		return numberValue(float64(len([]rune(text(0)))))
	case "substr":
		return textValue(substring(text(0), number(1), func() float64 {
			if len(args) > 2 {
				return number(2)
			}
			return math.Inf(1)
		}()))
	case "index":
		before, _, found := strings.Cut(text(0), text(1))
		if !found {
			return numberValue(0)
		}
		return numberValue(float64(len([]rune(before)) + 1))
	case "tolower":
		return textValue(strings.ToLower(text(0)))
	case "toupper":
		return textValue(strings.ToUpper(text(0)))
	case "sprintf":
		return textValue(a.format(args))
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
		a.set("RSTART", numberValue(float64(start)))
		a.set("RLENGTH", numberValue(float64(length)))
		return numberValue(float64(start))
	case "int":
		return numberValue(math.Trunc(number(0)))
	case "rand":
		return numberValue(float64(a.invocation.System.Draw(1<<30)) / (1 << 30))
	case "srand":
		return numberValue(0)
	case "close", "fflush", "system":
		if node.text == "system" {
			a.fail("system() is not supported here")
		}
		return numberValue(0)
	}
	functions := map[string]func(float64) float64{"sqrt": math.Sqrt, "exp": math.Exp, "log": math.Log, "sin": math.Sin, "cos": math.Cos}
	if f := functions[node.text]; f != nil {
		return numberValue(f(number(0)))
	}
	if node.text == "atan2" {
		return numberValue(math.Atan2(number(0), number(1)))
	}
	a.fail("calling undefined function %s", node.text)
	return value{}
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

func (a *interpreter) splitInto(args []*tree) value {
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
	if len(parts) > maxCells {
		a.fail("too many array elements")
	}
	for n, part := range parts {
		cells[strconv.Itoa(n+1)] = inputValue(part)
	}
	return numberValue(float64(len(parts)))
}

func (a *interpreter) substitute(node *tree) value {
	args := node.args
	if len(args) < 2 {
		a.fail("%s: too few arguments", node.text)
	}
	target := &tree{kind: "field", args: []*tree{{kind: "number"}}}
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
		a.assignTo(target, textValue(changed))
	}
	return numberValue(float64(count))
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

func (a *interpreter) callFunction(f *function, args []*tree) value {
	if len(a.locals) >= maxDepth {
		a.fail("%w", errTooDeep)
	}
	if len(args) > len(f.params) {
		a.fail("too many arguments")
	}
	frame, aliases := map[string]value{}, map[string]string{}
	for n, param := range f.params {
		frame[param] = value{}
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
	a.returned = value{}
	err := a.run(f.body)
	a.locals, a.aliases = a.locals[:len(a.locals)-1], a.aliases[:len(a.aliases)-1]
	if err != nil && !errors.Is(err, errReturn) {
		panic(failure{err})
	}
	result := a.returned
	a.returned = value{}
	return result
}
