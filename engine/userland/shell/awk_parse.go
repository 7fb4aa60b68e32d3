package shell

import (
	"errors"
	"fmt"
	"strings"
)

// awkNode is an expression or a statement of an awk program.
type awkNode struct {
	kind string // what it is, such as "number", "binary" or "while"
	text string // an operator, a name or a literal
	n    float64
	args []*awkNode
}

// awkRule is a pattern with its action; awkFunction a function.
type awkRule struct {
	begin, end bool
	pattern    *awkNode // nil matches every record
	to         *awkNode // of a range
	action     *awkNode // nil prints the record
	inRange    bool
}

type awkFunction struct {
	params []string
	body   *awkNode
}

// maxAwkDepth is how deep expressions, statements and calls may be in each other.
const maxAwkDepth = 200

type awkToken struct {
	kind string // "number", "string", "regex", "name", "call", "newline", "end", or the operator itself
	text string
}

// awkParser reads an awk program.
type awkParser struct {
	source    string
	at        int
	token     awkToken
	last      awkToken
	depth     int
	noGreater bool // > is a redirection and no comparison
	noIn      bool
	rules     []*awkRule
	functions map[string]*awkFunction
}

var errAwk = errors.New("syntax error")

func parseAwk(source string) (parser *awkParser, err error) {
	parser = &awkParser{source: source, functions: map[string]*awkFunction{}}
	defer func() {
		if broken := recover(); broken != nil {
			failure, ok := broken.(awkFailure)
			if !ok {
				panic(broken)
			}
			err = failure.err
		}
	}()
	parser.advance()
	parser.program()
	return parser, nil
}

// awkFailure carries an error out of the recursive descent; parseAwk and run take
// it.
type awkFailure struct{ err error }

func (p *awkParser) fail() {
	near := p.token.text
	if near == "" {
		near = p.token.kind
	}
	panic(awkFailure{fmt.Errorf("%w at %q", errAwk, near)})
}

func (p *awkParser) deeper() func() {
	if p.depth++; p.depth > maxAwkDepth {
		panic(awkFailure{errTooDeep})
	}
	return func() { p.depth-- }
}

var awkOperators = []string{
	"**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "==", "<=", ">=", "!=", "!~", ">>", "**",
	"{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", ">", "<", "|", "?", ":", "~", "$", "=",
}

// advance reads the next token. A slash begins a regular expression where an
// operand can stand.
func (p *awkParser) advance() {
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
	p.token = awkToken{kind: "end"}
}

func (p *awkParser) scan(c byte) awkToken {
	rest := p.source[p.at:]
	switch {
	case c == '\n':
		p.at++
		return awkToken{kind: "newline"}
	case c == '"':
		return p.quoted('"', "string")
	case c == '/' && p.operandNext():
		return p.quoted('/', "regex")
	case c >= '0' && c <= '9' || c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		n := len(leading(rest, 40, "0123456789."))
		if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
			exponent := leading(rest[n+1:], 6, "+-0123456789")
			if strings.Trim(exponent, "+-") != "" {
				n += 1 + len(exponent)
			}
		}
		p.at += n
		return awkToken{"number", rest[:n]}
	case isNameByte(c):
		n := 0
		for n < len(rest) && (isNameByte(rest[n]) || rest[n] >= '0' && rest[n] <= '9') {
			n++
		}
		p.at += n
		if n < len(rest) && rest[n] == '(' {
			return awkToken{"call", rest[:n]}
		}
		return awkToken{"name", rest[:n]}
	}
	for _, operator := range awkOperators {
		if strings.HasPrefix(rest, operator) {
			p.at += len(operator)
			return awkToken{operator, operator}
		}
	}
	panic(awkFailure{fmt.Errorf("%w at %q", errAwk, string(c))})
}

func isNameByte(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (p *awkParser) operandNext() bool {
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

func (p *awkParser) quoted(delimiter byte, kind string) awkToken {
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
			piece, _ := unescape(p.source[n-1:n+1], false)
			if p.source[n] == '/' {
				piece = "/"
			}
			text.WriteString(piece)
		case c == delimiter:
			p.at = n + 1
			return awkToken{kind, text.String()}
		case c == '\n':
			panic(awkFailure{errors.New("unterminated " + kind)})
		default:
			text.WriteByte(c)
		}
	}
	panic(awkFailure{errors.New("unterminated " + kind)})
}

func (p *awkParser) is(kinds ...string) bool {
	for _, kind := range kinds {
		if p.token.kind == kind {
			return true
		}
	}
	return false
}

func (p *awkParser) word(text string) bool {
	return (p.token.kind == "name" || p.token.kind == "call") && p.token.text == text
}

func (p *awkParser) accept(kind string) bool {
	if p.token.kind == kind {
		p.advance()
		return true
	}
	return false
}

func (p *awkParser) expect(kind string) {
	if !p.accept(kind) {
		p.fail()
	}
}

func (p *awkParser) newlines() {
	for p.is("newline") {
		p.advance()
	}
}
