package lessons

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
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

// BlockKind says what a block is for.
type BlockKind string

// The kinds of blocks, by the first word of their info strings.
const (
	// CheckBlock has the sentences of a check: "met", those of its cases, "broken".
	CheckBlock BlockKind = "check"
	// HintBlock is a hint of a step, WrongBlock that of a wrong way.
	HintBlock  BlockKind = "hint"
	WrongBlock BlockKind = "wrong"
	// QuestionBlock has "ask", "why" and a sentence for each option.
	QuestionBlock BlockKind = "question"
	// DebriefBlock is read once a step is passed.
	DebriefBlock BlockKind = "debrief"
	// NoteBlock is for who wants to go on.
	NoteBlock BlockKind = "note"
	// OutputBlock is what the commands before it print, an example.
	OutputBlock BlockKind = "output"
)

var (
	// named are the kinds that have an id, sentenced those whose lines are "key:
	// sentence".
	named     = []BlockKind{CheckBlock, HintBlock, WrongBlock, QuestionBlock}
	sentenced = []BlockKind{CheckBlock, QuestionBlock}
	kinds     = append([]BlockKind{DebriefBlock, NoteBlock, OutputBlock}, named...)
	// ProseBlocks are those that are written in the language of their text.
	ProseBlocks = append([]BlockKind{DebriefBlock, NoteBlock}, named...)
)

func kindNames() []string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return names
}

// meantKind is the kind that a mistyped one most likely stands for, "" when none does.
func meantKind(language string) BlockKind {
	runnables := []string{"sh", "yaml"}
	if slices.Contains(runnables, language) || slices.Contains(kinds, BlockKind(language)) {
		return ""
	}
	meant := reading.Nearest(language, append(kindNames(), runnables...))
	if slices.Contains(runnables, meant) {
		return ""
	}
	return BlockKind(meant)
}

// Block is a part of a step that belongs to the plan.
type Block struct {
	BlockKind BlockKind `json:"kind"`
	// ID is the plan's, "" for a debrief, a note or an output.
	ID string `json:"id,omitempty"`
	// Step is the step that it stands in, After how many runnable blocks of the
	// step stand before it.
	Step  string `json:"step"`
	After int    `json:"after"`
	// Sentences are those of a check or a question, in inline Markdown.
	Sentences []Sentence `json:"sentences,omitempty"`
	// Text is what stands in a block of another kind: Markdown, or an output.
	Text string `json:"-"`
	// HTML is that Markdown, rendered and safe.
	HTML string `json:"html,omitempty"`
	Line int    `json:"-"`
	// partial says that it has lines that are no sentences.
	partial bool
}

// Sentence is a line of a block with its key.
type Sentence struct {
	Key string `json:"key"`
	// Text is inline Markdown, HTML that rendered and safe. Both have the names of
	// values in braces.
	Text string `json:"-"`
	HTML string `json:"html"`
	Line int    `json:"-"`
}

// Sentence returns the one with a key.
func (b Block) Sentence(key string) (Sentence, bool) {
	index := slices.IndexFunc(b.Sentences, func(s Sentence) bool { return s.Key == key })
	if index < 0 {
		return Sentence{}, false
	}
	return b.Sentences[index], true
}

// Block returns the block of a kind with an id in a step.
func (d Document) Block(kind BlockKind, step, id string) (Block, bool) {
	index := slices.IndexFunc(d.Blocks, func(b Block) bool {
		return b.BlockKind == kind && b.Step == step && b.ID == id
	})
	if index < 0 {
		return Block{}, false
	}
	return d.Blocks[index], true
}

// Told are the blocks that a page tells when their time has come: sentences of checks
// and questions, hints of wrong ways. All others it finds in the document.
func (d Document) Told() []Block {
	told := []Block{}
	for _, block := range d.Blocks {
		switch block.BlockKind {
		case CheckBlock, QuestionBlock:
			block.HTML = ""
		case WrongBlock:
		default:
			continue
		}
		told = append(told, block)
	}
	return told
}

// kindBlock is the kind of a blockNode.
var kindBlock = ast.NewNodeKind("LessonBlock")

// blockNode is a block in the tree.
type blockNode struct {
	ast.BaseBlock
	block Block
}

// Kind implements ast.Node.
func (b *blockNode) Kind() ast.NodeKind { return kindBlock }

// IsRaw implements ast.Node: the content has been rendered already.
func (b *blockNode) IsRaw() bool { return true }

// Dump implements ast.Node.
func (b *blockNode) Dump(source []byte, level int) {
	ast.DumpHelper(b, source, level, map[string]string{"kind": string(b.block.BlockKind), "id": b.block.ID}, nil)
}

// blockExtension makes blocks of fenced code whose language is one of their kinds.
type blockExtension struct {
	report   *reading.Report
	language string
	plan     plan.Plan
}

