package guide

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/markdown"
	"tabernetes/lessons/publish"
	"tabernetes/lessons/reading"
)

const (
	titleLimit   = 120 // bytes
	summaryLimit = 600 // bytes
)

// page is a page in one language.
type page struct {
	// name is that of its file, as in "learn".
	name string
	// file is its place in the content, for problems.
	file     string
	language language
	metadata
	html []byte
	// ids are those of its headings, in order.
	ids []string
	// links are those to pages of the guide.
	links []link
	// lessons are the ids of those that it lists.
	lessons []string
	// embeds says that a playground stands in it.
	embeds bool
}

// metadata is the front matter of a page.
type metadata struct {
	// title is that of the page, menu the word for it in the menu of all pages.
	title, menu string
	// summary is a sentence for search engines, and below the title.
	summary string
}

// link leads to a page of the guide; the anchor may be empty.
type link struct {
	page, anchor string
	line         int
}

// source is what pages are made from.
type source struct {
	content fs.FS
	lessons []publish.Entry
	facts   Facts
	hero    []byte
}

// read reads a page. What it cannot read is left out and reported.
func (s source) read(language language, name string, r *reading.Report) page {
	made := page{name: name, file: r.File, language: language}
	text, err := fs.ReadFile(s.content, path.Join(language.tag, name+".md"))
	if err != nil {
		r.Add(0, "%v", err)
		return made
	}
	text = s.fill(text)
	links := s.links(&made)
	read := markdown.Read(text, markdown.Format{
		Links:      links,
		Extensions: []goldmark.Extender{&blockExtension{source: s, page: &made, links: links, report: r}},
	}, r)
	made.metadata = readMetadata(read.FrontMatter, r)
	for _, node := range markdown.NodesBelow(read.Tree, func(n ast.Node) bool { return n.Kind() == ast.KindHeading }) {
		made.addHeading(node.(*ast.Heading), text, r)
	}
	made.noteLines(read.Tree, text)
	var output bytes.Buffer
	if err := read.Render(&output); err != nil {
		r.Add(0, "render: %v", err)
	}
	made.html = output.Bytes()
	return made
}

// fill puts what the lessons say of themselves into a text: how many there are, and the
// version of Kubernetes.
func (s source) fill(text []byte) []byte {
	if len(s.lessons) == 0 {
		return text
	}
	return []byte(strings.NewReplacer(
		"{lessons}", strconv.Itoa(len(s.lessons)),
		"{kubernetes}", s.lessons[0].Kubernetes,
	).Replace(string(text)))
}

func readMetadata(root *yaml.Node, r *reading.Report) metadata {
	var found metadata
	if root == nil {
		return found
	}
	text := func(into *string, name string, limit int) reading.Field {
		return reading.Field{Name: name, Required: true, Read: func(value *yaml.Node) {
			*into = reading.ReadText(value, name, limit, r)
		}}
	}
	reading.ReadMapping(root, "front matter", r,
		text(&found.title, "title", titleLimit), text(&found.menu, "menu", titleLimit), text(&found.summary, "summary", summaryLimit))
	return found
}

func (p *page) addHeading(heading *ast.Heading, text []byte, r *reading.Report) {
	line := markdown.Line(heading, text)
	if heading.Level < 2 {
		r.Add(line, "the title stands in the front matter, a section begins with \"##\"")
	}
	value, _ := heading.AttributeString("id")
	id, _ := value.([]byte)
	switch {
	case len(id) == 0:
		r.Add(line, "a heading needs an id that is the same in all languages: \"## Title {#id}\"")
	case slices.Contains(p.ids, string(id)):
		r.Add(line, "id %q stands twice", id)
	}
	p.ids = append(p.ids, string(id))
}

// noteLines gives each link of the text its line.
func (p *page) noteLines(tree ast.Node, text []byte) {
	for i, target := range p.links {
		for _, node := range markdown.NodesBelow(tree, func(n ast.Node) bool { return n.Kind() == ast.KindLink }) {
			if string(node.(*ast.Link).Destination) == target.address() && target.line == 0 {
				p.links[i].line = markdown.Line(node, text)
			}
		}
	}
}

func (l link) address() string {
	address := ""
	if l.page != "" {
		address = l.page + ".html"
	}
	if l.anchor != "" {
		address += "#" + l.anchor
	}
	return address
}

// places are files of the site beside the guide that a page may lead to.
var places = []string{"", "licences.txt", "LICENSE", "NOTICE"}

// links are those that stay on the site: to a page of the guide, to the playground and
// its lessons, and to places.
func (s source) links(from *page) markdown.Links {
	return markdown.Links{
		Wanted: "#id, page.html#id, ../?lesson=id",
		Inside: func(destination string) (string, bool) {
			if beside, ok := strings.CutPrefix(destination, "../"); ok {
				lesson, isLesson := strings.CutPrefix(beside, "?lesson=")
				isKnown := isLesson && slices.ContainsFunc(s.lessons, func(e publish.Entry) bool { return e.ID == lesson })
				switch {
				case isKnown:
					return from.language.lessonAddress(lesson), true
				case beside == "":
					return from.language.playgroundAddress(), true
				}
				return destination, slices.Contains(places, beside)
			}
			name, anchor, _ := strings.Cut(destination, "#")
			target := link{page: strings.TrimSuffix(name, ".html"), anchor: anchor}
			if target.address() != destination || strings.ContainsAny(target.page, ":/?") {
				return "", false
			}
			from.links = append(from.links, target)
			return destination, true
		},
	}
}
