package guide

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"tabernetes/lessons/markdown"
	"tabernetes/lessons/reading"
)

// blockKind is the kind of a block in the tree.
var blockKind = ast.NewNodeKind("GuideBlock")

// block stands for a fenced block that was made into HTML.
type block struct {
	ast.BaseBlock
	html string
}

// Kind implements ast.Node.
func (b *block) Kind() ast.NodeKind { return blockKind }

// IsRaw implements ast.Node: the content has been rendered already.
func (b *block) IsRaw() bool { return true }

// Dump implements ast.Node.
func (b *block) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

// fence is a fenced block that has words behind its language.
type fence struct {
	line  int
	words []string
	body  string
}

// blockExtension makes HTML of the fenced blocks in the languages of a guide.
type blockExtension struct {
	source
	page   *page
	links  markdown.Links
	report *reading.Report
}

// maker makes the HTML of a block, or says what is wrong with it.
type maker func(fence) (made, problem string)

// makers are those of the blocks by their languages.
func (e *blockExtension) makers() map[string]maker {
	return map[string]maker{
		"tabernetes": e.playground,
		"hero":       e.heroStage,
		"cards":      e.cards,
		"lessons":    e.lessonList,
		"attributes": func(f fence) (string, string) { return e.table(f, e.page.language.Attribute, e.facts.Attributes) },
		"events":     func(f fence) (string, string) { return e.table(f, e.page.language.Event, e.facts.Events) },
		"snippet":    func(f fence) (string, string) { return copyable(f, e.facts.Snippets) },
		"example":    func(f fence) (string, string) { return copyable(f, e.facts.Examples) },
		"downloads":  e.downloads,
	}
}

// Extend implements goldmark.Extender.
func (e *blockExtension) Extend(extended goldmark.Markdown) {
	extended.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(e, 200)))
	extended.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(e, 100)))
}

// Transform implements parser.ASTTransformer. Blocks in other languages are code.
func (e *blockExtension) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	makers := e.makers()
	for _, node := range markdown.NodesBelow(document, func(n ast.Node) bool { return n.Kind() == ast.KindFencedCodeBlock }) {
		code := node.(*ast.FencedCodeBlock)
		if code.Info == nil {
			continue
		}
		words := strings.Fields(string(code.Info.Segment.Value(source)))
		if len(words) == 0 || makers[words[0]] == nil {
			continue
		}
		found := fence{
			line:  reading.LineAt(source, code.Info.Segment.Start),
			words: words[1:],
			body:  strings.TrimSpace(string(code.Lines().Value(source))),
		}
		made, problem := makers[words[0]](found)
		if problem != "" {
			e.report.Add(found.line, "%s: %s", words[0], problem)
		}
		code.Parent().ReplaceChild(code.Parent(), code, &block{html: made})
	}
}

// RegisterFuncs implements renderer.NodeRenderer.
func (e *blockExtension) RegisterFuncs(registerer renderer.NodeRendererFuncRegisterer) {
	registerer.Register(blockKind, func(writer util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		_, err := writer.WriteString(node.(*block).html)
		return ast.WalkContinue, err
	})
}

// playground makes the element of what an author of another site writes, too: words
// that are attributes, and YAML.
func (e *blockExtension) playground(f fence) (string, string) {
	var attributes strings.Builder
	for _, word := range f.words {
		name, value, _ := strings.Cut(word, "=")
		if !slices.Contains(e.facts.Attributes, name) {
			return "", fmt.Sprintf("there is no attribute %q", name)
		}
		fmt.Fprintf(&attributes, ` %s="%s"`, name, html.EscapeString(value))
	}
	if f.body != "" {
		fmt.Fprintf(&attributes, ` yaml="%s"`, html.EscapeString(f.body))
	}
	e.page.embeds = true
	return fmt.Sprintf("<tabernetes-playground title=\"%s\"%s><a href=\"%s\">%s</a></tabernetes-playground>\n", e.page.language.Frame, attributes.String(),
		html.EscapeString(e.page.language.playgroundAddress()), e.page.language.Fallback), ""
}

// cards are paragraphs of Markdown side by side.
func (e *blockExtension) cards(f fence) (string, string) {
	var made strings.Builder
	for _, paragraph := range strings.Split(f.body, "\n\n") {
		fmt.Fprintf(&made, "<li>%s</li>\n", e.fragment(f.line, paragraph))
	}
	return "<ul class=\"cards\">\n" + made.String() + "</ul>\n", ""
}

// named splits lines of the form "name: Markdown".
func named(body string) (names, texts []string, problem string) {
	for _, line := range strings.Split(body, "\n") {
		name, text, ok := strings.Cut(line, ": ")
		if !ok || strings.ContainsAny(name, " `") {
			return nil, nil, fmt.Sprintf("want a line such as \"name: what it is\", got %q", line)
		}
		names, texts = append(names, name), append(texts, text)
	}
	return names, texts, ""
}

// table explains each of the names that there are.
func (e *blockExtension) table(f fence, head string, there []string) (string, string) {
	names, texts, problem := named(f.body)
	if problem != "" {
		return "", problem
	}
	var made strings.Builder
	fmt.Fprintf(&made, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%[1]s\"><table>\n<thead><tr><th scope=\"col\">%[1]s</th><th scope=\"col\">%[2]s</th></tr></thead>\n<tbody>\n", head, e.page.language.Meaning)
	for i, name := range names {
		fmt.Fprintf(&made, "<tr><th scope=\"row\"><code>%s</code></th><td>%s</td></tr>\n", html.EscapeString(name), e.fragment(f.line, texts[i]))
	}
	made.WriteString("</tbody>\n</table></div>\n")
	return made.String(), difference(names, there)
}

// downloads are files that the site may offer. Those that it does get their links and
// sizes when it is packed (web/offers.mjs).
func (e *blockExtension) downloads(f fence) (string, string) {
	names, texts, problem := named(f.body)
	if problem != "" {
		return "", problem
	}
	var made strings.Builder
	made.WriteString("<ul class=\"downloads\">\n")
	for i, name := range names {
		fmt.Fprintf(&made, "<li><span data-file=\"%[1]s\"><code>%[1]s</code></span> %[2]s</li>\n", html.EscapeString(name), e.fragment(f.line, texts[i]))
	}
	made.WriteString("</ul>\n")
	return made.String(), ""
}

// copyable is code that a reader takes along, of the texts that there are.
func copyable(f fence, texts map[string]string) (string, string) {
	if len(f.words) != 1 || f.body != "" {
		return "", "want one name and no text"
	}
	code, ok := texts[f.words[0]]
	if !ok {
		return "", fmt.Sprintf("there is no %q", f.words[0])
	}
	return fmt.Sprintf("<pre class=\"copyable\"><code>%s</code></pre>\n", html.EscapeString(strings.TrimRight(code, "\n"))), ""
}

// fragment renders Markdown of a block, without the paragraph around it.
func (e *blockExtension) fragment(line int, content string) string {
	r := &reading.Report{File: e.report.File}
	var output bytes.Buffer
	if err := markdown.ReadFragment([]byte(content), e.links, r).Render(&output); err != nil {
		r.Add(0, "render: %v", err)
	}
	for _, problem := range r.Problems {
		e.report.Add(line+problem.Line, "%s", problem.Message)
	}
	made := strings.TrimSuffix(output.String(), "\n")
	if inner, ok := strings.CutPrefix(made, "<p>"); ok && !strings.Contains(inner, "<p>") {
		return strings.TrimSuffix(inner, "</p>")
	}
	return made
}
