package shell

import (
	"errors"
	"fmt"
	"strconv"
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

func (p *awkParser) program() {
	for {
		for p.is("newline", ";") {
			p.advance()
		}
		if p.is("end") {
			return
		}
		if p.word("function") || p.word("func") {
			p.function()
			continue
		}
		rule := &awkRule{}
		switch {
		case p.word("BEGIN"):
			rule.begin = true
			p.advance()
		case p.word("END"):
			rule.end = true
			p.advance()
		case !p.is("{"):
			rule.pattern = p.expression()
			if p.accept(",") {
				p.newlines()
				rule.to = p.expression()
			}
		}
		if p.is("{") {
			rule.action = p.block()
		} else if rule.begin || rule.end {
			p.fail()
		}
		p.rules = append(p.rules, rule)
	}
}

func (p *awkParser) function() {
	p.advance()
	name := p.token.text
	if !p.is("name", "call") {
		p.fail()
	}
	p.advance()
	p.expect("(")
	f := &awkFunction{}
	for !p.is(")") {
		f.params = append(f.params, p.token.text)
		p.expect("name")
		if !p.accept(",") {
			break
		}
		p.newlines()
	}
	p.expect(")")
	p.newlines()
	f.body = p.block()
	p.functions[name] = f
}

func (p *awkParser) block() *awkNode {
	p.expect("{")
	block := &awkNode{kind: "block"}
	for {
		for p.is("newline", ";") {
			p.advance()
		}
		if p.accept("}") {
			return block
		}
		if p.is("end") {
			p.fail()
		}
		block.args = append(block.args, p.statement())
	}
}

// body is the statement of a loop or condition.
func (p *awkParser) body() *awkNode {
	p.newlines()
	if p.accept(";") {
		return &awkNode{kind: "block"}
	}
	return p.statement()
}

func (p *awkParser) parenthesized() *awkNode {
	p.expect("(")
	condition := p.expression()
	p.expect(")")
	return condition
}

func (p *awkParser) terminate() {
	if !p.is("}", "end") && !p.accept(";") && !p.accept("newline") {
		p.fail()
	}
}

func (p *awkParser) statement() *awkNode {
	defer p.deeper()()
	if p.is("{") {
		return p.block()
	}
	if p.is("name", "call") {
		if statement := p.keyword(); statement != nil {
			return statement
		}
	}
	statement := &awkNode{kind: "expression", args: []*awkNode{p.expression()}}
	p.terminate()
	return statement
}

func (p *awkParser) keyword() *awkNode {
	word := p.token.text
	switch word {
	case "if":
		p.advance()
		node := &awkNode{kind: "if", args: []*awkNode{p.parenthesized(), p.body()}}
		before := *p
		for p.is("newline", ";") {
			p.advance()
		}
		if !p.word("else") {
			*p = before
			return node
		}
		p.advance()
		node.args = append(node.args, p.body())
		return node
	case "while":
		p.advance()
		return &awkNode{kind: "while", args: []*awkNode{p.parenthesized(), p.body()}}
	case "do":
		p.advance()
		body := p.body()
		for p.is("newline", ";") {
			p.advance()
		}
		if !p.word("while") {
			p.fail()
		}
		p.advance()
		node := &awkNode{kind: "do", args: []*awkNode{p.parenthesized(), body}}
		p.terminate()
		return node
	case "for":
		p.advance()
		return p.loop()
	case "print", "printf":
		p.advance()
		return p.print(word)
	case "next", "break", "continue":
		p.advance()
		p.terminate()
		return &awkNode{kind: word}
	case "exit", "return":
		p.advance()
		node := &awkNode{kind: word}
		if !p.is("}", ";", "newline", "end") {
			node.args = []*awkNode{p.expression()}
		}
		p.terminate()
		return node
	case "delete":
		p.advance()
		node := &awkNode{kind: "delete", text: p.token.text}
		p.expect("name")
		if p.accept("[") {
			node.args = p.list("]")
		}
		p.terminate()
		return node
	}
	return nil
}

func (p *awkParser) loop() *awkNode {
	p.expect("(")
	before := *p
	if p.is("name") {
		name := p.token.text
		p.advance()
		if p.word("in") {
			p.advance()
			array := p.token.text
			p.expect("name")
			if p.accept(")") {
				return &awkNode{kind: "forin", text: name, args: []*awkNode{{kind: "name", text: array}, p.body()}}
			}
		}
		*p = before
	}
	part := func(end string) *awkNode {
		if p.accept(end) {
			return &awkNode{kind: "empty"}
		}
		node := p.expression()
		p.expect(end)
		p.newlines()
		return node
	}
	first, condition, step := part(";"), part(";"), part(")")
	return &awkNode{kind: "for", args: []*awkNode{first, condition, step, p.body()}}
}

// print is print and printf; the redirection is in text, its target the last
// argument.
func (p *awkParser) print(word string) *awkNode {
	node := &awkNode{kind: word}
	p.noGreater = true
	if !p.is("}", ";", "newline", "end", ">", ">>", "|") {
		for {
			node.args = append(node.args, p.expression())
			if !p.accept(",") {
				break
			}
			p.newlines()
		}
	}
	p.noGreater = false
	if len(node.args) == 1 && node.args[0].kind == "grouping" {
		node.args = node.args[0].args
	}
	if p.is(">", ">>", "|") {
		node.text = p.token.kind
		p.advance()
		p.noGreater = true
		node.args = append(node.args, p.binary(concatenation))
		p.noGreater = false
	}
	p.terminate()
	return node
}

func (p *awkParser) list(end string) []*awkNode {
	var args []*awkNode
	saved, savedIn := p.noGreater, p.noIn
	p.noGreater, p.noIn = false, false
	p.newlines()
	for !p.is(end) {
		args = append(args, p.expression())
		p.newlines()
		if !p.accept(",") {
			break
		}
		p.newlines()
	}
	p.noGreater, p.noIn = saved, savedIn
	p.expect(end)
	return args
}

func (p *awkParser) expression() *awkNode {
	defer p.deeper()()
	left := p.ternary()
	if p.is("=", "+=", "-=", "*=", "/=", "%=", "^=", "**=") {
		if left.kind != "name" && left.kind != "index" && left.kind != "field" {
			p.fail()
		}
		operator := p.token.kind
		p.advance()
		p.newlines()
		return &awkNode{kind: "assign", text: strings.TrimSuffix(strings.Replace(operator, "**", "^", 1), "="), args: []*awkNode{left, p.expression()}}
	}
	return left
}

func (p *awkParser) ternary() *awkNode {
	condition := p.binary(0)
	if !p.accept("?") {
		return condition
	}
	p.newlines()
	yes := p.expression()
	p.newlines()
	p.expect(":")
	p.newlines()
	return &awkNode{kind: "ternary", args: []*awkNode{condition, yes, p.expression()}}
}

// awkLevels are the binary operators from the weakest; concatenation has none.
var awkLevels = [][]string{{"||"}, {"&&"}, {"in"}, {"~", "!~"}, {"<", "<=", "!=", "==", ">", ">="}, {""}, {"+", "-"}, {"*", "/", "%"}}

const concatenation = 5

func (p *awkParser) operatorAt(level int) string {
	for _, operator := range awkLevels[level] {
		switch {
		case operator == "":
			if p.is("number", "string", "name", "call", "$", "(", "!", "-", "+", "++", "--") && !p.word("in") &&
				!p.is("+", "-", "!") {
				return "concatenate"
			}
		case operator == "in":
			if p.word("in") && !p.noIn {
				return operator
			}
		case operator == ">" && p.noGreater:
		case p.is(operator):
			return operator
		}
	}
	return ""
}

func (p *awkParser) binary(level int) *awkNode {
	if level == len(awkLevels) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for {
		operator := p.operatorAt(level)
		if operator == "" {
			return left
		}
		if operator != "concatenate" {
			p.advance()
			p.newlines()
		}
		if operator == "in" {
			left = &awkNode{kind: "in", text: p.token.text, args: []*awkNode{left}}
			p.expect("name")
			continue
		}
		left = &awkNode{kind: "binary", text: operator, args: []*awkNode{left, p.binary(level + 1)}}
	}
}

func (p *awkParser) unary() *awkNode {
	defer p.deeper()()
	if p.is("!", "-", "+") {
		operator := p.token.kind
		p.advance()
		return &awkNode{kind: "unary", text: operator, args: []*awkNode{p.unary()}}
	}
	left := p.postfix()
	if p.is("^", "**") {
		p.advance()
		return &awkNode{kind: "binary", text: "^", args: []*awkNode{left, p.unary()}}
	}
	return left
}

func (p *awkParser) postfix() *awkNode {
	if p.is("++", "--") {
		operator := p.token.kind
		p.advance()
		return &awkNode{kind: "before", text: operator, args: []*awkNode{p.primary()}}
	}
	node := p.primary()
	if p.is("++", "--") && (node.kind == "name" || node.kind == "index" || node.kind == "field") {
		node = &awkNode{kind: "after", text: p.token.kind, args: []*awkNode{node}}
		p.advance()
	}
	return node
}

func (p *awkParser) primary() *awkNode {
	defer p.deeper()()
	token := p.token
	switch token.kind {
	case "number":
		p.advance()
		n, _ := strconv.ParseFloat(token.text, 64)
		return &awkNode{kind: "number", n: n}
	case "string", "regex":
		p.advance()
		return &awkNode{kind: token.kind, text: token.text}
	case "$":
		p.advance()
		if p.is("++", "--", "-", "+") {
			return &awkNode{kind: "field", args: []*awkNode{p.unary()}}
		}
		return &awkNode{kind: "field", args: []*awkNode{p.primary()}}
	case "(":
		p.advance()
		args := p.list(")")
		if len(args) == 1 && !p.word("in") {
			return &awkNode{kind: "grouping", args: args}
		}
		return &awkNode{kind: "grouping", args: args}
	case "name":
		p.advance()
		if p.accept("[") {
			return &awkNode{kind: "index", text: token.text, args: p.list("]")}
		}
		if token.text == "length" {
			return &awkNode{kind: "call", text: "length"}
		}
		return &awkNode{kind: "name", text: token.text}
	case "call":
		p.advance()
		p.expect("(")
		return &awkNode{kind: "call", text: token.text, args: p.list(")")}
	}
	p.fail()
	return nil
}