// Extend implements goldmark.Extender.
func (e *blockExtension) Extend(extended goldmark.Markdown) {
	// Before the runnable blocks, which know other languages.
	extended.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(e, 150)))
	extended.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(e, 100)))
}

// Transform implements parser.ASTTransformer.
func (e *blockExtension) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	for _, node := range markdown.NodesBelow(document, func(n ast.Node) bool { return n.Kind() == ast.KindFencedCodeBlock }) {
		fence := node.(*ast.FencedCodeBlock)
		if fence.Info == nil {
			continue
		}
		line := reading.LineAt(source, fence.Info.Segment.Start)
		language, attributes, problem := markdown.ParseInfo(string(fence.Info.Segment.Value(source)))
		kind := BlockKind(language)
		if meant := meantKind(language); meant != "" && len(attributes) > 0 {
			e.report.Add(line, "there is no block %q, known are %s; did you mean %q?", language, strings.Join(kindNames(), ", "), meant)
			kind = meant
		}
		if problem != "" || !slices.Contains(kinds, kind) {
			continue
		}
		attributes, isOurs := e.takeVariant(line, attributes)
		if !isOurs {
			fence.Parent().RemoveChild(fence.Parent(), fence)
			continue
		}
		made := &blockNode{block: Block{BlockKind: kind, Line: line}}
		switch {
		case !slices.Contains(named, kind) && len(attributes) == 0:
		case slices.Contains(named, kind) && len(attributes) == 1 && attributes[0].Key == "id" &&
			reading.Identifier.MatchString(attributes[0].Value):
			made.block.ID = attributes[0].Value
		case slices.Contains(named, kind):
			e.report.Add(line, "a %s block takes one attribute: {id=name}", kind)
		default:
			e.report.Add(line, "a %s block takes no attribute", kind)
		}
		e.read(&made.block, fence.Lines().Value(source))
		fence.Parent().ReplaceChild(fence.Parent(), fence, made)
	}
}

// takeVariant takes the attribute away that says which variant a block belongs to, and
// reports whether it belongs to the one that is rendered.
func (e *blockExtension) takeVariant(line int, attributes []markdown.Attribute) (left []markdown.Attribute, isOurs bool) {
	isOurs = true
	for _, one := range attributes {
		if one.Key != "variant" {
			left = append(left, one)
			continue
		}
		isOurs = e.isOurs(line, one.Value)
	}
	return left, isOurs
}

// isOurs reports whether a variant is the one that is rendered.
func (e *blockExtension) isOurs(line int, variant string) bool {
	if !slices.Contains(e.plan.Variants, variant) {
		e.report.Add(line, "there is no variant %q, known are %q", variant, e.plan.Variants)
	}
	return variant == e.plan.Variant
}

func (e *blockExtension) read(block *Block, content []byte) {
	switch {
	case len(bytes.TrimSpace(content)) == 0:
		e.report.Add(block.Line, "a %s block cannot be empty", block.BlockKind)
	case slices.Contains(sentenced, block.BlockKind):
		before := len(e.report.Problems)
		block.Sentences = e.sentences(block.Line+1, content)
		block.partial = len(e.report.Problems) > before
		block.HTML = e.sentencesHTML(*block)
	case block.BlockKind == OutputBlock:
		block.Text = string(content)
		block.HTML = fmt.Sprintf("<pre><code class=\"language-output\">%s</code></pre>\n", util.EscapeHTML(content))
	default:
		block.Text = string(content)
		block.HTML = e.markdown(block.Line, content)
	}
}

// sentenceLine matches the line that begins a sentence: its key, the variant in
// parentheses where it is one of a single variant, and its text.
var sentenceLine = regexp.MustCompile(`^([a-z][a-z0-9-]*)(?: \(([a-z0-9-]+)\))?: +(\S.*)$`)

// sentences reads lines of the form "key: sentence". A line that is indented goes
// on with the sentence before it.
func (e *blockExtension) sentences(first int, content []byte) []Sentence {
	var sentences []Sentence
	isOthers := false // the sentence is one of another variant
	for i, line := range strings.Split(strings.TrimRight(string(content), "\n"), "\n") {
		match := sentenceLine.FindStringSubmatch(line)
		rest, indented := strings.CutPrefix(line, "  ")
		if match != nil {
			isOthers = match[2] != "" && !e.isOurs(first+i, match[2])
		}
		switch {
		case isOthers && (match != nil || indented):
		case match != nil && slices.ContainsFunc(sentences, func(s Sentence) bool { return s.Key == match[1] }):
			e.report.Add(first+i, "sentence %q stands twice", match[1])
		case match != nil:
			sentences = append(sentences, Sentence{Key: match[1], Text: match[3], Line: first + i})
		case indented && len(sentences) > 0:
			sentences[len(sentences)-1].Text += " " + strings.TrimSpace(rest)
		default:
			e.report.Add(first+i, "want a line such as \"met: All three Pods are ready.\", got %q", line)
		}
	}
	return sentences
}

