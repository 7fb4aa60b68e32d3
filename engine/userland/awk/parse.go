package awk

import (
	"errors"
	"fmt"
	"strings"

	"tabernetes/engine/userland/notation"
)

// tree is an expression or a statement of an awk program.
type tree struct {
	kind string // what it is, such as "number", "binary" or "while"
	text string // an operator, a name or a literal
	n    float64
	args []*tree
}

// rule is a pattern with its action; function a function.
type rule struct {
	begin, end bool
	pattern    *tree // nil matches every record
	to         *tree // of a range
	action     *tree // nil prints the record
	inRange    bool
}

type function struct {
	params []string
	body   *tree
}

// maxDepth is how deep expressions, statements and calls may be nested.
const maxDepth = 200

type token struct {
	kind string // "number", "string", "regex", "name", "call", "newline", "end", or the operator itself
	text string
}

// parser reads an awk program.
type parser struct {
	source    string
	at        int
	token     token
	last      token
	depth     int
	noGreater bool // > is a redirection and no comparison
	noIn      bool
	rules     []*rule
	functions map[string]*function
}

var (
	errSyntax  = errors.New("syntax error")
	errTooDeep = errors.New("the script is nested too deep")
)

func parse(source string) (p *parser, err error) {
	p = &parser{source: source, functions: map[string]*function{}}
	defer catchFailure(&err)
	p.advance()
	p.program()
	return p, nil
}

// failure carries an error out of the recursive descent; parse and run take
// it.
type failure struct{ err error }

// catchFailure makes a panic with a failure the error of the function that defers it.
func catchFailure(err *error) {
	if broken := recover(); broken != nil {
		caught, ok := broken.(failure)
		if !ok {
			panic(broken)
		}
		*err = caught.err
	}
}

func (p *parser) fail() {
	near := p.token.text
	if near == "" {
		near = p.token.kind
	}
	panic(failure{fmt.Errorf("%w at %q", errSyntax, near)})
}

func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxDepth {
		panic(failure{errTooDeep})
	}
	return func() { p.depth-- }
}

var operators = []string{
	"**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "==", "<=", ">=", "!=", "!~", ">>", "**",
	"{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", ">", "<", "|", "?", ":", "~", "$", "=",
}

// advance reads the next token. A slash begins a regular expression where an
// operand can stand.
func (p *parser) advance() {
	p.last = p.token
	for p.at < len(p.source) {
		c := p.source[p.at]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			p.at++
			continue
		case c == '\\' && strings.HasPrefix(p.source[p.at:], "\\\n"):
			p.at += 2
			continue
		case c == '#':
			for p.at < len(p.source) && p.source[p.at] != '\n' {
				p.at++
			}
			continue
		}
		p.token = p.scan(c)
		return
	}
	p.token = token{kind: "end"}
}

func (p *parser) scan(c byte) token {
	rest := p.source[p.at:]
	switch {
	case c == '\n':
		p.at++
		return token{kind: "newline"}
	case c == '"':
		return p.quoted('"', "string")
	case c == '/' && p.operandNext():
		return p.quoted('/', "regex")
	case c >= '0' && c <= '9' || c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		n := len(notation.Leading(rest, 40, "0123456789."))
		if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
			exponent := notation.Leading(rest[n+1:], 6, "+-0123456789")
			if strings.Trim(exponent, "+-") != "" {
				n += 1 + len(exponent)
			}
		}
		p.at += n
		return token{"number", rest[:n]}
	case isNameByte(c):
		n := 0
		for n < len(rest) && (isNameByte(rest[n]) || rest[n] >= '0' && rest[n] <= '9') {
			n++
		}
		p.at += n
		if n < len(rest) && rest[n] == '(' {
			return token{"call", rest[:n]}
		}
		return token{"name", rest[:n]}
	}
	for _, operator := range operators {
		if strings.HasPrefix(rest, operator) {
			p.at += len(operator)
			return token{operator, operator}
		}
	}
	panic(failure{fmt.Errorf("%w at %q", errSyntax, string(c))})
}

func isNameByte(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (p *parser) operandNext() bool {
	switch p.last.kind {
	case "number", "string", "name", ")", "]", "$", "++", "--":
	default:
		return p.token.kind != "number" && p.token.kind != "string" && p.token.kind != "name" && p.token.kind != ")" && p.token.kind != "]"
	}
	switch p.token.kind {
	case "number", "string", "name", ")", "]", "++", "--":
		return false
	}
	return true
}

func (p *parser) quoted(delimiter byte, kind string) token {
	var text strings.Builder
	for n := p.at + 1; n < len(p.source); n++ {
		c := p.source[n]
		switch {
		case c == '\\' && n+1 < len(p.source):
			n++
			if delimiter == '/' {
				if p.source[n] != '/' {
					text.WriteByte('\\')
				}
				text.WriteByte(p.source[n])
				continue
			}
			piece, _ := notation.Unescape(p.source[n-1:n+1], false)
			if p.source[n] == '/' {
				piece = "/"
			}
			text.WriteString(piece)
		case c == delimiter:
			p.at = n + 1
			return token{kind, text.String()}
		case c == '\n':
			panic(failure{errors.New("unterminated " + kind)})
		default:
			text.WriteByte(c)
		}
	}
	panic(failure{errors.New("unterminated " + kind)})
}

func (p *parser) is(kinds ...string) bool {
	for _, kind := range kinds {
		if p.token.kind == kind {
			return true
		}
	}
	return false
}

func (p *parser) word(text string) bool {
	return (p.token.kind == "name" || p.token.kind == "call") && p.token.text == text
}

func (p *parser) accept(kind string) bool {
	if p.token.kind == kind {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(kind string) {
	if !p.accept(kind) {
		p.fail()
	}
}

func (p *parser) newlines() {
	for p.is("newline") {
		p.advance()
	}
}
