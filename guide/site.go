package guide

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"

	"tabernetes/lessons/publish"
	"tabernetes/lessons/reading"
)

//go:embed content
var content embed.FS

//go:embed layout.html
var layoutText string

var layout = template.Must(template.New("layout").Parse(layoutText))

// Content returns the pages that come with the program: a folder for each language,
// and hero.yaml.
func Content() (fs.FS, error) {
	return fs.Sub(content, "content")
}

const (
	heroName = "hero.yaml"
	// orderName lists the names of the pages in the order of their menu, one a line.
	orderName = "order.txt"
)

// Files are the pages by their paths in the site, as in "en/learn.html". When anything
// is wrong with any of them the error is a [reading.Problems].
func Files(content fs.FS, lessons []publish.Entry, facts Facts) (map[string][]byte, error) {
	made := source{content: content, lessons: lessons, facts: facts}
	order, err := fs.ReadFile(content, orderName)
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	if made.hero, err = fs.ReadFile(content, heroName); err != nil {
		return nil, fmt.Errorf("read the first page's cluster: %w", err)
	}
	names := strings.Fields(string(order))
	var problems reading.Problems
	pages := map[string][]page{}
	for _, language := range languages {
		for _, name := range names {
			r := &reading.Report{File: path.Join(language.tag, name+".md")}
			pages[language.tag] = append(pages[language.tag], made.read(language, name, r))
			problems = append(problems, r.Sorted()...)
		}
		problems = append(problems, checkLinks(pages[language.tag])...)
		problems = append(problems, checkLessons(pages[language.tag], lessons)...)
	}
	problems = append(problems, compare(pages)...)
	if len(problems) > 0 {
		return nil, problems
	}
	files := map[string][]byte{}
	for _, language := range languages {
		for _, one := range pages[language.tag] {
			var output bytes.Buffer
			if err := layout.Execute(&output, one.shown(pages[language.tag])); err != nil {
				return nil, fmt.Errorf("lay out %q: %w", one.file, err)
			}
			files[path.Join(language.tag, one.name+".html")] = output.Bytes()
		}
	}
	return files, nil
}

// shownLanguage and shown are what the layout sees.
type shownLanguage struct{ Tag, HTML, Name string }

type menuEntry struct{ Name, Title string }

type shown struct {
	Name, Title, Summary, Playground string
	Language                         shownLanguage
	Languages                        []shownLanguage
	Words                            words
	Menu                             []menuEntry
	Embeds                           bool
	Content                          template.HTML
}

func (p page) shown(all []page) shown {
	view := func(l language) shownLanguage { return shownLanguage{Tag: l.tag, HTML: l.html, Name: l.name} }
	made := shown{
		Name: p.name, Title: p.title, Summary: p.summary, Playground: p.language.playgroundAddress(),
		Language: view(p.language), Words: p.language.words, Embeds: p.embeds,
		// Rendered by lessons/markdown, which lets nothing through that is unsafe.
		Content: template.HTML(p.html),
	}
	for _, language := range languages {
		made.Languages = append(made.Languages, view(language))
	}
	for _, one := range all {
		made.Menu = append(made.Menu, menuEntry{Name: one.name, Title: one.menu})
	}
	return made
}

// checkLinks reports links to pages and headings that are not there.
func checkLinks(pages []page) reading.Problems {
	var problems reading.Problems
	for _, from := range pages {
		r := &reading.Report{File: from.file}
		for _, target := range from.links {
			name := target.page
			if name == "" {
				name = from.name
			}
			index := slices.IndexFunc(pages, func(p page) bool { return p.name == name })
			switch {
			case index < 0:
				r.Add(target.line, "link %q: there is no page %q", target.address(), name)
			case target.anchor != "" && !slices.Contains(pages[index].ids, target.anchor):
				r.Add(target.line, "link %q: no heading has this id", target.address())
			}
		}
		problems = append(problems, r.Problems...)
	}
	return problems
}

// checkLessons reports lessons that no page lists, and those that are listed twice.
func checkLessons(pages []page, lessons []publish.Entry) reading.Problems {
	var listed, there []string
	file := ""
	for _, one := range pages {
		if len(one.lessons) > 0 {
			listed, file = append(listed, one.lessons...), one.file
		}
	}
	for _, entry := range lessons {
		there = append(there, entry.ID)
	}
	if problem := difference(listed, there); problem != "" {
		return reading.Problems{{File: file, Message: "lessons: " + problem}}
	}
	return nil
}

// compare reports pages whose headings differ between languages: a link to one has to
// lead somewhere in all of them.
func compare(pages map[string][]page) reading.Problems {
	var problems reading.Problems
	first := languages[0].tag
	for _, language := range languages[1:] {
		for i, other := range pages[language.tag] {
			if want := pages[first][i].ids; !slices.Equal(other.ids, want) {
				problems = append(problems, reading.Problem{
					File:    other.file,
					Message: fmt.Sprintf("headings have the ids %q, those of %s have %q", other.ids, pages[first][i].file, want),
				})
			}
		}
	}
	return problems
}
