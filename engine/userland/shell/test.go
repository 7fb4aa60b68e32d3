package shell

import (
	"context"
	"io/fs"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Test is test and [, as a program and built in: 0 if the expression is true, 1 if it is
// false, 2 if it is invalid.
func Test(_ context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	if i.Name() == "[" {
		if len(words) == 0 || words[len(words)-1] != "]" {
			i.Errorf("missing ]")
			return 2
		}
		words = words[:len(words)-1]
	}
	expression := testExpression{invocation: i, words: words}
	if len(words) == 0 {
		return 1
	}
	holds := expression.or()
	if expression.wrong == "" && len(expression.words) > 0 {
		expression.fail(expression.words[0] + ": unknown operand")
	}
	if expression.wrong != "" {
		i.Errorf("%s", expression.wrong)
		return 2
	}
	if holds {
		return 0
	}
	return 1
}

// testExpression evaluates the remaining words.
type testExpression struct {
	invocation *process.Invocation
	words      []string
	wrong      string
}

func (e *testExpression) fail(text string) {
	if e.wrong == "" {
		e.wrong = text
	}
	e.words = nil
}

func (e *testExpression) next() string {
	word := e.words[0]
	e.words = e.words[1:]
	return word
}

func (e *testExpression) or() bool {
	holds := e.and()
	for len(e.words) > 1 && e.words[0] == "-o" {
		e.next()
		other := e.and()
		holds = holds || other
	}
	return holds
}

func (e *testExpression) and() bool {
	holds := e.not()
	for len(e.words) > 1 && e.words[0] == "-a" {
		e.next()
		other := e.not()
		holds = holds && other
	}
	return holds
}

func (e *testExpression) not() bool {
	if len(e.words) > 1 && e.words[0] == "!" && (len(e.words) != 3 || !isBinaryTest(e.words[1])) {
		e.next()
		return !e.not()
	}
	return e.primary()
}

func (e *testExpression) primary() bool {
	switch {
	case len(e.words) == 0:
		e.fail("argument expected")
		return false
	case len(e.words) >= 3 && isBinaryTest(e.words[1]):
		left, operator, right := e.next(), e.next(), e.next()
		return e.binary(left, operator, right)
	case e.words[0] == "(" && len(e.words) > 1:
		e.next()
		holds := e.or()
		if len(e.words) == 0 || e.words[0] != ")" {
			e.fail("closing paren expected")
			return false
		}
		e.next()
		return holds
	case len(e.words) >= 2 && isUnaryTest(e.words[0]):
		operator, operand := e.next(), e.next()
		return e.unary(operator, operand)
	}
	return e.next() != ""
}

func isUnaryTest(word string) bool {
	return len(word) == 2 && word[0] == '-' && strings.IndexByte("bcdefghknoprstuvwxzLNOS", word[1]) >= 0
}

func isBinaryTest(word string) bool {
	switch word {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

func (e *testExpression) unary(operator, operand string) bool {
	switch operator {
	case "-n":
		return operand != ""
	case "-z":
		return operand == ""
	case "-t":
		number, err := strconv.Atoi(operand)
		return err == nil && e.invocation.Terminal(number)
	case "-o", "-v":
		return false
	case "-L", "-h":
		info, err := e.invocation.System.FileSystem.Lstat(e.invocation.Path(operand))
		return err == nil && operand != "" && info.Mode()&fs.ModeSymlink != 0
	}
	info, err := e.invocation.Stat(operand)
	if operand == "" {
		return false
	}
	if err != nil {
		return operand == "/dev/null" && (operator == "-e" || operator == "-c" || operator == "-r" || operator == "-w")
	}
	return testFile(operator[1], info)
}

func testFile(operator byte, info fs.FileInfo) bool {
	mode := info.Mode()
	switch operator {
	case 'e', 'r', 'w', 'O', 'G', 'N':
		return true
	case 'f':
		return mode.IsRegular()
	case 'd':
		return mode.IsDir()
	case 's':
		return info.Size() > 0
	case 'x':
		return mode.IsDir() || mode.Perm()&0o111 != 0
	case 'c':
		return mode&fs.ModeCharDevice != 0
	case 'p':
		return mode&fs.ModeNamedPipe != 0
	case 'u':
		return mode&fs.ModeSetuid != 0
	case 'g':
		return mode&fs.ModeSetgid != 0
	case 'k':
		return mode&fs.ModeSticky != 0
	}
	return false // b, S: there are none
}

func (e *testExpression) binary(left, operator, right string) bool {
	switch operator {
	case "=", "==":
		return left == right
	case "!=":
		return left != right
	case "<":
		return left < right
	case ">":
		return left > right
	case "-nt", "-ot", "-ef":
		return e.compareFiles(left, operator, right)
	}
	a, b := e.number(left), e.number(right)
	if e.wrong != "" {
		return false
	}
	return compareNumbers(a, operator, b)
}

func compareNumbers(a int64, operator string, b int64) bool {
	switch operator {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	}
	return a >= b
}

func (e *testExpression) number(word string) int64 {
	number, err := strconv.ParseInt(strings.TrimSpace(word), 10, 64)
	if err != nil {
		e.fail(word + ": bad number")
	}
	return number
}

func (e *testExpression) compareFiles(left, operator, right string) bool {
	a, errA := e.invocation.Stat(left)
	b, errB := e.invocation.Stat(right)
	switch operator {
	case "-ef":
		return errA == nil && errB == nil && filesystem.SameFile(a, b)
	case "-ot":
		a, b, errA, errB = b, a, errB, errA
	}
	return errA == nil && (errB != nil || a.ModTime().After(b.ModTime()))
}
