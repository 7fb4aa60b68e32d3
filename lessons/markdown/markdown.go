package markdown

import (
	"io"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"go.abhg.dev/goldmark/frontmatter"
	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

// Format is what the texts of one kind have in their Markdown besides what all have.
type Format struct {
	Links Links
	// Extensions see a tree out of which everything unsafe has been taken.
	Extensions []goldmark.Extender
}

// Text is a text that has been read.
type Text struct {
	// FrontMatter is its YAML; nil when there is none, which has been reported.
	FrontMatter *yaml.Node
	Tree        ast.Node

	source   []byte
	renderer goldmark.Markdown
}

// Read reads a text with front matter. It never fails: what it cannot read it leaves
// out and reports.
func Read(source []byte, format Format, r *reading.Report) Text {
	extensions := format.Extensions
	if hasFrontMatter(source) {
		extensions = append(extensions[:len(extensions):len(extensions)],
			&frontmatter.Extender{Formats: []frontmatter.Format{frontMatterFormat()}})
	} else {
		r.Add(1, "%s", wantedFrontMatter(source))
	}
	markdown := newMarkdown(format.Links, r, extensions, parser.WithAttribute())
	context := parser.NewContext()
	tree := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(context))
	return Text{FrontMatter: frontMatterOf(context, r), Tree: tree, source: source, renderer: markdown}
}

// ReadFragment reads Markdown that stands within a text of another form.
func ReadFragment(source []byte, links Links, r *reading.Report) Text {
	markdown := newMarkdown(links, r, nil)
	return Text{Tree: markdown.Parser().Parse(text.NewReader(source)), source: source, renderer: markdown}
}

// Render writes the HTML of a text; it is safe to put into a page.
func (t Text) Render(writer io.Writer) error {
	return t.renderer.Renderer().Render(writer, t.source, t.Tree)
}

func newMarkdown(links Links, r *reading.Report, extensions []goldmark.Extender, options ...parser.Option) goldmark.Markdown {
	shared := []goldmark.Extender{
		// Alignment as an attribute: a style would be refused by the page's
		// content security policy.
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		&safeExtension{report: r, links: links},
	}
	return goldmark.New(goldmark.WithExtensions(append(shared, extensions...)...), goldmark.WithParserOptions(options...))
}
