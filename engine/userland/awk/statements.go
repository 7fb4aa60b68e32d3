package awk

func (p *parser) program() {
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
		rule := &rule{}
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

func (p *parser) function() {
	p.advance()
	name := p.token.text
	if !p.is("name", "call") {
		p.fail()
	}
	p.advance()
	p.expect("(")
	f := &function{}
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

func (p *parser) block() *tree {
	p.expect("{")
	block := &tree{kind: "block"}
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
func (p *parser) body() *tree {
	p.newlines()
	if p.accept(";") {
		return &tree{kind: "block"}
	}
	return p.statement()
}

func (p *parser) parenthesized() *tree {
	p.expect("(")
	condition := p.expression()
	p.expect(")")
	return condition
}

func (p *parser) terminate() {
	if !p.is("}", "end") && !p.accept(";") && !p.accept("newline") {
		p.fail()
	}
}

func (p *parser) statement() *tree {
	defer p.deeper()()
	if p.is("{") {
		return p.block()
	}
	if p.is("name", "call") {
		if statement := p.keyword(); statement != nil {
			return statement
		}
	}
	statement := &tree{kind: "expression", args: []*tree{p.expression()}}
	p.terminate()
	return statement
}

func (p *parser) keyword() *tree {
	word := p.token.text
	switch word {
	case "if":
		p.advance()
		node := &tree{kind: "if", args: []*tree{p.parenthesized(), p.body()}}
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
		return &tree{kind: "while", args: []*tree{p.parenthesized(), p.body()}}
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
		node := &tree{kind: "do", args: []*tree{p.parenthesized(), body}}
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
		return &tree{kind: word}
	case "exit", "return":
		p.advance()
		node := &tree{kind: word}
		if !p.is("}", ";", "newline", "end") {
			node.args = []*tree{p.expression()}
		}
		p.terminate()
		return node
	case "delete":
		p.advance()
		node := &tree{kind: "delete", text: p.token.text}
		p.expect("name")
		if p.accept("[") {
			node.args = p.list("]")
		}
		p.terminate()
		return node
	}
	return nil
}

func (p *parser) loop() *tree {
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
				return &tree{kind: "forin", text: name, args: []*tree{{kind: "name", text: array}, p.body()}}
			}
		}
		*p = before
	}
	part := func(end string) *tree {
		if p.accept(end) {
			return &tree{kind: "empty"}
		}
		node := p.expression()
		p.expect(end)
		p.newlines()
		return node
	}
	first, condition, step := part(";"), part(";"), part(")")
	return &tree{kind: "for", args: []*tree{first, condition, step, p.body()}}
}

// print is print and printf; the redirection is in text, its target the last
// argument.
func (p *parser) print(word string) *tree {
	node := &tree{kind: word}
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
