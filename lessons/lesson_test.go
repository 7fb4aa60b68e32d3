package lessons

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"tabernetes/lessons/reading"
)

// TestBuiltInLessons checks every lesson that comes with the program: no
// problem in any language, English and Chinese both there, output allowed.
func TestBuiltInLessons(t *testing.T) {
	content, err := Content()
	if err != nil {
		t.Fatal(err)
	}
	all, err := LoadAll(content)
	if err != nil {
		t.Fatalf("built-in lessons have problems:\n%v", err)
	}
	if len(all) == 0 {
		t.Fatal("no built-in lessons")
	}
	for _, lesson := range all {
		var languages []string
		for _, document := range lesson.Documents {
			languages = append(languages, document.Language)
			checkSafe(t, document.HTML)
		}
		if diff := cmp.Diff([]string{"en", "zh"}, languages); diff != "" {
			t.Errorf("languages of %q (-want +got):\n%s", lesson.ID, diff)
		}
		if len(lesson.Documents[0].Steps) < 2 {
			t.Errorf("lesson %q has %d steps", lesson.ID, len(lesson.Documents[0].Steps))
		}
	}
}

// TestBuiltInLessonsHaveNoLostEmphasis finds "**" that Markdown did not take
// for emphasis, which happens easily beside Chinese punctuation.
func TestBuiltInLessonsHaveNoLostEmphasis(t *testing.T) {
	content, err := Content()
	if err != nil {
		t.Fatal(err)
	}
	all, err := LoadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	for _, lesson := range all {
		for _, document := range lesson.Documents {
			for _, line := range strings.Split(string(document.HTML), "\n") {
				if strings.Contains(line, "**") {
					t.Errorf("%s in %s: %s", lesson.ID, document.Language, line)
				}
			}
		}
	}
}

// TestRollingUpdateStaysTheSeedsManifest guards the manifest of the lesson:
// the lesson is about this very file, old API version and all.
func TestRollingUpdateStaysTheSeedsManifest(t *testing.T) {
	const want = `apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: image-deployment
spec:
  replicas: 1
  template:
    metadata:
      labels:
        app: image-update
    spec:
      containers:
      - name: nginx
        image: registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1
        imagePullPolicy: Always
`
	content, err := Content()
	if err != nil {
		t.Fatal(err)
	}
	got, err := fs.ReadFile(content, "rolling-update/roll_update.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("roll_update.yaml (-want +got):\n%s", diff)
	}
}

// wholeLesson returns a lesson without problems, for tests to spoil.
func wholeLesson() fstest.MapFS {
	text := "---\ntitle: T\nsummary: S\nminutes: 5\nkubernetes: v1.37.2\n---\n" +
		"## One {#one}\n```sh {run}\nkubectl apply -f a.yaml\n```\n" +
		"## Two {#two}\n```yaml {file=a.yaml apply}\n```\n"
	plan := "files: [a.yaml]\n"
	return fstest.MapFS{
		"first/lesson.en.md": {Data: []byte(text)},
		"first/lesson.zh.md": {Data: []byte(text)},
		"first/lesson.yaml":  {Data: []byte(plan)},
		"first/a.yaml":       {Data: []byte("kind: Pod\n")},
		"README.md":          {Data: []byte("not a lesson")},
	}
}

func TestLoadAll(t *testing.T) {
	all, err := LoadAll(wholeLesson())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].ID != "first" || len(all[0].Documents) != 2 {
		t.Fatalf("got %+v, want one lesson with two documents", all)
	}
	want := []string{"run: kubectl apply -f a.yaml"}
	if diff := cmp.Diff(want, all[0].Documents[0].Steps[0].Runnables); diff != "" {
		t.Errorf("runnable blocks (-want +got):\n%s", diff)
	}
}

