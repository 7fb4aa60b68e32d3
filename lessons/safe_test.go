package lessons

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// allowedAttributes lists the elements that the output may have, each with the
// attributes that it may have. Nothing that loads, runs or styles is in it.
func allowedAttributes() map[string][]string {
	return map[string][]string{
		"article": {"class", "lang", "data-lesson"},
		"section": {"class", "data-step", "aria-labelledby"},
		"figure":  {"class", "data-kind", "data-file", "data-apply"},
		"header":  nil, "p": {"class"}, "details": {"class", "open", "data-block", "data-id"}, "div": {"data-block", "data-id"}, "summary": nil, "br": nil, "hr": nil, "em": nil, "strong": nil,
		"blockquote": nil, "ul": nil, "li": nil, "pre": nil,
		"ol": {"start"}, "code": {"class"}, "a": {"href", "title", "target", "rel"},
		"h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
		"table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": {"align"}, "td": {"align"},
	}
}

// checkSafe parses a fragment as a browser does and reports every element,
// attribute, link and id that a lesson must not have.
func checkSafe(t *testing.T, fragment []byte) {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(bytes.NewReader(fragment), body)
	if err != nil {
		t.Fatalf("parse output: %v\n%s", err, fragment)
	}
	allowed := allowedAttributes()
	var ids []string
	elements := 0
	var check func(node *html.Node)
	check = func(node *html.Node) {
		if node.Type == html.CommentNode || node.Type == html.DoctypeNode {
			t.Errorf("output has a comment or doctype: %q", node.Data)
		}
		if node.Type == html.ElementNode {
			elements++
			attributes, ok := allowed[node.Data]
			if !ok {
				t.Errorf("output has element %q:\n%s", node.Data, fragment)
			}
			for _, attribute := range node.Attr {
				if !slices.Contains(attributes, attribute.Key) {
					t.Errorf("element %q has attribute %q:\n%s", node.Data, attribute.Key, fragment)
				}
				switch attribute.Key {
				case "href":
					checkLink(t, attribute.Val)
				case "id":
					if !strings.HasPrefix(attribute.Val, idPrefix) || slices.Contains(ids, attribute.Val) {
						t.Errorf("id %q has no prefix or stands twice", attribute.Val)
					}
					ids = append(ids, attribute.Val)
				}
			}
		}
		for child := node.FirstChild; child != nil; child = child.NextSibling {
			check(child)
		}
	}
	for _, node := range nodes {
		if node.Type == html.ElementNode && node.Data != "article" {
			t.Errorf("output leaves the article with element %q:\n%s", node.Data, fragment)
		}
		check(node)
	}
	if elements < 4 {
		t.Errorf("output has %d elements, want at least the article with its header:\n%s", elements, fragment)
	}
}

func checkLink(t *testing.T, target string) {
	t.Helper()
	for _, prefix := range []string{"#" + idPrefix, "http://", "https://", "mailto:"} {
		if strings.HasPrefix(strings.ToLower(target), prefix) {
			return
		}
	}
	t.Errorf("output links to %q", target)
}

// hostile is Markdown that tries to run or load something, to be read in another way
// when it is parsed again, or to take names by which a page finds its own. The browser
// tests put the same through the page's sanitiser (web/test/hostile.test.mjs).
func hostile(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "hostile.json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

const hostileFrontMatter = "---\ntitle: <script>alert(1)</script>\nsummary: '\"><img src=x onerror=alert(1)>'\n" +
	"minutes: 5\nkubernetes: v1.37.2\n---\n## Step {#step}\n\n"

func TestRenderNeutralisesHostileMarkdown(t *testing.T) {
	for _, markdown := range hostile(t) {
		t.Run(markdown, func(t *testing.T) {
			source := hostileFrontMatter + markdown + "\n"
			checkSafe(t, Render(Source{Lesson: "\"><script>", Language: "\"><script>", Text: []byte(source)}, testPlan()).HTML)
		})
	}
	// All at once: what stands before must not open a way for what follows.
	source := hostileFrontMatter + strings.Join(hostile(t), "\n\n")
	checkSafe(t, Render(Source{Lesson: "test", Language: "en", Text: []byte(source)}, testPlan()).HTML)
}

// TestRenderKeepsTextOfHostileMarkdown checks that the words around what is
// left out are still there: a lesson is not thrown away as a whole.
func TestRenderKeepsTextOfHostileMarkdown(t *testing.T) {
	cases := map[string]string{
		"before [label](javascript:alert(1)) after":  "<p>before label after</p>",
		"before <b>bold</b> after":                   "<p>before bold after</p>",
		"before ![alt](https://example.com/x) after": "<p>before alt after</p>",
		"before <javascript:alert(1)> after":         "<p>before javascript:alert(1) after</p>",
		"[ok](https://example.com/?a=1&b=2)": "<p><a href=\"https://example.com/?a=1&amp;b=2\" " +
			"target=\"_blank\" rel=\"noopener noreferrer\">ok</a></p>",
		"<https://example.com>": "<p><a href=\"https://example.com\" " +
			"target=\"_blank\" rel=\"noopener noreferrer\">https://example.com</a></p>",
		"[there](#step)": "<p><a href=\"#lesson-step\">there</a></p>",
	}
	for markdown, want := range cases {
		document := Render(Source{Lesson: "test", Language: "en", Text: []byte(hostileFrontMatter + markdown)}, testPlan())
		if !strings.Contains(string(document.HTML), want) {
			t.Errorf("%s renders as\n%s\nwant\n%s", markdown, document.HTML, want)
		}
	}
}

// FuzzRender looks for Markdown that makes the renderer panic or produce
// something that is not allowed.
func FuzzRender(f *testing.F) {
	for _, markdown := range hostile(f) {
		f.Add(hostileFrontMatter + markdown)
		f.Add(markdown)
	}
	f.Add("---\ntitle: T\n---\n---\n")
	f.Fuzz(func(t *testing.T, source string) {
		checkSafe(t, Render(Source{Lesson: "test", Language: "en", Text: []byte(source)}, testPlan()).HTML)
	})
}
