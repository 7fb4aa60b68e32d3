package shell

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

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
	expression := testExpression{invocation: in.invocation(ctx, []string{"[["})}
	return expression.unary(x.Op.String(), operand)
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
	expression := testExpression{invocation: in.invocation(ctx, []string{"[["})}
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

// arithmText evaluates a text as an arithmetic expression, as [[ -eq ]] does.
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