// TestLoadAllProblems spoils one file of a whole lesson at a time.
func TestLoadAllProblems(t *testing.T) {
	replace := func(file, old, replacement string) func(fstest.MapFS) {
		return func(content fstest.MapFS) {
			before := string(content[file].Data)
			after := strings.Replace(before, old, replacement, 1)
			if after == before {
				panic("test replaces nothing: " + old)
			}
			content[file] = &fstest.MapFile{Data: []byte(after)}
		}
	}
	plan := func(source string) func(fstest.MapFS) {
		return func(content fstest.MapFS) { content["first/lesson.yaml"] = &fstest.MapFile{Data: []byte(source)} }
	}
	cases := map[string]struct {
		spoil func(fstest.MapFS)
		want  string
	}{
		"no plan": {
			func(content fstest.MapFS) { delete(content, "first/lesson.yaml") },
			"first/lesson.yaml: open first/lesson.yaml: file does not exist",
		},
		"no text": {
			func(content fstest.MapFS) {
				delete(content, "first/lesson.en.md")
				delete(content, "first/lesson.zh.md")
			},
			"first: no text: want a file such as lesson.en.md",
		},
		"no file": {
			func(content fstest.MapFS) { delete(content, "first/a.yaml") },
			"first/lesson.yaml:1:9: files: open first/a.yaml: file does not exist",
		},
		"name of the lesson": {
			func(content fstest.MapFS) { content["Second One/lesson.en.md"] = &fstest.MapFile{} },
			"Second One: the name of a lesson has small letters",
		},
		"plan is not YAML": {plan("files: [a.yaml\n"), "first/lesson.yaml:1:8: while parsing a flow sequence: at line 2, column 1: did not find expected ',' or ']'"},
		"plan is empty":    {plan(""), "first/lesson.yaml: no content"},
		"unknown key":      {plan("filse: []\n"), "first/lesson.yaml:1:1: lesson.yaml: unknown key \"filse\", known are course, place, prerequisites, files, start, steps, links"},
		"file outside": {
			plan("files: [../b.yaml]\n"),
			"first/lesson.yaml:1:9: files: \"../b.yaml\" cannot be the name of a lesson's file",
		},
		"file is the text": {
			plan("files: [lesson.en.md]\n"),
			"first/lesson.yaml:1:9: files: \"lesson.en.md\" cannot be the name",
		},
		"file twice":       {plan("files: [a.yaml, a.yaml]\n"), "first/lesson.yaml:1:17: files: \"a.yaml\" stands twice"},
		"files is no list": {plan("files: a.yaml\n"), "first/lesson.yaml:1:8: files: want a list"},
		"file that no step shows": {
			func(content fstest.MapFS) {
				plan("files: [a.yaml, b.yaml]\n")(content)
				content["first/b.yaml"] = &fstest.MapFile{}
			},
			"first/lesson.yaml:1:17: file \"b.yaml\" is shown by no step: want a block ```yaml {file=b.yaml} in the texts",
		},
		"steps differ": {
			replace("first/lesson.zh.md", "{#two}", "{#zwei}"),
			"first/lesson.zh.md:11: steps are one, zwei, those of lesson.en.md are one, two",
		},
		"blocks differ": {
			replace("first/lesson.zh.md", "file=a.yaml apply", "file=a.yaml"),
			`first/lesson.zh.md:12: the block differs from that of lesson.en.md:12, which is the same in all languages: got "file=a.yaml", want "file=a.yaml apply"`,
		},
		"commands differ": {
			replace("first/lesson.zh.md", "apply -f", "create -f"),
			`first/lesson.zh.md:8: the block differs from that of lesson.en.md:8, which is the same in all languages: got "kubectl create -f a.yaml", want "kubectl apply -f a.yaml"`,
		},
		"minutes differ": {
			replace("first/lesson.zh.md", "minutes: 5", "minutes: 6"),
			"first/lesson.zh.md:4:10: minutes is 6, in lesson.en.md it is 5",
		},
		"problem in a text": {
			replace("first/lesson.zh.md", "title: T", "title: ''"),
			"first/lesson.zh.md:2:8: title: is empty",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			content := wholeLesson()
			c.spoil(content)
			_, err := LoadAll(content)
			var problems reading.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got error %v, want problems", err)
			}
			if !strings.Contains(problems.Error(), c.want) {
				t.Errorf("problems are\n%v\nwant one with\n%s", problems, c.want)
			}
		})
	}
}
