package tutor_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/virtual"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/tutor"
)

// lesson is what the page has of one: its lesson.json.
const lesson = `{
	"start": {"time": "2026-12-07T09:00:00Z", "images": ["sim.tabernetes.dev/web:v1"], "manifests": [{"name": "web.yaml"}],
		"traffic": [{"service": "web", "perSecond": 5}]},
	"steps": [{
		"id": "scale",
		"checks": [{
			"id": "three", "when": "eventually",
			"expect": {"text": "get('deployments', 'web').status.availableReplicas == 3"},
			"values": [{"name": "available", "expression": {"text": "get('deployments', 'web').status.availableReplicas"}}],
			"missing": [{"id": "wanted", "when": {"text": "get('deployments', 'web').spec.replicas != 3"}}, {"id": "available"}]
		}],
		"wrong": [{"id": "deleted", "when": {"text": "commands().exists(c, c.line.contains('delete'))"}}],
		"questions": [{"id": "most", "kind": "number", "answer": ["3"],
			"measure": {"text": "timeline('web', began).map(p, p.total).max()"}}]
	}, {"id": "read"}]
}`

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "sim.tabernetes.dev/web:v1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`

func TestTutor(t *testing.T) {
	var read plan.Plan
	if err := json.Unmarshal([]byte(lesson), &read); err != nil {
		t.Fatal(err)
	}
	err := virtual.Run(t.Context(), cluster.Options{Seed: 1}, read.Start.Time, func(ctx context.Context, running *cluster.Cluster) error {
		begin, err := json.Marshal(map[string]any{"kind": "begin", "start": read.Start, "manifests": map[string]string{"web.yaml": web}})
		if err != nil {
			return err
		}
		teacher := tutor.New(running)
		if _, err := teacher.Do(ctx, begin); err != nil {
			return err
		}
		if stats, err := running.Traffic().Stats("web"); err != nil || stats.PerSecond != 5 {
			t.Errorf("traffic after the start: %v, %v; want 5 requests a second", stats.PerSecond, err)
		}
		if told, err := teacher.Look(); told != nil || err != nil {
			t.Errorf("a look before a step is open: %v, %v; want nothing", told, err)
		}
		if _, err := teacher.Open(read, "scale", nil); err != nil {
			return err
		}
		told := look(t, teacher)
		if told.Passed || told.Checks[0].Sentence != "wanted" || told.Checks[0].Values["available"] != "1" {
			t.Errorf("at the begin: %+v, want the case %q", told, "wanted")
		}
		if again, err := teacher.Look(); again != nil || err != nil {
			t.Errorf("a second look: %+v, %v; want nothing new", again, err)
		}
		teacher.Ran("kubectl delete pod --all", 0)
		told = look(t, teacher)
		if !slices.Equal(told.WrongWays, []string{"deleted"}) {
			t.Errorf("after a wrong command: wrong ways %q", told.WrongWays)
		}

		// Another page goes on from what was kept.
		kept, err := json.Marshal(told.Kept)
		if err != nil {
			return err
		}
		var resumed tutor.Kept
		if err := json.Unmarshal(kept, &resumed); err != nil {
			return err
		}
		teacher = tutor.New(running)
		if _, err := teacher.Open(read, "scale", &resumed); err != nil {
			return err
		}
		if told = look(t, teacher); !slices.Equal(told.WrongWays, []string{"deleted"}) {
			t.Errorf("after a reload: wrong ways %q", told.WrongWays)
		}
		scale(ctx, t, running, 3)
		if err := running.Settle(ctx, time.Minute); err != nil {
			return err
		}
		told = look(t, teacher)
		if !told.Passed || !slices.Equal(told.Answers["most"], []string{"3"}) || !told.Kept.Passed {
			t.Errorf("at the end: %+v, want it passed with the answer 3", told)
		}
		// What is met stays met.
		scale(ctx, t, running, 1)
		if err := running.Settle(ctx, time.Minute); err != nil {
			return err
		}
		if told, err := teacher.Look(); told != nil && !told.(*tutor.Told).Passed || err != nil {
			t.Errorf("later: %+v, %v; want it latched", told, err)
		}
		if _, err := teacher.Open(read, "missing", nil); err == nil {
			t.Error("open a step that is not there: no error")
		}
		if _, err := teacher.Open(read, "read", nil); err != nil {
			t.Errorf("open a step that demands nothing: %v", err)
		}
		teacher.Close()
		if told, err := teacher.Look(); told != nil || err != nil {
			t.Errorf("after the close: %v, %v; want nothing", told, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func look(t *testing.T, teacher *tutor.Tutor) tutor.Told {
	t.Helper()
	told, err := teacher.Look()
	if err != nil || told == nil {
		t.Fatalf("look: %v, %v; want something new", told, err)
	}
	return *told.(*tutor.Told)
}

func scale(ctx context.Context, t *testing.T, running *cluster.Cluster, replicas int) {
	t.Helper()
	applier, err := apply.New(running.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(web, "spec:\n  selector:", "spec:\n  replicas: "+string(rune('0'+replicas))+"\n  selector:", 1)
	for _, result := range applier.Apply(ctx, []byte(text), apply.Options{}) {
		if result.Error != nil {
			t.Fatal(result.Error.Message)
		}
	}
}

func TestRead(t *testing.T) {
	read := tutor.Read("mine", map[string]string{
		"lesson.yaml":  "steps:\n  - id: one\n    checks:\n      - id: a\n        eventually: exists('pods' 'x')\n",
		"lesson.en.md": "---\ntitle: Mine\nsummary: Short.\nminutes: 5\nkubernetes: v1.37.2\n---\n\n## One {#one}\n\n<script>alert(1)</script>\n\nText.\n",
		"solution.sh":  "# step: one\nkubectl get pods\n",
	}, 0)
	if read.Playable {
		t.Error("a lesson with a check that does not compile is playable")
	}
	if len(read.Texts) != 1 || read.Texts[0].Title != "Mine" || strings.Contains(read.Texts[0].HTML, "<script") {
		t.Errorf("texts: %+v", read.Texts)
	}
	if got, want := read.Solution["one"], []string{"kubectl get pods"}; !slices.Equal(got, want) {
		t.Errorf("solution: got %q, want %q", got, want)
	}
	placed := func(file string, line int) bool {
		return slices.ContainsFunc(read.Problems, func(p tutor.Problem) bool { return p.File == file && p.Line == line })
	}
	if !placed("mine/lesson.yaml", 5) || !placed("mine/lesson.en.md", 10) {
		t.Errorf("problems: %+v, want one at lesson.yaml:5 and one at lesson.en.md:10", read.Problems)
	}
}

// TestReadVariant wants the variant of a seed, and the problems of all.
func TestReadVariant(t *testing.T) {
	files := map[string]string{
		"lesson.yaml": "variants: [red, blue]\nsteps:\n  - id: one\n    checks:\n      - id: a\n" +
			"        eventually: {by-variant: {red: \"exists('pods', 'x')\", blue: \"exists('pods' 'x')\"}}\n",
		"solution.sh":      "# step: one\nkubectl get pods\n",
		"solution/blue.sh": "# step: one\nkubectl get nodes\n",
	}
	for seed, want := range []struct {
		variant, typed string
		playable       bool
	}{{"red", "kubectl get pods", true}, {"blue", "kubectl get nodes", false}} {
		read := tutor.Read("mine", files, uint64(seed))
		if read.Plan.Variant != want.variant || read.Solution["one"][0] != want.typed || read.Playable != want.playable {
			t.Errorf("seed %d: got %q, %q, playable %v, want %+v", seed, read.Plan.Variant, read.Solution, read.Playable, want)
		}
		if !slices.ContainsFunc(read.Problems, func(p tutor.Problem) bool { return p.File == "mine/lesson.yaml" && p.Line == 6 }) {
			t.Errorf("seed %d: problems are %+v, want that of variant blue", seed, read.Problems)
		}
	}
}
