package text

import (
	"errors"
	"strconv"
	"strings"

	"tabernetes/engine/userland/notation"
)

// maxNesting is how deep brackets may be nested.
const maxNesting = 500

var (
	errExpr       = errors.New("syntax error")
	errNotNumber  = errors.New("non-numeric argument")
	errExprDivide = errors.New("division by zero")
)

// exprParser evaluates the words of expr by precedence climbing.
type exprParser struct {
	words []string
	depth int
}

func (p *exprParser) accept(operators ...string) string {
	for _, operator := range operators {
		if len(p.words) > 0 && p.words[0] == operator {
			p.words = p.words[1:]
			return operator
		}
	}
	return ""
}

func (p *exprParser) or() (string, error) {
	left, err := p.and()
	for err == nil && p.accept("|") != "" {
		var right string
		if right, err = p.and(); left == "" || left == "0" {
			left = right
		}
	}
	return left, err
}

func (p *exprParser) and() (string, error) {
	left, err := p.compare()
	for err == nil && p.accept("&") != "" {
		var right string
		if right, err = p.compare(); left == "" || left == "0" || right == "" || right == "0" {
			left = "0"
		}
	}
	return left, err
}

func (p *exprParser) compare() (string, error) {
	left, err := p.sum()
	for err == nil {
		operator := p.accept("=", "==", "!=", "<", "<=", ">", ">=")
		if operator == "" {
			break
		}
		var right string
		right, err = p.sum()
		order := strings.Compare(left, right)
		a, errA := strconv.ParseInt(left, 10, 64)
		b, errB := strconv.ParseInt(right, 10, 64)
		if errA == nil && errB == nil {
			order = int(max(-1, min(1, a-b)))
		}
		holds := map[string]bool{"=": order == 0, "==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]
		left = "0"
		if holds {
			left = "1"
		}
	}
	return left, err
}

func (p *exprParser) numbers(left, right string, err error, combine func(a, b int64) (int64, error)) (string, error) {
	if err != nil {
		return "", err
	}
	a, errA := strconv.ParseInt(left, 10, 64)
	b, errB := strconv.ParseInt(right, 10, 64)
	if errA != nil || errB != nil {
		return "", errNotNumber
	}
	value, err := combine(a, b)
	return strconv.FormatInt(value, 10), err
}

func (p *exprParser) sum() (string, error) {
	left, err := p.product()
	for err == nil {
		operator := p.accept("+", "-")
		if operator == "" {
			break
		}
		right, rightErr := p.product()
		left, err = p.numbers(left, right, rightErr, func(a, b int64) (int64, error) {
			if operator == "+" {
				return a + b, nil
			}
			return a - b, nil
		})
	}
	return left, err
}

func (p *exprParser) product() (string, error) {
	left, err := p.match()
	for err == nil {
		operator := p.accept("*", "/", "%")
		if operator == "" {
			break
		}
		right, rightErr := p.match()
		left, err = p.numbers(left, right, rightErr, func(a, b int64) (int64, error) {
			switch {
			case operator == "*":
				return a * b, nil
			case b == 0:
				return 0, errExprDivide
			case operator == "/":
				return a / b, nil
			}
			return a % b, nil
		})
	}
	return left, err
}

func (p *exprParser) match() (string, error) {
	left, err := p.primary()
	for err == nil && p.accept(":") != "" {
		var right string
		if right, err = p.primary(); err != nil {
			return "", err
		}
		pattern, patternErr := notation.Regexp("^"+right, false, false)
		if patternErr != nil {
			return "", patternErr
		}
		groups := pattern.FindStringSubmatch(left)
		switch {
		case groups == nil && strings.Contains(right, `\(`):
			left = ""
		case groups == nil:
			left = "0"
		case len(groups) > 1:
			left = groups[1]
		default:
			left = strconv.Itoa(len([]rune(groups[0])))
		}
	}
	return left, err
}

func (p *exprParser) primary() (string, error) {
	if len(p.words) == 0 {
		return "", errExpr
	}
	word := p.words[0]
	p.words = p.words[1:]
	switch {
	case word == "(":
		if p.depth++; p.depth > maxNesting {
			return "", errExpr
		}
		value, err := p.or()
		if err == nil && p.accept(")") == "" {
			err = errExpr
		}
		return value, err
	case word == "length" && len(p.words) > 0:
		text := p.words[0]
		p.words = p.words[1:]
		return strconv.Itoa(len([]rune(text))), nil
	case word == "substr" && len(p.words) >= 3:
		runes := []rune(p.words[0])
		from, errFrom := strconv.Atoi(p.words[1])
		count, errCount := strconv.Atoi(p.words[2])
		p.words = p.words[3:]
		if errFrom != nil || errCount != nil || from < 1 || count < 1 || from > len(runes) {
			return "", nil
		}
		return string(runes[from-1 : min(len(runes), from-1+count)]), nil
	}
	return word, nil
}
