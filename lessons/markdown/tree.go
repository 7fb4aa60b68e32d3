package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"

	"tabernetes/lessons/reading"
)

// Line returns the line on which a node begins; 0 when it is unknown.
func Line(node ast.Node, source []byte) int {
	for n := node; n != nil; n = n.Parent() {
		if n.Pos() >= 0 {
			return reading.LineAt(source, n.Pos())
		}
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			return reading.LineAt(source, n.Lines().At(0).Start)
		}
	}
	return 0
}

// PlainText returns the text below a node without its markup.
func PlainText(node ast.Node, source []byte) string {
	var output bytes.Buffer
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		switch n := child.(type) {
		case *ast.Text:
			output.Write(n.Segment.Value(source))
		case *ast.String:
			output.Write(n.Value)
		default:
			output.WriteString(PlainText(child, source))
		}
	}
	return output.String()
}

// NodesBelow returns the nodes below root, parents first, that pick accepts.
// It is a copy, so that the caller may change the tree.
func NodesBelow(root ast.Node, pick func(ast.Node) bool) []ast.Node {
	var nodes []ast.Node
	for child := root.FirstChild(); child != nil; child = child.NextSibling() {
		if pick(child) {
			nodes = append(nodes, child)
		}
		nodes = append(nodes, NodesBelow(child, pick)...)
	}
	return nodes
}
