package lessons

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
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
		"## One {#one}\n```sh {run=go}\nkubectl apply -f a.yaml\n```\n" +
		"## Two {#two}\n```yaml {file=a.yaml apply}\n```\n"
	plan := "files: [a.yaml]\ncommands:\n  go:\n    - action: apply\n      file: a.yaml\n"
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
	command, ok := all[0].Command("go")
	want := Command{Name: "go", Actions: []Action{{Action: ActionApply, File: "a.yaml"}}, Line: 3}
	if diff := cmp.Diff(want, command); !ok || diff != "" {
		t.Errorf("command (-want +got):\n%s", diff)
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
	action := func(fields string) func(fstest.MapFS) {
		return plan("files: [a.yaml]\ncommands:\n  go:\n    - " + fields + "\n")
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
			"first/lesson.yaml:1: files: open first/a.yaml: file does not exist",
		},
		"name of the lesson": {
			func(content fstest.MapFS) { content["Second One/lesson.en.md"] = &fstest.MapFile{} },
			"Second One: the name of a lesson has small letters",
		},
		"plan is not YAML": {plan("files: [a.yaml\n"), "first/lesson.yaml:1: did not find expected ',' or ']'"},
		"plan is empty":    {plan(""), "first/lesson.yaml: no content"},
		"unknown key":      {plan("filse: []\n"), "first/lesson.yaml:1: lesson.yaml: unknown key \"filse\", known are files, commands"},
		"file outside": {
			plan("files: [../b.yaml]\ncommands: {}\n"),
			"first/lesson.yaml:1: files: \"../b.yaml\" cannot be the name of a lesson's file",
		},
		"file is the text": {
			plan("files: [lesson.en.md]\ncommands: {}\n"),
			"first/lesson.yaml:1: files: \"lesson.en.md\" cannot be the name",
		},
		"file twice":         {plan("files: [a.yaml, a.yaml]\ncommands: {}\n"), "first/lesson.yaml:1: files: \"a.yaml\" stands twice"},
		"files is no list":   {plan("files: a.yaml\ncommands: {}\n"), "first/lesson.yaml:1: files: want a list"},
		"commands is a list": {plan("files: [a.yaml]\ncommands: []\n"), "first/lesson.yaml:2: commands: want a mapping"},
		"command name": {
			plan("files: [a.yaml]\ncommands:\n  Go: []\n"),
			"first/lesson.yaml:3: command \"Go\": a name has small letters",
		},
		"command without actions": {
			plan("files: [a.yaml]\ncommands:\n  go: []\n"),
			"first/lesson.yaml:3: command \"go\": want a list of actions",
		},
		"command that no step runs": {
			plan("files: [a.yaml]\ncommands:\n  go: [{action: apply, file: a.yaml}]\n  stop: [{action: apply, file: a.yaml}]\n"),
			"first/lesson.yaml:4: command \"stop\" is run by no step",
		},
		"file that no step shows": {
			func(content fstest.MapFS) {
				plan("files: [a.yaml, b.yaml]\ncommands:\n  go: [{action: apply, file: a.yaml}]\n")(content)
				content["first/b.yaml"] = &fstest.MapFile{}
			},
			"first/lesson.yaml: file \"b.yaml\" is shown by no step",
		},
		"unknown action": {
			action("{action: delete}"),
			"first/lesson.yaml:4: command \"go\": action \"delete\" is none of apply, patch, show",
		},
		"action without a name": {action("{file: a.yaml}"), "command \"go\": \"action\" is missing"},
		"unknown field":         {action("{action: apply, flie: a.yaml}"), "command \"go\": unknown key \"flie\""},
		"apply of an unknown file": {
			action("{action: apply, file: b.yaml}"),
			"command \"go\": apply: file \"b.yaml\" is not in the list of files",
		},
		"apply with a path":    {action("{action: apply, file: a.yaml, path: /api/v1}"), "apply takes only a file"},
		"patch without a type": {action("{action: patch, path: /api/v1/x, body: {}}"), "patch: contentType \"\" is none of"},
		"patch without a body": {
			action("{action: patch, path: /api/v1/x, contentType: application/merge-patch+json}"),
			"patch: body is missing",
		},
		"body that is not JSON": {
			action("{action: patch, path: /api/v1/x, contentType: application/merge-patch+json, body: {a: .nan}}"),
			"command \"go\": body: json: unsupported value: NaN",
		},
		"show of another host": {
			action("{action: show, path: 'https://example.com/api/v1'}"),
			"path \"https://example.com/api/v1\" is not a path of the Kubernetes API",
		},
		"show of another host without scheme": {action("{action: show, path: '//example.com/api/v1'}"), "is not a path"},
		"show outside the API":                {action("{action: show, path: /lessons/index.json}"), "is not a path"},
		"show with dots":                      {action("{action: show, path: /api/v1/../../x}"), "is not a path"},
		"steps differ": {
			replace("first/lesson.zh.md", "{#two}", "{#zwei}"),
			"first/lesson.zh.md: steps are one, zwei, those of lesson.en.md are one, two",
		},
		"blocks differ": {
			replace("first/lesson.zh.md", "file=a.yaml apply", "file=a.yaml"),
			"first/lesson.zh.md:11: step \"two\" runs [\"file=a.yaml\"], in lesson.en.md it runs [\"file=a.yaml apply\"]",
		},
		"minutes differ": {
			replace("first/lesson.zh.md", "minutes: 5", "minutes: 6"),
			"first/lesson.zh.md:1: minutes and kubernetes differ from lesson.en.md",
		},
		"problem in a text": {
			replace("first/lesson.zh.md", "title: T", "title: ''"),
			"first/lesson.zh.md:2: title: is empty",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			content := wholeLesson()
			c.spoil(content)
			_, err := LoadAll(content)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got error %v, want problems", err)
			}
			if !strings.Contains(problems.Error(), c.want) {
				t.Errorf("problems are\n%v\nwant one with\n%s", problems, c.want)
			}
		})
	}
}
