package lessons

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark"

	"tabernetes/lessons/markdown"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// Step is one step of a lesson: a heading of level two and what follows it.
type Step struct {
	// ID is the same in every language.
	ID string
	// Title is plain text.
	Title string
	// Runnables names what the step's blocks run or show, in order, as in
	// "run=scale" or "file=roll_update.yaml".
	Runnables []string
	// RunnableLines are where they stand.
	RunnableLines []int
	// Line is where the heading stands.
	Line int
}

// CommandsBefore are the lines of the runnable block that stands before a block of the
// step; false when there is none, or when it is a file.
func (s Step) CommandsBefore(block Block) (string, bool) {
	if block.After == 0 {
		return "", false
	}
	return strings.CutPrefix(s.Runnables[block.After-1], runPrefix)
}

// Document is a lesson in one language.
type Document struct {
	Metadata
	// Language is the tag in the file's name, as in "en".
	Language string
	// Text is the Markdown.
	Text  []byte
	Steps []Step
	// Blocks are what the plan asks the texts for, in order.
	Blocks []Block
	// HTML is a fragment with one article element. It is safe to put into the
	// page whatever the source was and whatever problems there are.
	HTML []byte
	// Problems is what the author has to repair. A built-in lesson has none.
	Problems reading.Problems
	// Lost are the steps of the plan that have no heading.
	Lost []string
	// partial says that there is more to run or to show than Steps have.
	partial bool
	// places are those of the values in the front matter, by their keys.
	places map[string]reading.Place
}

// Source is the text of a lesson in one language.
type Source struct {
	// Lesson is the lesson's name, as in "rolling-update".
	Lesson string
	// Language is a tag as in "en" or "zh".
	Language string
	// File names the source in problems.
	File string
	Text []byte
}

// Render turns Markdown into HTML. It never fails: what it cannot render it
// leaves out and reports in the document's problems.
func Render(source Source, shared plan.Plan) Document {
	r := &reading.Report{File: source.File}
	document := Document{Language: source.Language, Text: source.Text}
	stepsFound := &stepExtension{report: r}
	runnables := &runnableExtension{report: r, plan: shared, partial: shared.Partial}
	read := markdown.Read(source.Text, markdown.Format{
		Links: lessonLinks(),
		Extensions: []goldmark.Extender{
			&blockExtension{report: r, language: source.Language, plan: shared},
			runnables,
			stepsFound,
		},
	}, r)
	document.Metadata, document.places = readMetadata(read.FrontMatter, r), reading.ValuePlaces(read.FrontMatter)
	document.Steps, document.Blocks, document.partial = stepsFound.steps, stepsFound.blocks, runnables.partial
	if len(document.Steps) == 0 {
		r.Add(0, "want at least one step: a heading such as \"## Look around {#look}\"")
	}

	var output bytes.Buffer
	output.WriteString(opening(source, document.Metadata) + startOf(source.Language, shared.Start))
	if err := read.Render(&output); err != nil {
		r.Add(0, "render: %v", err)
	}
	output.WriteString("</article>\n")
	document.HTML = output.Bytes()
	document.Problems = r.Sorted()
	return document
}

// idPrefix keeps the ids of a lesson apart from those of the page, which
// script finds by id and by name.
const idPrefix = "lesson-"

// lessonLinks are those to a step of the same lesson.
func lessonLinks() markdown.Links {
	return markdown.Links{
		Wanted: "#step",
		Inside: func(destination string) (string, bool) {
			id, ok := strings.CutPrefix(destination, "#")
			return "#" + idPrefix + id, ok && reading.Identifier.MatchString(id)
		},
	}
}

func opening(source Source, metadata Metadata) string {
	return fmt.Sprintf("<article class=\"lesson\" lang=\"%s\" data-lesson=\"%s\">\n"+
		"<header>\n<h2>%s</h2>\n<p>%s</p>\n</header>\n",
		html.EscapeString(htmlLanguage(source.Language)), html.EscapeString(source.Lesson),
		html.EscapeString(metadata.Title), html.EscapeString(metadata.Summary))
}

// startOf shows what a lesson starts from: the manifests, each to be applied by whoever
// reads the lesson, what has happened since, and the traffic, to be sent from the details of its Service.
func startOf(language string, start plan.Start) string {
	if len(start.Manifests) == 0 {
		return ""
	}
	var blocks, since strings.Builder
	for _, manifest := range start.Manifests {
		into := &blocks
		if manifest.Ago > 0 {
			into = &since
		}
		fmt.Fprintf(into, "<figure class=\"runnable\" data-kind=\"yaml\" data-file=\"%s\" data-apply=\"\"><pre><code class=\"language-yaml\">%s</code></pre></figure>\n",
			html.EscapeString(manifest.Name), html.EscapeString(string(manifest.Data)))
	}
	words := wordsIn(language)
	if since.Len() > 0 {
		// Closed: to find out what it does may be what the lesson is about.
		fmt.Fprintf(&blocks, "<details><summary>%s</summary>\n%s</details>\n", words.since, since.String())
	}
	for _, traffic := range start.Traffic {
		fmt.Fprintf(&blocks, "<p>"+words.traffic+"</p>\n", traffic.PerSecond, "<code>"+html.EscapeString(traffic.Service)+"</code>")
	}
	return fmt.Sprintf("<details class=\"start\" open><summary>%s</summary>\n%s</details>\n", words.start, blocks.String())
}

// htmlLanguage returns the tag for the lang attribute. "zh" alone leaves the
// script, and so the choice of glyphs, open; these lessons are in Simplified
// Chinese.
func htmlLanguage(tag string) string {
	if tag == "zh" {
		return "zh-Hans"
	}
	return tag
}
