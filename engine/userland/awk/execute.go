package awk

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// run runs a statement; the error is its effect on control flow, if any.
func (a *interpreter) run(node *tree) error {
	if err := a.invocation.Step(a.ctx); err != nil {
		return err
	}
	switch node.kind {
	case "block":
		for _, statement := range node.args {
			if err := a.run(statement); err != nil {
				return err
			}
		}
	case "expression":
		a.eval(node.args[0])
	case "if":
		if a.eval(node.args[0]).truth() {
			return a.run(node.args[1])
		}
		if len(node.args) > 2 {
			return a.run(node.args[2])
		}
	case "while", "do", "for":
		return a.loop(node)
	case "forin":
		for _, key := range slices.SortedFunc(maps.Keys(a.array(node.args[0].text)), compareKeys) {
			a.set(node.text, inputValue(key))
			if err := a.run(node.args[1]); errors.Is(err, errBreak) {
				return nil
			} else if err != nil && !errors.Is(err, errContinue) {
				return err
			}
		}
	case "print", "printf":
		return a.print(node)
	case "next":
		return errNext
	case "break":
		return errBreak
	case "continue":
		return errContinue
	case "exit":
		if len(node.args) > 0 {
			a.code = int(a.eval(node.args[0]).number()) & 0xff
		}
		return errExit
	case "return":
		a.returned = value{}
		if len(node.args) > 0 {
			a.returned = a.eval(node.args[0])
		}
		return errReturn
	case "delete":
		if len(node.args) > 0 {
			delete(a.array(node.text), a.key(node.args))
		} else {
			clear(a.array(node.text))
		}
	}
	return nil
}

// compareKeys orders the keys of for (key in array): numbers by their value,
// before texts.
func compareKeys(x, y string) int {
	a, b := inputValue(x), inputValue(y)
	switch {
	case a.numeric && b.numeric:
		return cmp.Compare(a.n, b.n)
	case a.numeric != b.numeric:
		if a.numeric {
			return -1
		}
		return 1
	}
	return strings.Compare(x, y)
}

func (a *interpreter) loop(node *tree) error {
	condition, body := node.args[0], node.args[1]
	step := &tree{kind: "empty"}
	if node.kind == "for" {
		a.eval(node.args[0])
		condition, step, body = node.args[1], node.args[2], node.args[3]
	}
	for first := true; ; first = false {
		if err := a.invocation.Step(a.ctx); err != nil {
			return err
		}
		if (!first || node.kind != "do") && condition.kind != "empty" && !a.eval(condition).truth() {
			return nil
		}
		if err := a.run(body); errors.Is(err, errBreak) {
			return nil
		} else if err != nil && !errors.Is(err, errContinue) {
			return err
		}
		a.eval(step)
	}
}

func (a *interpreter) print(node *tree) error {
	args := node.args
	output := a.invocation.Stdout
	if node.text != "" {
		target := a.eval(args[len(args)-1]).string()
		args = args[:len(args)-1]
		opened, err := a.open(node.text, target)
		if err != nil {
			return err
		}
		output = opened
	}
	var text string
	switch {
	case node.kind == "printf":
		text = a.format(args)
	case len(args) == 0:
		text = a.line() + a.get("ORS").string()
	default:
		parts := make([]string, len(args))
		for n, arg := range args {
			parts[n] = a.eval(arg).string()
		}
		text = strings.Join(parts, a.get("OFS").string()) + a.get("ORS").string()
	}
	_, err := io.WriteString(output, text)
	return err
}

// open opens the target of a redirection once; it stays open until the end.
func (a *interpreter) open(operator, target string) (io.Writer, error) {
	if operator == "|" {
		a.fail("print | command is not supported here: use a pipe of the shell")
	}
	opened := a.files[target]
	if opened == nil {
		flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		if operator == ">>" {
			flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
		}
		var err error
		opened, err = a.invocation.OpenFile(a.ctx, target, flag)
		if err != nil {
			return nil, err
		}
		a.files[target] = opened
	}
	return opened, nil
}
