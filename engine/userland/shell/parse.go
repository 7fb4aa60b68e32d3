package shell

import (
	"context"
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxScript is the longest text that is parsed at once, in bytes, and maxNesting
// how deep brackets of any kind may be nested: the parser is recursive.
const (
	maxScript  = 1 << 20
	maxNesting = 500
)

var (
	errScriptTooLong = errors.New("the script is too long")
	errTooDeep       = errors.New("the script is nested too deep")
)

// parse parses a text. With an error it returns the statements before it.
func (in *interpreter) parse(text string) ([]*syntax.Stmt, error) {
	if len(text) > maxScript {
		return nil, errScriptTooLong
	}
	nesting := 0
	for _, character := range text {
		if strings.ContainsRune("({[`", character) {
			nesting++
		}
	}
	if nesting > maxNesting && deepest(text) > maxNesting {
		return nil, errTooDeep
	}
	var statements []*syntax.Stmt
	_, err := safely(func() (int, error) {
		var first error // the sequence may go on after an error
		parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
		for statement, err := range parser.StmtsSeq(strings.NewReader(text)) {
			switch {
			case first != nil:
			case err != nil:
				first = err
			default:
				if !in.bash {
					quoteBraces(statement)
				}
				statements = append(statements, statement)
			}
		}
		return 0, first
	})
	return statements, err
}

// deepest estimates how deep brackets are nested.
func deepest(text string) int {
	depth, most := 0, 0
	for _, character := range text {
		switch character {
		case '(', '{', '[':
			depth++
			most = max(most, depth)
		case ')', '}', ']':
			depth = max(0, depth-1)
		}
	}
	return max(most, strings.Count(text, "`")/2)
}

// quoteBraces keeps {a,b} as it is: brace expansion is bash's, not sh's.
func quoteBraces(statement *syntax.Stmt) {
	syntax.Walk(statement, func(node syntax.Node) bool {
		word, ok := node.(*syntax.Word)
		if !ok {
			return true
		}
		var parts []syntax.WordPart
		for _, part := range word.Parts {
			literal, ok := part.(*syntax.Lit)
			if !ok {
				parts = append(parts, part)
				continue
			}
			parts = append(parts, withQuotedBraces(literal)...)
		}
		word.Parts = parts
		return true
	})
}

// withQuotedBraces splits a literal so that its opening braces are quoted.
func withQuotedBraces(literal *syntax.Lit) []syntax.WordPart {
	var parts []syntax.WordPart
	rest := literal.Value
	add := func(text string) {
		if text != "" {
			piece := *literal
			piece.Value = text
			parts = append(parts, &piece)
		}
	}
	begin := 0
	for at := 0; at < len(rest); at++ {
		switch rest[at] {
		case '\\':
			at++
		case '{':
			add(rest[begin:at])
			parts = append(parts, &syntax.SglQuoted{Left: literal.Pos(), Right: literal.End(), Value: "{"})
			begin = at + 1
		}
	}
	add(rest[begin:])
	if len(parts) == 0 {
		return []syntax.WordPart{literal}
	}
	return parts
}

func errorLine(err error) uint {
	var parse syntax.ParseError
	if errors.As(err, &parse) {
		return parse.Pos.Line()
	}
	var lang syntax.LangError
	if errors.As(err, &lang) {
		return lang.Pos.Line()
	}
	return 0
}

// syntaxError prints a parser's error with its line.
func (in *interpreter) syntaxError(ctx context.Context, err error) {
	if line := errorLine(err); line > 0 {
		in.line = line
	}
	text := err.Error()
	var parse syntax.ParseError
	if errors.As(err, &parse) {
		text = parse.Text
	}
	var lang syntax.LangError
	if errors.As(err, &lang) {
		text = lang.Feature + " is not supported"
	}
	if in.script {
		in.fatal(ctx, 2, "syntax error: %s", text)
		return
	}
	in.fatal(ctx, 2, "line %d: syntax error: %s", in.line, text)
}
