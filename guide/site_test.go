package guide

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"tabernetes/lessons/publish"
	"tabernetes/lessons/reading"
)

// given are facts with a name of each kind.
func given() Facts {
	return Facts{
		Attributes: []string{"lesson", "height"},
		Events:     []string{"ready"},
		Snippets:   map[string]string{"element": "<tabernetes-playground></tabernetes-playground>\n"},
		Examples:   map[string]string{"hugo/config.toml": "title = \"A tutorial\"\n"},
	}
}

// course is one of two lessons.
func course() []publish.Entry {
	entry := func(id, title string, place int, after ...string) publish.Entry {
		return publish.Entry{
			ID: id, Titles: map[string]string{"en": title, "zh": title + "（中文）"},
			Summaries: map[string]string{"en": "What <it> is about.", "zh": "内容。"},
			Minutes:   8, Kubernetes: "v1.2.3", Course: "rollouts", Place: place, Prerequisites: after,
		}
	}
	return []publish.Entry{entry("first", "The first", 1), entry("second", "The second", 2), entry("third", "The third", 3, "first", "second")}
}

const head = "---\ntitle: A page\nmenu: Page\nsummary: What it is about.\n---\n\n"

const whole = head + "```lessons rollouts 1-3\n```\n"

// site is a guide of two pages, of which the second has the given text in English.
func site(text string) fstest.MapFS {
	files := fstest.MapFS{
		"order.txt": {Data: []byte("index\nother\n")},
		"hero.yaml": {Data: []byte("kind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  template: {spec: {containers: [{image: 'nginx:1'}]}}\n")},
	}
	for _, language := range languages {
		files[language.tag+"/index.md"] = &fstest.MapFile{Data: []byte(whole)}
		files[language.tag+"/other.md"] = &fstest.MapFile{Data: []byte(head)}
	}
	files["en/other.md"] = &fstest.MapFile{Data: []byte(head + text)}
	return files
}

func TestFilesReportsWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"page", "[a](nowhere.html)", `en/other.md:7: link "nowhere.html": there is no page "nowhere"`},
		{"anchor", "text\n\n[a](index.html#no)", `en/other.md:9: link "index.html#no": no heading has this id`},
		{"own anchor", "[a](#no)", `en/other.md:7: link "#no": no heading has this id`},
		{"lesson", "[a](../?lesson=no)", `en/other.md:7: link "../?lesson=no" is left out`},
		{"place", "[a](../secret.txt)", `en/other.md:7: link "../secret.txt" is left out`},
		{"script", "[a](javascript:alert)", `en/other.md:7: link "javascript:alert" is left out`},
		{"raw HTML", "<script>x</script>", `en/other.md:7: raw HTML is left out`},
		{"heading without id", "## A", `en/other.md:7: a heading needs an id`},
		{"title", "# A {#a}", `en/other.md:7: the title stands in the front matter`},
		{"id in one language only", "## A {#a}", `zh/other.md: headings have the ids []`},
		{"unknown attribute of a playground", "```tabernetes nothing=1\n```", `en/other.md:7: tabernetes: there is no attribute "nothing"`},
		{"attribute that is not explained", "```attributes\nlesson: L.\n```", `en/other.md:7: attributes: "height" is not explained`},
		{"attribute that there is not", "```attributes\nlesson: L.\nheight: H.\nwidth: W.\n```", `attributes: there is no "width"`},
		{"attribute explained twice", "```attributes\nlesson: L.\nlesson: L.\nheight: H.\n```", `attributes: "lesson" stands twice`},
		{"event that is not explained", "```events\nsteady: S.\n```", `events: there is no "steady", "ready" is not explained`},
		{"line without a name", "```events\nready\n```", `events: want a line such as`},
		{"snippet", "```snippet nowhere\n```", `snippet: there is no "nowhere"`},
		{"example", "```example hugo/none\n```", `example: there is no "hugo/none"`},
		{"lessons that are not there", "```lessons rollouts 3-4\n```", `lessons: course "rollouts" has 1 lessons at these places`},
		{"lesson listed twice", "```lessons rollouts 3-3\n```", `lessons: "third" stands twice`},
		{"link in a table", "```events\nready: [a](nowhere.html)\n```", `there is no page "nowhere"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Files(site(test.text), course(), given())
			var problems reading.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestFilesReportsALessonThatNoPageLists(t *testing.T) {
	files := site("")
	files["en/index.md"] = &fstest.MapFile{Data: []byte(head + "```lessons rollouts 1-2\n```\n")}
	_, err := Files(files, course(), given())
	if want := `en/index.md: lessons: "third" is not explained`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFilesTakesFromElsewhere(t *testing.T) {
	files := site("[l](../?lesson=second) [p](../) [i](index.html) [o](https://kubernetes.io)\n\n" +
		"```tabernetes lesson=first height=300\nkind: \"<b>\"\n```\n\n```attributes\nlesson: A *lesson*.\nheight: Pixels.\n```\n\n" +
		"```snippet element\n```\n\n```example hugo/config.toml\n```\n\n```downloads\na.zip: An archive.\n```\n\n```cards\n### [Page](index.html)\nText.\n\nMore.\n```\n\n" +
		"```yaml\nkind: Pod\n```\n\n{lessons} lessons of {kubernetes}\n")
	made, err := Files(files, course(), given())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(made)), []string{"en/index.html", "en/other.html", "zh/index.html", "zh/other.html"}; !slices.Equal(got, want) {
		t.Errorf("pages are %q, want %q", got, want)
	}
	for name, wanted := range map[string][]string{
		"en/other.html": {
			`<html lang="en">`, `<a href="../?lang=en&amp;lesson=second">l</a>`, `<a href="../?lang=en">p</a>`, `<a href="index.html">i</a>`,
			`target="_blank" rel="noopener noreferrer">o</a>`,
			`<tabernetes-playground title="Kubernetes playground" lesson="first" height="300" yaml="kind: &#34;&lt;b&gt;&#34;">`, `<script defer src="../embed.js">`,
			`<th scope="row"><code>lesson</code></th><td>A <em>lesson</em>.</td>`,
			`<pre class="copyable"><code>&lt;tabernetes-playground&gt;`, `title = &#34;A tutorial&#34;`,
			`<span data-file="a.zip"><code>a.zip</code></span> An archive.`, `<li><h3><a href="index.html">Page</a></h3>`,
			`<a href="other.html" aria-current="page">Page</a>`, `hreflang="zh-Hans" lang="zh-Hans">简体中文</a>`,
			`<pre><code class="language-yaml">kind: Pod`, `<p>3 lessons of v1.2.3</p>`,
		},
		"zh/index.html": {
			`<html lang="zh-Hans">`, `<a href="../?lang=zh&amp;lesson=third">The third（中文）</a> <span class="facts">8 分钟 · 先学：The second（中文）</span><p>内容。</p>`,
		},
		"en/index.html": {`<p>What &lt;it&gt; is about.</p>`},
	} {
		for _, want := range wanted {
			if !strings.Contains(string(made[name]), want) {
				t.Errorf("%s has no %s\n%s", name, want, made[name])
			}
		}
	}
	if strings.Contains(string(made["zh/other.html"]), "embed.js") {
		t.Error("a page without a playground loads the script for one")
	}
}

// TestContentHasNothingThatAPolicyRefuses reads the pages as they are, with facts that
// have whatever they ask for.
func TestContentHasNothingThatAPolicyRefuses(t *testing.T) {
	content, err := Content()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range languages {
		entries, err := fs.ReadDir(content, language.tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			r := &reading.Report{File: path.Join(language.tag, entry.Name())}
			hero, err := fs.ReadFile(content, heroName)
			if err != nil {
				t.Fatal(err)
			}
			one := source{content: content, lessons: course(), facts: given(), hero: hero}.read(language, strings.TrimSuffix(entry.Name(), ".md"), r)
			nodes, err := html.Parse(bytes.NewReader(one.html))
			if err != nil {
				t.Fatal(err)
			}
			for node := range nodes.Descendants() {
				isData := slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == "type" && a.Val == "application/yaml" })
				if node.Data == "script" && !isData || node.Data == "style" || node.Data == "img" {
					t.Errorf("%s has an element %s", r.File, node.Data)
				}
				for _, attribute := range node.Attr {
					if attribute.Key == "style" || strings.HasPrefix(attribute.Key, "on") {
						t.Errorf("%s has an attribute %s", r.File, attribute.Key)
					}
				}
			}
		}
	}
}
