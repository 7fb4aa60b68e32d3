package lessons

import (
	"fmt"
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

// stepLevel is the heading level in the Markdown that starts a step. Level one
// is the title, which stands in the front matter.
const stepLevel = 2

// kindStepSection is the kind of a stepSection.
var kindStepSection = ast.NewNodeKind("StepSection")

// stepSection holds the heading of a step and what follows it.
type stepSection struct {
	ast.BaseBlock
	id string
}

// Kind implements ast.Node.
func (s *stepSection) Kind() ast.NodeKind { return kindStepSection }

// Dump implements ast.Node.
func (s *stepSection) Dump(source []byte, level int) {
	ast.DumpHelper(s, source, level, map[string]string{"id": s.id}, nil)
}

// stepExtension gives each step a section and finds the steps of one document.
// Headings go one level down, because the page has a heading of its own above
// the lesson's title.
type stepExtension struct {
	report *reading.Report
	steps  []Step
	blocks []Block
}

// Extend implements goldmark.Extender.
func (s *stepExtension) Extend(extended goldmark.Markdown) {
	// Last of ours: the blocks are known by then.
	extended.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(s, 300)))
	extended.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(s, 100)))
}

// Transform implements parser.ASTTransformer.
func (s *stepExtension) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	s.checkLinks(document, s.prepareHeadings(document, source), source)
	var section *stepSection
	for child := document.FirstChild(); child != nil; {
		next := child.NextSibling()
		if heading, ok := child.(*ast.Heading); ok && heading.Level == stepLevel+1 {
			section = s.open(heading, source)
			document.InsertBefore(document, heading, section)
		}
		if section != nil {
			section.AppendChild(section, child)
		}
		child = next
	}
	s.findBlocks(document)
}

// findBlocks notes the runnable blocks of each step, and the others with the step
// that they stand in.
func (s *stepExtension) findBlocks(document *ast.Document) {
	step := -1
	isOurs := func(n ast.Node) bool {
		return n.Kind() == kindStepSection || n.Kind() == kindRunnable || n.Kind() == kindBlock
	}
	for _, node := range markdown.NodesBelow(document, isOurs) {
		switch found := node.(type) {
		case *runnable:
			if step < 0 {
				s.report.Add(found.line, "a runnable block belongs to a step")
				continue
			}
			s.steps[step].Runnables = append(s.steps[step].Runnables, found.name())
			s.steps[step].RunnableLines = append(s.steps[step].RunnableLines, found.line)
		case *blockNode:
			block := &found.block
			if step < 0 {
				s.report.Add(block.Line, "a %s block belongs to a step", block.BlockKind)
				continue
			}
			block.Step, block.After = s.steps[step].ID, len(s.steps[step].Runnables)
			s.blocks = append(s.blocks, *block)
		default:
			step++
		}
	}
}

// prepareHeadings checks levels and ids, prefixes the ids and moves each
// heading one level down. It returns the ids without prefix.
func (s *stepExtension) prepareHeadings(document *ast.Document, source []byte) []string {
	var seen []string
	for _, node := range markdown.NodesBelow(document, func(n ast.Node) bool { return n.Kind() == ast.KindHeading }) {
		heading := node.(*ast.Heading)
		line := markdown.Line(heading, source)
		isStep := heading.Level == stepLevel && heading.Parent() == document
		switch {
		case heading.Level < stepLevel:
			s.report.Add(line, "the title stands in the front matter, a step begins with \"##\"")
		case heading.Level == stepLevel && !isStep:
			s.report.Add(line, "a step cannot begin inside a list or a quotation")
		}
		id := headingID(heading)
		switch {
		case slices.Contains(seen, id) && id != "":
			s.report.Add(line, "id %q stands twice", id)
			id = ""
		case id == "" && isStep:
			s.report.Add(line, "a step needs an id that is the same in all languages: \"## Title {#id}\"")
		}
		if id == "" && isStep {
			id = fmt.Sprintf("line-%d", line)
			for slices.Contains(seen, id) {
				id += "-again"
			}
		}
		heading.RemoveAttributes()
		if id != "" {
			seen = append(seen, id)
			heading.SetAttribute([]byte("id"), []byte(idPrefix+id))
		}
		heading.Level = min(heading.Level+1, 6)
		if heading.Level == stepLevel+1 && !isStep {
			// Only a step has the level of a step in the output.
			heading.Level++
		}
	}
	return seen
}

// checkLinks reports links inside the lesson that lead nowhere.
func (s *stepExtension) checkLinks(document *ast.Document, ids []string, source []byte) {
	for _, node := range markdown.NodesBelow(document, func(n ast.Node) bool { return n.Kind() == ast.KindLink }) {
		id, ok := strings.CutPrefix(string(node.(*ast.Link).Destination), "#"+idPrefix)
		if ok && !slices.Contains(ids, id) {
			s.report.Add(markdown.Line(node, source), "link \"#%s\": no heading has this id", id)
		}
	}
}

// headingID returns the id that the Markdown gives, or "".
func headingID(heading *ast.Heading) string {
	value, ok := heading.AttributeString("id")
	if !ok {
		return ""
	}
	id, ok := value.([]byte)
	if !ok {
		return ""
	}
	return string(id)
}

func (s *stepExtension) open(heading *ast.Heading, source []byte) *stepSection {
	id := headingID(heading)[len(idPrefix):]
	s.steps = append(s.steps, Step{ID: id, Title: markdown.PlainText(heading, source), Line: markdown.Line(heading, source)})
	return &stepSection{id: id}
}

// RegisterFuncs implements renderer.NodeRenderer.
func (s *stepExtension) RegisterFuncs(registerer renderer.NodeRendererFuncRegisterer) {
	registerer.Register(kindStepSection, renderStepSection)
}

func renderStepSection(writer util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := writer.WriteString("</section>\n")
		return ast.WalkContinue, err
	}
	id := util.EscapeHTML([]byte(node.(*stepSection).id))
	_, err := fmt.Fprintf(writer, "<section class=\"step\" data-step=\"%s\" aria-labelledby=\"%s%s\">\n", id, idPrefix, id)
	return ast.WalkContinue, err
}
