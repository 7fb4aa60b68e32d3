package lint

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tabernetes/lessons"
	"tabernetes/lessons/reading"
	"tabernetes/lessons/template"
)

// TestContent wants no problem of the lessons that come with the program.
func TestContent(t *testing.T) {
	content, err := lessons.Content()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(content, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if problems := Lesson(content, entry.Name()); len(problems) > 0 {
			t.Error(problems)
		}
	}
}

// whole is the template as a lesson "mine" without problems, for tests to spoil.
func whole(t *testing.T) fstest.MapFS {
	t.Helper()
	files, err := template.Files()
	if err != nil {
		t.Fatal(err)
	}
	content := fstest.MapFS{}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		content[path.Join("mine", name)] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sums, err := Sums(content, "mine")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range sums {
		content[path.Join("mine", name)] = &fstest.MapFile{Data: data}
	}
	return content
}

func TestTemplateHasNoProblems(t *testing.T) {
	if problems := Lesson(whole(t), "mine"); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestNothingToRead(t *testing.T) {
	for id, want := range map[string]string{
		"My Lesson": "My Lesson: " + lessons.WantedName,
		"nothing":   "nothing/lesson.yaml: open nothing/lesson.yaml: file does not exist",
	} {
		if got := Lesson(whole(t), id).Error(); got != want {
			t.Errorf("the problems of %q are\n%s\nwant\n%s", id, got, want)
		}
	}
}

// mistake is one that an author makes: what stands in a file is replaced, or the
// file is added, or removed when there is nothing in its place.
type mistake struct {
	file, old, replacement string
	// want is the beginning of the message. Its line is that of at in the file, 0
	// when at is empty.
	in, at, want string
}

var mistakes = map[string]mistake{
	"unknown field": {
		"lesson.yaml", "    hints: [command]", "    hnits: [command]",
		"lesson.yaml", "hnits", `step: unknown key "hnits", known are id, limit`,
	},
	"wrong type": {
		"lesson.yaml", "        answer: 1", "        answer: one",
		"lesson.yaml", "answer: one", `answer: want a whole number, got "one"`,
	},
	"expression that is no CEL": {
		"lesson.yaml", "eventually: rolledOut('web')\n", "eventually: rolledOut('web'\n",
		"lesson.yaml", "eventually: rolledOut", "eventually: Syntax error",
	},
	"unknown function": {
		"lesson.yaml", "measure: size(replicaSetsOf('web'))", "measure: size(setsOf('web'))",
		"lesson.yaml", "setsOf", "measure: undeclared reference to 'setsOf'",
	},
	"check that gives a number": {
		"lesson.yaml", "when: get('deployments', 'web').spec.replicas > 3", "when: size(list('pods'))",
		"lesson.yaml", "size(list('pods'))", "when: want true or false, the expression gives int",
	},
	"seed that is no number": {
		"lesson.yaml", "seed: 1 ", "seed: many ",
		"lesson.yaml", "seed: many", `seed: want a whole number from 1 to 2147483648, got "many"`,
	},
	"link outside of the documentation": {
		"lesson.yaml", "  - /docs/concepts/workloads/controllers/deployment/", "  - https://example.com/",
		"lesson.yaml", "https://example.com/", "links: want a path of kubernetes.io",
	},
	"prerequisite that is no lesson": {
		"lesson.yaml", "files:  ", "prerequisites: [nothing]\nfiles:  ",
		"lesson.yaml", "nothing", `prerequisites: "nothing" is none of the other lessons`,
	},
	"sentence that is not there": {
		"lesson.zh.md", "absent: 还没有 Deployment `web`。\n", "",
		"lesson.zh.md", "```check {id=running}", `check "running": no sentence "absent"`,
	},
	"value that does not exist": {
		"lesson.en.md", "asks for {wanted} Pods", "asks for {wantd} Pods",
		"lesson.en.md", "{wantd}", `check "three": there is no value "wantd"`,
	},
	"hint that is not there": {
		"lesson.en.md", "```hint {id=command}\nA hint", "```note\nA hint",
		"lesson.en.md", "## Make something", "step \"make\": no block: want ```hint {id=command}",
	},
	"block that the plan does not know": {
		"lesson.en.md", "```wrong {id=too-many}", "```wrong {id=too-few}",
		"lesson.en.md", "```wrong {id=too-few}", `wrong "too-few" is not in step "scale" of lesson.yaml`,
	},
	"translation of a paragraph that has changed": {
		"lesson.en.md", "Ask for three, in whatever way you like:", "Ask for three Pods in any way you like:",
		"lesson.zh.md", "要三个，用什么办法都行：", "lesson.en.md:48 has changed since it was translated: revise the translation, then run tabernetes lesson translated",
	},
	"file that nobody uses": {
		"old.yaml", "", "kind: Pod\n",
		"old.yaml", "", "nothing uses this file",
	},
	"command with a file that is not there": {
		"solution.sh", "kubectl apply -f web.yaml", "kubectl apply -f wbe.yaml",
		"solution.sh", "wbe.yaml", `the command names file "wbe.yaml"`,
	},
	"manifest that is no YAML": {
		"web.yaml", "kind: Deployment", "kind: [Deployment",
		"web.yaml", "kind: [", "while parsing a flow sequence: at line 3, column 9: did not find expected ',' or ']'",
	},
	"check that demands what nobody has told": {
		"lesson.yaml", "eventually: get('deployments', 'web').spec.replicas == 3 && rolledOut('web')",
		"eventually: rolledOut('shop') && get('deployments', 'web').spec.replicas == 3",
		"lesson.yaml", "id: three", `check "three" demands "shop"`,
	},
	"step without a solution": {
		"solution.sh", "# step: scale\n", "",
		"lesson.yaml", "id: scale", `step "scale": solution.sh has no part`,
	},
	"wrong way that nobody goes": {
		"wrong/too-many.sh", "", "",
		"lesson.yaml", "id: too-many", `wrong way "too-many" has no wrong/too-many.sh`,
	},
	"wrong way of another step": {
		"wrong/too-many.sh", "# step: scale", "# step: make",
		"wrong/too-many.sh", "# step: make", `part "make": the wrong way is one of step "scale"`,
	},
	"link to no page of the documentation": {
		"lesson.en.md", "Say what the reader", "[See](https://kubernetes.io/deployment.html). Say what the reader",
		"lesson.en.md", "deployment.html", `link "https://kubernetes.io/deployment.html": want a page`,
	},
	"output of no commands": {
		"lesson.en.md", "This is the file:\n", "This is the file:\n\n```output\nkind: Deployment\n```\n",
		"lesson.en.md", "```output\nkind", "an output is what the commands before it print",
	},
	"two outputs of the same commands": {
		"lesson.en.md", "```output\n", "```output\nfirst\n```\n\n```output\n",
		"lesson.en.md", "```output\ndeployment", "the commands before this output have one already",
	},
	"promise that the check does not keep": {
		"lesson.en.md", "met: The Deployment `web` runs.", "met: The Deployment `web` runs behind the Service `shop`.",
		"lesson.en.md", "behind the Service", `check "running": the text promises something of "shop"`,
	},
	"name that differs between languages": {
		"lesson.zh.md", "met: `web` 的三个 Pod 都可用了。", "met: `wbe` 的三个 Pod 都可用了。",
		"lesson.zh.md", "`wbe`", "check \"three\": sentence \"met\" names [\"wbe\"], in lesson.en.md it names [\"web\"]",
	},
	"link that is no address": {
		"lesson.en.md", "Say what the reader", "[See](https://kubernetes.io:docs/concepts/). Say what the reader",
		"lesson.en.md", "kubernetes.io:docs", `link "https://kubernetes.io:docs/concepts/": parse`,
	},
	"plan that is no YAML": {
		"lesson.yaml", "steps:\n", "steps: [\n",
		"lesson.yaml", "  - id: make", "did not find expected node content",
	},
	"block of a variant that is not there": {
		"lesson.en.md", "```hint {id=command}\nA hint", "```hint {id=command variant=red}\nA hint",
		"lesson.en.md", "variant=red", `there is no variant "red"`,
	},
	"item of a variant that is not there": {
		"lesson.yaml", "      - id: too-many\n", "      - id: too-many\n        variants: [red]\n",
		"lesson.yaml", "variants: [red]", `there is no variant "red"`,
	},
	"step that passes at once": {
		"lesson.yaml", "eventually: get('deployments', 'web').spec.replicas == 3 && rolledOut('web')", "always: rolledOut('web')",
		"lesson.yaml", "id: scale", `step "scale": passes at once`,
	},
}

func TestPlantedMistakes(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(mistakes)) {
		planted := mistakes[name]
		t.Run(name, func(t *testing.T) {
			content := whole(t)
			file := "mine/" + planted.file
			switch before, ok := content[file]; {
			case !ok:
				content[file] = &fstest.MapFile{Data: []byte(planted.replacement)}
			case planted.old == "":
				delete(content, file)
			case !strings.Contains(string(before.Data), planted.old):
				t.Fatalf("%s does not have %q", file, planted.old)
			default:
				content[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(before.Data), planted.old, planted.replacement, 1))}
			}
			want := fmt.Sprintf("mine/%s: %s", planted.in, planted.want)
			if planted.at != "" {
				text := string(content["mine/"+planted.in].Data)
				line := 1 + strings.Count(text[:strings.Index(text, planted.at)], "\n")
				want = fmt.Sprintf("mine/%s:%d", planted.in, line)
			}
			problems := Lesson(content, "mine")
			found := slices.ContainsFunc(problems, func(p reading.Problem) bool {
				return strings.HasPrefix(p.Error(), want) && strings.HasPrefix(p.Message, planted.want)
			})
			if !found {
				t.Errorf("problems are\n%v\nwant one at %q with %q", problems, want, planted.want)
			}
		})
	}
}
