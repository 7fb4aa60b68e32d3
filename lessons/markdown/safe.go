package markdown

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"tabernetes/lessons/reading"
)

// Links decides which links stay on the site.
type Links struct {
	// Inside returns the address of a link that does, and false for one that is
	// to be left out. It is asked of all that do not lead to http, https or mailto.
	Inside func(destination string) (address string, ok bool)
	// Wanted says in a problem which links Inside takes, as in "#step".
	Wanted string
}

// safeExtension takes out of the tree whatever could run code, load anything
// or lead the page astray. It allows what it knows instead of refusing what is
// known to be bad, and does not rely on the HTML renderer to do the same.
type safeExtension struct {
	report *reading.Report
	links  Links
}

// Extend implements goldmark.Extender.
func (s *safeExtension) Extend(markdown goldmark.Markdown) {
	// First of ours: the others see a tree without raw HTML.
	markdown.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(s, 100)))
}

// Transform implements parser.ASTTransformer.
func (s *safeExtension) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	for _, node := range NodesBelow(document, func(ast.Node) bool { return true }) {
		s.keepOnlyID(node, source)
		switch n := node.(type) {
		case *ast.HTMLBlock, *ast.RawHTML:
			s.report.Add(Line(node, source), "raw HTML is left out")
			node.Parent().RemoveChild(node.Parent(), node)
		case *ast.Image:
			s.report.Add(Line(node, source), "images are left out: the page loads nothing for a lesson")
			unwrap(node)
		case *ast.Link:
			s.checkLink(n, source)
		case *ast.AutoLink:
			s.checkAutoLink(n, source)
		}
	}
}

// keepOnlyID removes every attribute that Markdown can set but a well-formed
// id of a heading.
func (s *safeExtension) keepOnlyID(node ast.Node, source []byte) {
	attributes := slices.Clone(node.Attributes())
	node.RemoveAttributes()
	for _, attribute := range attributes {
		value, isBytes := attribute.Value.([]byte)
		isID := bytes.Equal(attribute.Name, []byte("id")) && isBytes && node.Kind() == ast.KindHeading
		switch {
		case !isID:
			s.report.Add(Line(node, source), "attribute %q is left out", attribute.Name)
		case !reading.Identifier.Match(value):
			s.report.Add(Line(node, source), "id %q: want small letters, digits and hyphens", value)
		default:
			node.SetAttribute(attribute.Name, value)
		}
	}
}

func (s *safeExtension) checkLink(link *ast.Link, source []byte) {
	// The renderer resolves entities in the destination, so the check has to
	// look at the resolved form.
	destination := util.URLEscape(link.Destination, true)
	if address, ok := s.links.Inside(string(destination)); ok {
		link.Destination = []byte(address)
		return
	}
	if !isOutside(string(destination)) {
		s.report.Add(Line(link, source), "link %q is left out: want %s, http, https or mailto", link.Destination, s.links.Wanted)
		unwrap(link)
		return
	}
	link.Destination = destination
	openOutside(link)
}

func (s *safeExtension) checkAutoLink(link *ast.AutoLink, source []byte) {
	destination := string(link.URL(source))
	if link.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(destination, "mailto:") {
		destination = "mailto:" + destination
	}
	if isOutside(destination) {
		openOutside(link)
		return
	}
	s.report.Add(Line(link, source), "link %q is left out: want http, https or mailto", destination)
	label := ast.NewString(link.Label(source))
	// Code: written as it stands, with HTML escaped.
	label.SetCode(true)
	link.Parent().ReplaceChild(link.Parent(), link, label)
}

// isOutside reports whether a learner may follow a link away from the page.
func isOutside(destination string) bool {
	target, err := url.Parse(destination)
	if err != nil {
		return false
	}
	switch target.Scheme {
	case "http", "https":
		return target.Host != ""
	case "mailto":
		return true
	}
	return false
}

// openOutside makes a link open beside the page, where the cluster goes on,
// and tell the other site nothing.
func openOutside(link ast.Node) {
	link.SetAttribute([]byte("target"), []byte("_blank"))
	link.SetAttribute([]byte("rel"), []byte("noopener noreferrer"))
}

// unwrap replaces a node by its children.
func unwrap(node ast.Node) {
	parent := node.Parent()
	for child := node.FirstChild(); child != nil; child = node.FirstChild() {
		node.RemoveChild(node, child)
		parent.InsertBefore(parent, node, child)
	}
	parent.RemoveChild(parent, node)
}