// markdown renders what stands in a block as if it stood in the lesson. Its first
// line is that of the fence plus one.
func (e *blockExtension) markdown(fence int, content []byte) string {
	r := &reading.Report{File: e.report.File}
	read := markdown.ReadFragment(content, lessonLinks(), r)
	for _, node := range markdown.NodesBelow(read.Tree, func(n ast.Node) bool { return n.Kind() == ast.KindHeading }) {
		r.Add(markdown.Line(node, content), "a heading cannot stand in a block")
		paragraph := ast.NewParagraph()
		for child := node.FirstChild(); child != nil; child = node.FirstChild() {
			paragraph.AppendChild(paragraph, child)
		}
		node.Parent().ReplaceChild(node.Parent(), node, paragraph)
	}
	var output bytes.Buffer
	if err := read.Render(&output); err != nil {
		r.Add(0, "render: %v", err)
	}
	for _, problem := range r.Problems {
		e.report.Add(fence+problem.Line, "%s", problem.Message)
	}
	return output.String()
}

// inline renders one sentence without the paragraph around it.
func (e *blockExtension) inline(sentence Sentence) string {
	html := strings.TrimSuffix(e.markdown(sentence.Line-1, []byte(sentence.Text)), "\n")
	if inner, ok := strings.CutPrefix(html, "<p>"); ok && strings.HasSuffix(inner, "</p>") && !strings.Contains(inner, "<p>") {
		return strings.TrimSuffix(inner, "</p>")
	}
	e.report.Add(sentence.Line, "sentence %q: want text, code and links only", sentence.Key)
	return string(util.EscapeHTML([]byte(sentence.Text)))
}

// RegisterFuncs implements renderer.NodeRenderer.
func (e *blockExtension) RegisterFuncs(registerer renderer.NodeRendererFuncRegisterer) {
	registerer.Register(kindBlock, e.render)
}

// words are what a reader sees of a block besides the author's text. traffic is a
// format of a number and the name of a Service.
type words struct{ goal, question, answer, hint, debrief, note, start, since, traffic string }

var (
	english = words{
		"Goal", "Predict", "Answer", "Hint", "What happened", "To go on", "Before you begin, apply this",
		"What has happened since: apply it when all is ready, and better do not read it",
		"Then select the Service %[2]s in the diagram and have it sent %[1]d requests a second.",
	}
	// chinese is Simplified Chinese.
	chinese = words{
		"目标", "先猜一猜", "答案", "提示", "刚才发生了什么", "还想多看一点", "开始之前，先应用这些",
		"之后发生的事：等一切就绪，再应用它；最好别读",
		"然后在图中选中 Service %[2]s，每秒向它发送 %[1]d 个请求。",
	}
)

func wordsIn(language string) words {
	if language == "zh" {
		return chinese
	}
	return english
}

// sentencesHTML shows what a check or a question is about to who only reads.
func (e *blockExtension) sentencesHTML(block Block) string {
	var options strings.Builder
	told := map[string]string{}
	for i, sentence := range block.Sentences {
		html := e.inline(sentence)
		block.Sentences[i].HTML, told[sentence.Key] = html, html
		if block.BlockKind == QuestionBlock && sentence.Key != "ask" && sentence.Key != "why" {
			fmt.Fprintf(&options, "<li>%s</li>\n", html)
		}
	}
	words := wordsIn(e.language)
	if block.BlockKind == CheckBlock {
		return fmt.Sprintf("<p class=\"goal\"><strong>%s</strong> %s</p>\n", words.goal, told["met"])
	}
	list := ""
	if options.Len() > 0 {
		list = "<ul>\n" + options.String() + "</ul>\n"
	}
	return fmt.Sprintf("<p class=\"question\"><strong>%s</strong> %s</p>\n%s<details><summary>%s</summary>\n<p>%s</p>\n</details>\n",
		words.question, told["ask"], list, words.answer, told["why"])
}

// render writes a block. That of a wrong way is told to who went it.
func (e *blockExtension) render(writer util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := node.(*blockNode).block
	words := wordsIn(e.language)
	summary := map[BlockKind]string{HintBlock: words.hint, DebriefBlock: words.debrief, NoteBlock: words.note}[block.BlockKind]
	// The page finds a block by its kind and its id.
	attributes := fmt.Sprintf("data-block=\"%s\" data-id=\"%s\"", block.BlockKind, util.EscapeHTML([]byte(block.ID)))
	var err error
	switch {
	case block.BlockKind == WrongBlock:
	case summary != "":
		_, err = fmt.Fprintf(writer, "<details class=\"%s\" %s><summary>%s</summary>\n%s</details>\n", block.BlockKind, attributes, summary, block.HTML)
	case slices.Contains(sentenced, block.BlockKind):
		_, err = fmt.Fprintf(writer, "<div %s>\n%s</div>\n", attributes, block.HTML)
	default:
		_, err = writer.WriteString(block.HTML)
	}
	return ast.WalkContinue, err
}
