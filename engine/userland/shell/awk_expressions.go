package shell

import (
	"strconv"
	"strings"
)

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
