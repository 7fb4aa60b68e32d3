package plan

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tabernetes/lessons/reading"
)

func load(text string) (Plan, reading.Problems) {
	return Load(fstest.MapFS{"x/lesson.yaml": {Data: []byte(text)}, "x/web.yaml": {Data: []byte("kind: Pod\n")}}, "x", "")
}

func TestLoad(t *testing.T) {
	got, problems := load(`course: rollouts
place: 2
prerequisites: [first]
files: [web.yaml]
start:
  time: 2026-01-05T09:00:00Z
  rate: 2.5
  seed: 7
  nodes: [{name: node-1, cpu: 500m, memory: 2Gi, pods: 5, labels: {zone: a}}]
  images: ["sim.tabernetes.dev/web:v1"]
  manifests: [web.yaml]
  traffic: [{service: web, perSecond: 20, path: /x, timeout: 2s}]
links: [/docs/concepts/workloads/pods/, /docs/concepts/workloads/pods/#a-Part]
steps:
  - id: one
    limit: 10m
    checks:
      - {id: a, eventually: "x == 1", within: 30s, values: {n: size(y)}, missing: [{id: none, when: "!z"}, {id: few}]}
      - {id: b, never: w, during: v}
    hints: [nudge, command]
    wrong: [{id: slip, when: u}]
    questions: [{id: q, kind: order, options: [p, r], answer: [r, p], measure: m}]
    debrief: true
`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	file := File{Name: "web.yaml", Data: []byte("kind: Pod\n")}
	want := Plan{
		Course: "rollouts", Place: 2, Prerequisites: []string{"first"}, Files: []File{file},
		Start: Start{
			Time: time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC), Rate: 2.5, Seed: 7,
			Nodes:  []Node{{Name: "node-1", CPU: "500m", Memory: "2Gi", Pods: 5, Labels: map[string]string{"zone": "a"}}},
			Images: []string{"sim.tabernetes.dev/web:v1"}, Manifests: []Manifest{{File: file}},
			Traffic: []Traffic{{Service: "web", PerSecond: 20, Path: "/x", Timeout: 2 * time.Second}},
		},
		Links: []string{"/docs/concepts/workloads/pods/", "/docs/concepts/workloads/pods/#a-Part"},
		Steps: []Step{{
			ID: "one", Limit: 10 * time.Minute, Hints: []string{"nudge", "command"}, Debrief: true,
			Checks: []Check{
				{
					ID: "a", When: Eventually, Expect: Expression{Text: "x == 1"}, Within: 30 * time.Second,
					Values:  []Value{{Name: "n", Expect: Expression{Text: "size(y)"}}},
					Missing: []Case{{ID: "none", Expect: Expression{Text: "!z"}}, {ID: "few"}},
				},
				{ID: "b", When: Never, Expect: Expression{Text: "w"}, During: Expression{Text: "v"}, Missing: []Case{{ID: DefaultCase}}},
			},
			WrongWays: []WrongWay{{ID: "slip", Expect: Expression{Text: "u"}}},
			Questions: []Question{{
				ID: "q", Kind: Order, Options: []string{"p", "r"}, Answer: []string{"r", "p"}, Measure: Expression{Text: "m"},
			}},
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(reading.Place{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLoadTellsAllProblemsAtOnce has one mistake in each line.
func TestLoadTellsAllProblemsAtOnce(t *testing.T) {
	_, problems := load(`course: Rollouts
place: 0
start:
  time: yesterday
  rate: -1
  nodes: [{cpu: lots}, {name: a}, {name: a}]
  manifests: [nothing.yaml]
  traffic: [{service: web}]
links: [https://kubernetes.io/docs/]
steps:
  - id: one
    checks:
      - {id: a}
      - {id: a, eventually: x, never: y}
      - {id: b, always: x, within: 5s}
      - {id: c, eventually: [x]}
      - {id: d, eventually: x, within: soon}
      - {id: e, eventually: x, missing: [{id: met}, {id: f, when: y}]}
    questions:
      - {id: q, kind: guess, answer: 1}
      - {id: r, kind: choice, options: [s, t], answer: u}
    debrief: perhaps
  - {id: one, surprise: true}
`)
	for _, want := range []string{
		`x/lesson.yaml:1:9: course: want small letters, digits and hyphens, got "Rollouts"`,
		`x/lesson.yaml:2:8: place: want a whole number from 1 to 1000, got "0"`,
		`x/lesson.yaml:4:9: time: want a moment such as`,
		`x/lesson.yaml:5:9: rate: want a number above 0`,
		`x/lesson.yaml:6:11: node: "name" is missing`,
		`x/lesson.yaml:6:17: cpu: want a quantity`,
		`x/lesson.yaml:6:35: nodes: "a" stands twice`,
		`x/lesson.yaml:7:15: manifests: open x/nothing.yaml`,
		`x/lesson.yaml:8:13: traffic: "perSecond" is missing`,
		`x/lesson.yaml:9:9: links: want a path of kubernetes.io`,
		`x/lesson.yaml:13:9: check: want eventually, always or never`,
		`x/lesson.yaml:14:14: id: "a" stands twice`,
		`x/lesson.yaml:14:39: check: has eventually and never: want one of them`,
		`x/lesson.yaml:15:9: check: within belongs to eventually, not to always`,
		`x/lesson.yaml:16:29: eventually: want an expression in CEL`,
		`x/lesson.yaml:17:40: within: want a duration such as 30s or 5m, at most 1h0m0s, got "soon"`,
		`x/lesson.yaml:18:47: id: "met" stands twice`,
		`x/lesson.yaml:18:42: missing: case "met" has no when, so none behind it is ever told`,
		`x/lesson.yaml:18:53: missing: the last case has no when`,
		`x/lesson.yaml:20:23: kind: want choice, number or order, got "guess"`,
		`x/lesson.yaml:21:56: answer: want one of the options, got "u"`,
		`x/lesson.yaml:22:14: debrief: want true or false, got "perhaps"`,
		`x/lesson.yaml:23:10: id: "one" stands twice`,
		`x/lesson.yaml:23:15: step: unknown key "surprise", known are id, limit, checks`,
	} {
		if !strings.Contains("\n"+problems.Error(), "\n"+want) {
			t.Errorf("no problem %q", want)
		}
	}
	if t.Failed() {
		t.Log(problems)
	}
}
