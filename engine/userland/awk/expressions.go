package awk

import (
	"strconv"
	"strings"
)

func (p *parser) list(end string) []*tree {
	var args []*tree
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

func (p *parser) expression() *tree {
	defer p.deeper()()
	left := p.ternary()
	if p.is("=", "+=", "-=", "*=", "/=", "%=", "^=", "**=") {
		if left.kind != "name" && left.kind != "index" && left.kind != "field" {
			p.fail()
		}
		operator := p.token.kind
		p.advance()
		p.newlines()
		return &tree{kind: "assign", text: strings.TrimSuffix(strings.Replace(operator, "**", "^", 1), "="), args: []*tree{left, p.expression()}}
	}
	return left
}

func (p *parser) ternary() *tree {
	condition := p.binary(0)
	if !p.accept("?") {
		return condition
	}
	p.newlines()
	yes := p.expression()
	p.newlines()
	p.expect(":")
	p.newlines()
	return &tree{kind: "ternary", args: []*tree{condition, yes, p.expression()}}
}

// levels are the binary operators from the weakest; concatenation has none.
var levels = [][]string{{"||"}, {"&&"}, {"in"}, {"~", "!~"}, {"<", "<=", "!=", "==", ">", ">="}, {""}, {"+", "-"}, {"*", "/", "%"}}

const concatenation = 5

func (p *parser) operatorAt(level int) string {
	for _, operator := range levels[level] {
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

func (p *parser) binary(level int) *tree {
	if level == len(levels) {
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
			left = &tree{kind: "in", text: p.token.text, args: []*tree{left}}
			p.expect("name")
			continue
		}
		left = &tree{kind: "binary", text: operator, args: []*tree{left, p.binary(level + 1)}}
	}
}

func (p *parser) unary() *tree {
	defer p.deeper()()
	if p.is("!", "-", "+") {
		operator := p.token.kind
		p.advance()
		return &tree{kind: "unary", text: operator, args: []*tree{p.unary()}}
	}
	left := p.postfix()
	if p.is("^", "**") {
		p.advance()
		return &tree{kind: "binary", text: "^", args: []*tree{left, p.unary()}}
	}
	return left
}

func (p *parser) postfix() *tree {
	if p.is("++", "--") {
		operator := p.token.kind
		p.advance()
		return &tree{kind: "before", text: operator, args: []*tree{p.primary()}}
	}
	node := p.primary()
	if p.is("++", "--") && (node.kind == "name" || node.kind == "index" || node.kind == "field") {
		node = &tree{kind: "after", text: p.token.kind, args: []*tree{node}}
		p.advance()
	}
	return node
}

func (p *parser) primary() *tree {
	defer p.deeper()()
	token := p.token
	switch token.kind {
	case "number":
		p.advance()
		n, _ := strconv.ParseFloat(token.text, 64)
		return &tree{kind: "number", n: n}
	case "string", "regex":
		p.advance()
		return &tree{kind: token.kind, text: token.text}
	case "$":
		p.advance()
		if p.is("++", "--", "-", "+") {
			return &tree{kind: "field", args: []*tree{p.unary()}}
		}
		return &tree{kind: "field", args: []*tree{p.primary()}}
	case "(":
		p.advance()
		args := p.list(")")
		if len(args) == 1 && !p.word("in") {
			return &tree{kind: "grouping", args: args}
		}
		return &tree{kind: "grouping", args: args}
	case "name":
		p.advance()
		if p.accept("[") {
			return &tree{kind: "index", text: token.text, args: p.list("]")}
		}
		if token.text == "length" {
			return &tree{kind: "call", text: "length"}
		}
		return &tree{kind: "name", text: token.text}
	case "call":
		p.advance()
		p.expect("(")
		return &tree{kind: "call", text: token.text, args: p.list(")")}
	}
	p.fail()
	return nil
}
