package classroom

import (
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// recent is how long ago a learner's report may be to count as present.
const recent = 2 * time.Minute

var page = template.Must(template.ParseFS(files, "teacher.html"))

// texts are the sentences of the page in one language.
type texts struct {
	Language string `yaml:"language"`
	// Page holds those that the template names.
	Page map[string]string `yaml:"page"`
	// Works says of each part of the site where it works.
	Works []struct {
		What     string `yaml:"what"`
		Loopback string `yaml:"loopback"`
		Network  string `yaml:"network"`
	} `yaml:"works"`
}

// languages are those of the page; the first is taken where a browser wants none of them.
var languages = []string{"en", "zh"}

func readTexts(language string) (*texts, error) {
	data, err := files.ReadFile("texts/" + language + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	var read texts
	if err := yaml.Unmarshal(data, &read); err != nil {
		return nil, fmt.Errorf("read the texts in %q: %w", language, err)
	}
	return &read, nil
}

// languageOf is the language that a request asks for, by its query or by what its browser
// prefers.
func languageOf(request *http.Request) string {
	wanted := request.URL.Query().Get("lang") + "," + request.Header.Get("Accept-Language")
	for _, tag := range strings.Split(wanted, ",") {
		for _, language := range languages {
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(tag)), language) {
				return language
			}
		}
	}
	return languages[0]
}

// view is what the template shows.
type view struct {
	Texts     *texts
	Languages []string
	// Local is set when only this machine reaches the site.
	Local    bool
	Lessons  []choice
	Lesson   string
	Help     string
	Links    []link
	Learners []row
}

type choice struct{ ID, Title string }

type link struct {
	URL string
	// Code is the address of the QR code.
	Code string
}

type row struct {
	Learner
	Ago     string
	Present bool
	Done    bool
}

func (h *Handler) writeTeacher(writer io.Writer, request *http.Request) error {
	texts, err := readTexts(languageOf(request))
	if err != nil {
		return err
	}
	addresses, err := h.options.Addresses()
	if err != nil {
		return fmt.Errorf("find this machine's addresses: %w", err)
	}
	query := request.URL.Query()
	shown := view{
		Texts:     texts,
		Languages: languages,
		Local:     len(addresses) > 0 && strings.HasPrefix(addresses[0], "http://127."),
		Lesson:    query.Get("lesson"),
		Help:      query.Get("help"),
	}
	for _, lesson := range h.lessons {
		title := lesson.Titles[texts.Language]
		if title == "" {
			title = lesson.ID
		}
		shown.Lessons = append(shown.Lessons, choice{lesson.ID, title})
	}
	for _, address := range addresses {
		target := h.classLink(address, shown.Lesson, texts.Language, shown.Help)
		shown.Links = append(shown.Links, link{URL: target, Code: codePath + "?" + url.Values{"link": {target}}.Encode()})
	}
	now := h.options.Now()
	for _, learner := range h.roster.Learners() {
		ago := now.Sub(learner.Seen).Truncate(time.Second)
		shown.Learners = append(shown.Learners, row{learner, ago.String(), ago < recent, learner.Passed == learner.Steps})
	}
	return page.Execute(writer, shown)
}
