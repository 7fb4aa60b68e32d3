package shell

import (
	"context"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
)

// commandTest is test and [: 0 when the expression holds, 1 when it does not, 2
// when it is wrong.
func commandTest(_ context.Context, i *Invocation) int {
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

// testExpression evaluates what is left of the words.
type testExpression struct {
	invocation *Invocation
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
	info, err := e.invocation.stat(operand)
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
	a, errA := e.invocation.stat(left)
	b, errB := e.invocation.stat(right)
	switch operator {
	case "-ef":
		return errA == nil && errB == nil && filesystem.SameFile(a, b)
	case "-ot":
		a, b, errA, errB = b, a, errB, errA
	}
	return errA == nil && (errB != nil || a.ModTime().After(b.ModTime()))
}

// testClause is [[ ]].
func (in *interpreter) testClause(ctx context.Context, c *syntax.TestClause) {
	in.status = 0
	holds := in.testNode(ctx, c.X)
	if in.status == 0 && !holds && !in.exiting {
		in.status = 1
	}
}

func (in *interpreter) testNode(ctx context.Context, node syntax.TestExpr) bool {
	switch x := node.(type) {
	case *syntax.Word:
		text, _ := in.literal(ctx, x)
		return text != ""
	case *syntax.ParenTest:
		return in.testNode(ctx, x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return !in.testNode(ctx, x.X)
		}
		return in.testUnary(ctx, x)
	case *syntax.BinaryTest:
		switch x.Op {
		case syntax.AndTest:
			return in.testNode(ctx, x.X) && in.testNode(ctx, x.Y)
		case syntax.OrTest:
			return in.testNode(ctx, x.X) || in.testNode(ctx, x.Y)
		}
		return in.testBinary(ctx, x)
	}
	return false
}

func (in *interpreter) testUnary(ctx context.Context, x *syntax.UnaryTest) bool {
	word, ok := x.X.(*syntax.Word)
	if !ok {
		return false
	}
	operand, ok := in.literal(ctx, word)
	if !ok {
		return false
	}
	if x.Op == syntax.TsVarSet {
		return variables{in}.Get(operand).IsSet()
	}
	expression := testExpression{invocation: in.invocation(ctx)}
	return expression.unary(x.Op.String(), operand)
}

func (in *interpreter) invocation(ctx context.Context) *Invocation {
	return &Invocation{Args: []string{"[["}, Dir: in.dir, System: in.system, Stderr: in.errors(ctx), task: in.task, files: in.files}
}

func (in *interpreter) testBinary(ctx context.Context, x *syntax.BinaryTest) bool {
	leftWord, okLeft := x.X.(*syntax.Word)
	rightWord, okRight := x.Y.(*syntax.Word)
	if !okLeft || !okRight {
		return false
	}
	left, ok := in.literal(ctx, leftWord)
	if !ok {
		return false
	}
	switch x.Op {
	case syntax.TsMatch, syntax.TsMatchShort:
		return in.matches(ctx, rightWord, left)
	case syntax.TsNoMatch:
		return !in.matches(ctx, rightWord, left)
	}
	right, ok := in.literal(ctx, rightWord)
	if !ok {
		return false
	}
	if x.Op == syntax.TsReMatch {
		expression, err := regexp.Compile(right)
		if err != nil {
			in.status = 2
			return false
		}
		groups := expression.FindStringSubmatch(left)
		in.variables["BASH_REMATCH"] = expand.Variable{Set: true, Kind: expand.Indexed, List: append([]string{}, groups...)}
		return groups != nil
	}
	expression := testExpression{invocation: in.invocation(ctx)}
	switch operator := x.Op.String(); operator {
	case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
		a, errA := in.arithmText(ctx, left)
		b, errB := in.arithmText(ctx, right)
		if errA != nil || errB != nil {
			in.complain(ctx, "[[: %s: syntax error in expression", left)
			in.status = 1
			return false
		}
		return compareNumbers(int64(a), operator, int64(b))
	default:
		return expression.binary(left, operator, right)
	}
}

// arithmText evaluates a text as arithmetic, as [[ -eq ]] does.
func (in *interpreter) arithmText(ctx context.Context, text string) (int, error) {
	if number, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		return number, nil
	}
	word, err := syntax.NewParser().Arithmetic(strings.NewReader(text))
	if err != nil {
		return 0, err
	}
	return in.arithm(ctx, word)
}
