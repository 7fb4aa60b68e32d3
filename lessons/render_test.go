package lessons

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tabernetes/lessons/plan"
)

var update = flag.Bool("update", false, "write the golden files again")

// frontMatter and step begin a text that has one step.
const (
	frontMatter = "---\ntitle: T\nsummary: S\nminutes: 5\nkubernetes: v1.37.2\n---\n"
	step        = "## Step {#step}\n"
)

// testPlan is the plan that the golden and fuzz inputs refer to.
func testPlan() plan.Plan {
	return plan.Plan{
		Files: []plan.File{{Name: "web.yaml", Data: []byte("kind: Deployment # \"<&>\"\n")}},
	}
}

// TestRenderGolden renders testdata/golden/*.input.md and compares the HTML
// and the problems with *.output.html.
func TestRenderGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/golden/*.input.md")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("find golden inputs: got %d, %v", len(inputs), err)
	}
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".input.md")
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			document := Render(Source{Lesson: "test", Language: "en", File: "test/lesson.en.md", Text: source}, testPlan())
			checkSafe(t, document.HTML)
			got := string(document.HTML)
			if len(document.Problems) > 0 {
				got += "\nPROBLEMS\n" + document.Problems.Error() + "\n"
			}
			golden := strings.TrimSuffix(input, ".input.md") + ".output.html"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v (write it with -update)", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs (-want +got), -update writes it again:\n%s", golden, diff)
			}
		})
	}
}

func TestRenderFindsSteps(t *testing.T) {
	source := strings.Join([]string{
		"---", "title: T", "summary: S", "minutes: 5", "kubernetes: v1.37.2", "---",
		"Before.", "",
		"## First *step* with `code` {#first}", "",
		"```yaml {file=web.yaml apply}", "```", "",
		"### Detail", "",
		"> ```sh {run}", "> kubectl scale", "> ```", "",
		"## Second {#second}", "", "Text.",
	}, "\n")
	document := Render(Source{Lesson: "test", Language: "en", File: "f", Text: []byte(source)}, testPlan())
	if len(document.Problems) > 0 {
		t.Fatalf("problems: %v", document.Problems)
	}
	want := []Step{
		{ID: "first", Title: "First step with code", Runnables: []string{"file=web.yaml apply", "run: kubectl scale"}, RunnableLines: []int{11, 16}, Line: 9},
		{ID: "second", Title: "Second", Line: 20},
	}
	if diff := cmp.Diff(want, document.Steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	wantMetadata := Metadata{Title: "T", Summary: "S", Minutes: 5, Kubernetes: "v1.37.2"}
	if diff := cmp.Diff(wantMetadata, document.Metadata); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
}

// TestRenderProblems checks message and line of each mistake an author can
// make in the text.
func TestRenderProblems(t *testing.T) {
	cases := map[string]struct{ source, want string }{
		"empty file":               {"", "f:1: want front matter: a line \"---\", keys, a line \"---\""},
		"no front matter":          {step, "f:1: want front matter"},
		"front matter not closed":  {"---\ntitle: T\n" + step, `f:1: the front matter is not closed: want a line "---" after its keys`},
		"front matter is empty":    {"---\n---\n" + step, "f: no content"},
		"front matter is a list":   {"---\n- a\n---\n" + step, "f:2:1: front matter: want a mapping"},
		"front matter is not YAML": {"---\ntitle: T\nsummary: [\n---\n" + step, "f:3:11: did not find expected node content"},
		"missing key": {
			"---\ntitle: T\nminutes: 5\nkubernetes: v1.37.2\n---\n" + step,
			"f:2:1: front matter: \"summary\" is missing",
		},
		"unknown key": {
			"---\ntitle: T\nsummary: S\nminuets: 5\nkubernetes: v1.37.2\n---\n" + step,
			"f:4:1: front matter: unknown key \"minuets\", known are title, summary, minutes, kubernetes",
		},
		"key twice": {
			"---\ntitle: T\ntitle: U\nsummary: S\nminutes: 5\nkubernetes: v1.37.2\n---\n" + step,
			"f:3:1: front matter: key \"title\" stands twice",
		},
		"minutes is no number": {
			strings.Replace(frontMatter, "minutes: 5", "minutes: soon", 1) + step,
			"f:4:10: minutes: want a whole number from 1 to 240, got \"soon\"",
		},
		"minutes is zero": {
			strings.Replace(frontMatter, "minutes: 5", "minutes: 0", 1) + step,
			"f:4:10: minutes: want a whole number from 1 to 240, got \"0\"",
		},
		"title is empty": {
			strings.Replace(frontMatter, "title: T", "title: ''", 1) + step,
			"f:2:8: title: is empty",
		},
		"title is a number": {
			strings.Replace(frontMatter, "title: T", "title: 7", 1) + step,
			"f:2:8: title: want a text",
		},
		"title is too long": {
			strings.Replace(frontMatter, "title: T", "title: "+strings.Repeat("a", 121), 1) + step,
			"f:2:8: title: has 121 bytes, the limit is 120",
		},
		"version has no v": {
			strings.Replace(frontMatter, "v1.37.2", "1.37.2", 1) + step,
			"f:5:13: kubernetes: want a version such as v1.37.2, got \"1.37.2\"",
		},
		"no step":          {frontMatter + "Text.\n", "f: want at least one step"},
		"step without id":  {frontMatter + "\n## Step\n", "f:8: a step needs an id"},
		"id twice":         {frontMatter + step + "## Other {#step}\n", "f:8: id \"step\" stands twice"},
		"id with capitals": {frontMatter + "## Step {#Step}\n", "f:7: id \"Step\": want small letters"},
		"title as heading": {frontMatter + "# Title\n" + step, "f:7: the title stands in the front matter"},
		"step in a quotation": {
			frontMatter + step + "\n> ## Inner {#inner}\n",
			"f:9: a step cannot begin inside a list or a quotation",
		},
		"link to nowhere": {
			frontMatter + step + "\n[there](#other)\n",
			"f:9: link \"#other\": no heading has this id",
		},
		"unknown command": {
			frontMatter + step + "```sh {run=nothing}\nkubectl\n```\n",
			"f:8: an sh block takes one attribute: {run}",
		},
		"empty command": {
			frontMatter + step + "```sh {run}\n```\n",
			"f:8: an sh block runs what it shows: it cannot be empty",
		},
		"unknown file": {
			frontMatter + step + "```yaml {file=other.yaml}\n```\n",
			"f:8: file \"other.yaml\" is not in the files of lesson.yaml",
		},
		"file with its own text": {
			frontMatter + step + "```yaml {file=web.yaml}\nkind: Pod\n```\n",
			"f:8: the block shows file \"web.yaml\" itself: leave it empty",
		},
		"apply without a file": {
			frontMatter + step + "```yaml {apply}\nkind: Pod\n```\n",
			"f:8: file \"\" is not in the files of lesson.yaml",
		},
		"unknown attribute": {
			frontMatter + step + "```yaml {file=web.yaml aply}\n```\n",
			"f:8: a yaml block takes the attributes {file=name} and {file=name apply}",
		},
		"run on yaml": {
			frontMatter + step + "```yaml {run}\n```\n",
			"f:8: a yaml block takes the attributes",
		},
		"file on sh": {
			frontMatter + step + "```sh {file=web.yaml}\nx\n```\n",
			"f:8: an sh block takes one attribute: {run}",
		},
		"attributes on another language": {
			frontMatter + step + "```go {run}\nx\n```\n",
			"f:8: there is no block \"go\" with attributes, known are sh, yaml, debrief, note, output, check, hint, wrong, question",
		},
		"attributes without braces": {
			frontMatter + step + "```sh run\nx\n```\n",
			"f:8: \"run\" after the language: want attributes such as {run}",
		},
		"braces without a space": {
			frontMatter + step + "```sh{run}\nx\n```\n",
			"f:8: \"sh{run}\": want a space before the brace",
		},
		"runnable block before the first step": {
			frontMatter + "```sh {run}\nx\n```\n" + step,
			"f:7: a runnable block belongs to a step",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			document := Render(Source{Lesson: "test", Language: "en", File: "f", Text: []byte(c.source)}, testPlan())
			checkSafe(t, document.HTML)
			if !strings.Contains(document.Problems.Error(), c.want) {
				t.Errorf("problems are\n%v\nwant one with\n%s", document.Problems, c.want)
			}
		})
	}
}
