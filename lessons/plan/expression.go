package plan

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

// Expression is a text in CEL.
type Expression struct {
	Text string `json:"text"`
	// At is where the text begins; its column is that of all lines of a block.
	At reading.Place `json:"-"`
	// IsBlock says that the text has the lines of the file below its key.
	IsBlock bool `json:"-"`
}

// IsZero reports whether there is no expression.
func (e Expression) IsZero() bool { return e.Text == "" }

// PlaceIn is the place in the file of one in the expression, whose line begins at 1 and
// whose column at 0.
func (e Expression) PlaceIn(line, column int) reading.Place {
	switch {
	case line <= 0 || e.At.Line == 0:
		return e.At
	case (line == 1 || e.IsBlock) && e.At.Column > 0:
		return reading.Place{Line: e.At.Line + line - 1, Column: e.At.Column + column}
	}
	return reading.Place{Line: e.At.Line + line - 1}
}

// expression reads a text in CEL and finds where it begins.
func (r *reader) expression(node *yaml.Node, name string) Expression {
	text := node.Value
	switch {
	case node.Kind == yaml.ScalarNode && strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!"):
		r.AddAt(reading.At(node), "%s: YAML takes %q for a tag: put the expression between quotation marks", name, node.Tag)
		return Expression{}
	case node.Kind != yaml.ScalarNode || strings.TrimSpace(text) == "":
		r.AddAt(reading.At(node), "%s: want an expression in CEL", name)
		return Expression{}
	case len(text) > maxExpression:
		r.AddAt(reading.At(node), "%s: has %d bytes, the limit is %d", name, len(text), maxExpression)
	}
	expression := Expression{Text: text, At: reading.At(node)}
	switch {
	case node.Style&yaml.LiteralStyle != 0:
		expression.At = reading.Place{Line: node.Line + 1, Column: r.columnOf(node.Line + 1)}
		expression.IsBlock = true
	case node.Style&yaml.FoldedStyle != 0:
		// Its lines are one in the text.
		expression.At = reading.Place{Line: node.Line + 1}
	case node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		expression.At.Column++
	}
	return expression
}

// columnOf is the column at which a line of lesson.yaml begins behind its indentation.
func (r *reader) columnOf(line int) int {
	for number, text := range bytes.Split(r.text, []byte("\n")) {
		if number+1 == line {
			return 1 + len(text) - len(bytes.TrimLeft(text, " "))
		}
	}
	return 0
}
