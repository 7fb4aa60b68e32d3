package lessons

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"tabernetes/lessons/markdown"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// kindRunnable is the kind of a runnable.
var kindRunnable = ast.NewNodeKind("Runnable")

// runnable is a block that the page gives buttons: a shell command or a file.
type runnable struct {
	ast.BaseBlock
	// file names a file of the plan, for a yaml block; a shell block has none.
	file string
	// text is what the block shows: the file, or the lines that a learner would
	// type, which are what a click runs.
	text []byte
	// isApplied says that a click applies the file.
	isApplied bool
	// line is where the block begins.
	line int
}

// Kind implements ast.Node.
func (b *runnable) Kind() ast.NodeKind { return kindRunnable }

// IsRaw implements ast.Node: the content is not Markdown.
func (b *runnable) IsRaw() bool { return true }

// Dump implements ast.Node.
func (b *runnable) Dump(source []byte, level int) {
	ast.DumpHelper(b, source, level, map[string]string{"name": b.name()}, nil)
}

// runPrefix stands before the lines of a shell block in its name.
const runPrefix = "run: "

// name is what the block has in common with the same block in other languages.
func (b *runnable) name() string {
	switch {
	case b.file == "":
		return runPrefix + string(bytes.TrimSpace(b.text))
	case b.isApplied:
		return "file=" + b.file + " apply"
	default:
		return "file=" + b.file
	}
}

// runnableExtension makes runnable blocks of fenced code with attributes.
type runnableExtension struct {
	report *reading.Report
	plan   plan.Plan
	// partial says that there is a block of which nothing is known.
	partial bool
}

// Extend implements goldmark.Extender.
func (e *runnableExtension) Extend(extended goldmark.Markdown) {
	extended.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(e, 200)))
	extended.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(e, 100)))
}

// Transform implements parser.ASTTransformer. A block that cannot be read stays
// plain code.
func (e *runnableExtension) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	for _, node := range markdown.NodesBelow(document, func(n ast.Node) bool { return n.Kind() == ast.KindFencedCodeBlock }) {
		fence := node.(*ast.FencedCodeBlock)
		if fence.Info == nil {
			continue
		}
		line := reading.LineAt(source, fence.Info.Segment.Start)
		block, problem := e.convert(string(fence.Info.Segment.Value(source)), fence.Lines().Value(source))
		if problem != "" {
			e.report.Add(line, "%s", problem)
			e.partial = e.partial || block == nil
		}
		if block != nil {
			block.line = line
			fence.Parent().ReplaceChild(fence.Parent(), fence, block)
		}
	}
}

// convert returns the block that an info string asks for, nil for plain code,
// or what is wrong with it.
func (e *runnableExtension) convert(info string, content []byte) (*runnable, string) {
	language, attributes, problem := markdown.ParseInfo(info)
	switch {
	case problem != "":
		return nil, problem
	case len(attributes) == 0:
		return nil, ""
	case language == "sh":
		return shell(attributes, content)
	case language == "yaml":
		return e.yaml(attributes, content)
	}
	return nil, fmt.Sprintf("there is no block %q with attributes, known are sh, yaml, %s", language, strings.Join(kindNames(), ", "))
}

func shell(attributes []markdown.Attribute, content []byte) (*runnable, string) {
	if len(attributes) != 1 || attributes[0] != (markdown.Attribute{Key: "run"}) {
		return nil, "an sh block takes one attribute: {run}"
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, "an sh block runs what it shows: it cannot be empty"
	}
	return &runnable{text: content}, ""
}

func (e *runnableExtension) yaml(attributes []markdown.Attribute, content []byte) (*runnable, string) {
	block := &runnable{}
	for _, a := range attributes {
		switch {
		case a.Key == "file" && block.file == "":
			block.file = a.Value
		case a == markdown.Attribute{Key: "apply"}:
			block.isApplied = true
		default:
			return nil, "a yaml block takes the attributes {file=name} and {file=name apply}"
		}
	}
	problem := ""
	file, ok := e.plan.File(block.file)
	if !ok {
		var names []string
		for _, known := range e.plan.Files {
			names = append(names, known.Name)
		}
		if !e.plan.Partial {
			problem = fmt.Sprintf("file %q is not in the files of %s%s", block.file, plan.Name, reading.DidYouMean(block.file, names))
		}
		file, ok = e.plan.File(reading.Nearest(block.file, names))
	}
	if !ok {
		return nil, problem
	}
	block.file, block.text = file.Name, file.Data
	if len(bytes.TrimSpace(content)) != 0 {
		problem = cmp.Or(problem, fmt.Sprintf("the block shows file %q itself: leave it empty", block.file))
	}
	return block, problem
}

// RegisterFuncs implements renderer.NodeRenderer.
func (e *runnableExtension) RegisterFuncs(registerer renderer.NodeRendererFuncRegisterer) {
	registerer.Register(kindRunnable, renderRunnable)
}

func renderRunnable(writer util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := node.(*runnable)
	attributes, language := ` data-kind="shell"`, "sh"
	if block.file != "" {
		attributes = fmt.Sprintf(` data-kind="yaml" data-file="%s"`, util.EscapeHTML([]byte(block.file)))
		language = "yaml"
	}
	if block.isApplied {
		attributes += ` data-apply=""`
	}
	_, err := fmt.Fprintf(writer, "<figure class=\"runnable\"%s><pre><code class=\"language-%s\">%s</code></pre></figure>\n",
		attributes, language, util.EscapeHTML(block.text))
	return ast.WalkContinue, err
}
