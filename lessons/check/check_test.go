package check

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tabernetes/lessons/plan"
)

var begin = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// state is a cluster as a test writes it.
type state struct {
	after    time.Duration
	objects  map[string][]map[string]any
	traffic  map[string]Traffic
	points   []Point
	commands []Command
}

func (s state) Time() time.Time { return begin.Add(s.after) }

func (s state) Objects(resource, namespace string) ([]map[string]any, error) {
	if resource == "widgets" {
		return nil, errors.New("the server has no widgets")
	}
	var found []map[string]any
	for _, object := range s.objects[resource] {
		if at := metadataOf(object)["namespace"]; namespace == "" || at == nil && namespace == "default" || at == namespace {
			found = append(found, object)
		}
	}
	return found, nil
}

func (s state) Traffic(service string, since time.Time) (Traffic, bool) {
	counts, ok := s.traffic[service]
	if since.After(begin) {
		counts.Failed = 0
	}
	return counts, ok
}

func (s state) Timeline(string, string, time.Time) []Point { return s.points }

func (s state) Commands() []Command { return s.commands }

// deployment is one with a number of replicas, of which some are ready.
func deployment(image string, replicas, ready int64) map[string]any {
	return map[string]any{
		"metadata": map[string]any{"name": "web"},
		"spec": map[string]any{
			"replicas": replicas,
			"template": map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"image": image}}}},
		},
		"status": map[string]any{
			"readyReplicas": ready,
			"conditions":    []any{map[string]any{"type": "Progressing", "reason": "ReplicaSetUpdated"}},
		},
	}
}

// rolled is one that is complete, by a generation that its controller has seen.
func rolled(name string, generation, observed int64) map[string]any {
	return map[string]any{
		"metadata": map[string]any{"name": name, "generation": generation},
		"spec":     map[string]any{"replicas": int64(1)},
		"status": map[string]any{
			"observedGeneration": observed, "replicas": int64(1), "updatedReplicas": int64(1), "availableReplicas": int64(1),
		},
	}
}

func with(object map[string]any) map[string][]map[string]any {
	return map[string][]map[string]any{"deployments": {object}}
}

// compileStep compiles the YAML of one step.
func compileStep(t *testing.T, step string) *Compiled {
	t.Helper()
	text := "steps:\n- id: one\n" + step
	loaded, problems := plan.Load(fstest.MapFS{"x/lesson.yaml": {Data: []byte(text)}}, "x", "")
	if len(problems) > 0 {
		t.Fatalf("%s\n%v", text, problems)
	}
	compiled, problems := Compile("x/lesson.yaml", loaded)
	if len(problems) > 0 {
		t.Fatalf("%s\n%v", text, problems)
	}
	return compiled
}

// look runs a step over states and tells, for each, the state of its checks with
// their sentences and values, and the wrong ways.
func look(t *testing.T, step *Step, states ...state) []string {
	t.Helper()
	var all []string
	for _, s := range states {
		report, err := step.Look(s)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, told := range report.Checks {
			word := string(told.State) + ":" + told.Sentence
			for _, name := range []string{"image", "n"} {
				if value, ok := told.Values[name]; ok {
					word += " " + name + "=" + value
				}
			}
			words = append(words, word)
		}
		words = append(words, report.WrongWays...)
		if report.Passed {
			words = append(words, "passed")
		}
		all = append(all, strings.Join(words, "; "))
	}
	return all
}

func TestLook(t *testing.T) {
	const ready = "get('deployments', 'web').status.readyReplicas == 3"
	for name, test := range map[string]struct {
		step   string
		states []state
		want   []string
	}{
		"eventually is latched, and tells what is missing": {
			`  checks:
  - id: a
    eventually: "` + ready + `"
    values:
      image: get('deployments', 'web').spec.template.spec.containers[0].image
      n: get('deployments', 'web').status.readyReplicas
    missing:
    - {id: none, when: "!exists('deployments', 'web')"}
    - {id: few}
`,
			[]state{{}, {objects: with(deployment("v1", 3, 2))}, {objects: with(deployment("v1", 3, 3))}, {objects: with(deployment("v2", 3, 1))}},
			[]string{
				"missing:none image=– n=–", "missing:few image=v1 n=2",
				"met:met image=v1 n=3; passed", "met:met image=v2 n=1; passed",
			},
		},
		"within is counted from the begin of the step": {
			"  checks:\n  - {id: a, eventually: \"" + ready + "\", within: 10s}\n",
			[]state{{}, {after: 11 * time.Second}, {after: 12 * time.Second, objects: with(deployment("v1", 3, 3))}},
			[]string{"missing:missing", "broken:broken", "broken:broken"},
		},
		"never holds until the rest is met": {
			"  checks:\n  - {id: a, never: \"traffic('web').failed > 0\"}\n  - {id: b, eventually: \"" + ready + "\"}\n",
			[]state{{}, {objects: with(deployment("v1", 3, 3))}},
			[]string{"holding:missing; missing:missing", "met:met; met:met; passed"},
		},
		"never breaks for good": {
			"  checks:\n  - {id: a, never: \"traffic('web').failed > 0\", values: {n: traffic('web').failed}}\n  - {id: b, eventually: \"" + ready + "\"}\n",
			[]state{{traffic: map[string]Traffic{"web": {Failed: 2}}}, {traffic: map[string]Traffic{"web": {Failed: 9}}, objects: with(deployment("v1", 3, 3))}},
			[]string{"broken:broken n=2; missing:missing", "broken:broken n=2; met:met"},
		},
		"always during a window: a new window forgets the last": {
			`  checks:
  - id: a
    always: timeline('web').all(p, p.available >= 3)
    during: get('deployments', 'web').status.readyReplicas < 3
`,
			[]state{
				{objects: with(deployment("v1", 3, 3)), points: []Point{{Available: 0}}},
				{objects: with(deployment("v1", 3, 2)), points: []Point{{Available: 2}}},
				{objects: with(deployment("v1", 3, 3)), points: []Point{{Available: 3}}},
				{objects: with(deployment("v1", 3, 2)), points: []Point{{Available: 3}}},
				{objects: with(deployment("v1", 3, 3)), points: []Point{{Available: 3}}},
			},
			[]string{"missing:missing", "broken:broken", "broken:broken", "missing:missing", "met:met; passed"},
		},
		"traffic since the window began": {
			"  checks:\n  - {id: a, never: \"traffic('web', began).failed > 0\", during: \"get('deployments', 'web').status.readyReplicas < 3\"}\n",
			[]state{
				{after: time.Second, objects: with(deployment("v1", 3, 2)), traffic: map[string]Traffic{"web": {Failed: 5}}},
				{after: time.Minute, objects: with(deployment("v1", 3, 3)), traffic: map[string]Traffic{"web": {Failed: 5}}},
			},
			[]string{"missing:missing", "met:met; passed"},
		},
		"wrong ways are told until the step is passed": {
			"  checks:\n  - {id: a, eventually: \"" + ready + "\"}\n  wrong:\n  - {id: tag, when: \"get('deployments', 'web').spec.template.spec.containers[0].image == 'v9'\"}\n" +
				"  - {id: deleted, when: \"commands().exists(c, c.line.contains('delete') && c.status == 0)\"}\n",
			[]state{
				{objects: with(deployment("v9", 3, 1)), commands: []Command{{Line: "kubectl delete pod x"}}},
				{objects: with(deployment("v9", 3, 3))},
			},
			[]string{"missing:missing; tag; deleted", "met:met; passed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			step := compileStep(t, test.step).Begin("one", begin)
			if diff := cmp.Diff(test.want, look(t, step, test.states...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExpressions holds the texts by which cel-go says that something is not
// there, and the libraries of Kubernetes.
func TestExpressions(t *testing.T) {
	owner := func(kind, name string) []any {
		return []any{map[string]any{"kind": kind, "name": name, "controller": true}}
	}
	cluster := state{
		after: time.Minute,
		objects: map[string][]map[string]any{
			"deployments": {
				deployment("nginx:1.27", 3, 3),
				rolled("done", 2, 2), rolled("late", 2, 1),
			},
			"replicasets": {{"metadata": map[string]any{"name": "web-1", "ownerReferences": owner("Deployment", "web")}}},
			"pods": {
				{"metadata": map[string]any{"name": "web-1-a", "ownerReferences": owner("ReplicaSet", "web-1")}},
				{"metadata": map[string]any{"name": "web-1-b", "ownerReferences": owner("ReplicaSet", "web-1"), "deletionTimestamp": "2026"}},
				{"metadata": map[string]any{"name": "other", "namespace": "team"}},
			},
		},
		traffic: map[string]Traffic{"web": {OK: 7, ByVersion: map[string]int64{"v1": 7}}},
		points:  []Point{{Time: begin, Total: 4}},
	}
	for expression, want := range map[string]bool{
		"get('deployments', 'nothing').spec.replicas == 3":                                       false,
		"get('deployments', 'web').spec.nothing == 3":                                            false,
		"get('deployments', 'web').spec.template.spec.containers[7].image == ''":                 false,
		"exists('deployments', 'web') && !exists('deployments', 'web', 'team')":                  true,
		"podsOf('web').map(p, p.metadata.name) == ['web-1-a']":                                   true,
		"size(podsOf('nothing')) == 0 && size(replicaSetsOf('web')) == 1":                        true,
		"size(list('pods')) == 2 && size(list('pods', '')) == 3 && size(list('pods', 'x')) == 0": true,
		"condition(get('deployments', 'web'), 'Progressing').reason == 'ReplicaSetUpdated'":      true,
		"condition(get('deployments', 'web'), 'Available').status == 'True'":                     false,
		"traffic('web').ok == 7 && traffic('web').byVersion['v1'] == 7 && traffic('x').ok == 0":  true,
		"timeline('web').all(p, p.total <= 4 && p.time >= began)":                                true,
		"rolledOut('web')": false, "rolledOut('nothing')": false, "rolledOut('done')": true, "rolledOut('late')": false,
		"now - began == duration('1m')":                             true,
		"quantity('1Gi').isGreaterThan(quantity('1Mi'))":            true,
		"'a,b'.split(',').exists(x, x == 'b') && [1, 2].sum() == 3": true,
		"get('deployments', 'web').?spec.?replicas.orValue(0) == 3": true,
	} {
		compiled := compileStep(t, "  checks:\n  - {id: a, eventually: \""+expression+"\"}\n")
		report, err := compiled.Begin("one", begin).Look(cluster)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
		}
		if report.Passed != want {
			t.Errorf("%s: got %t, want %t", expression, report.Passed, want)
		}
	}
}

func TestLookSaysWhatCannotBeEvaluated(t *testing.T) {
	for expression, want := range map[string]string{
		"size(list('widgets')) == 0":                           "the server has no widgets",
		"get('deployments', 'web').spec.replicas + 'x' == 'y'": "no such overload",
		"get('deployments', 'web').spec.replicas":              "want true or false, got 3",
		"[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, [1,2,3,4,5,6,7,8,9].all(f, a+b+c+d+e+f > 0))))))": "cost limit exceeded",
	} {
		compiled := compileStep(t, "  checks:\n  - {id: a, eventually: \""+expression+"\"}\n")
		_, err := compiled.Begin("one", begin).Look(state{objects: with(deployment("v1", 3, 3))})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", expression, err, want)
		}
	}
}

func TestCompileProblems(t *testing.T) {
	for expression, want := range map[string]string{
		"\"get('deployments'\"":                   "x/lesson.yaml:4:43: eventually: Syntax error",
		"\"widgets('web') == 1\"":                 "x/lesson.yaml:4:33: eventually: undeclared reference to 'widgets'",
		"\"get('deployments') == 1\"":             "eventually: found no matching overload for 'get'",
		"\"size(list('pods'))\"":                  "x/lesson.yaml:4:26: eventually: want true or false, the expression gives int",
		"\"exists('pods', 'a') && replicas > 1\"": "x/lesson.yaml:4:49: eventually: undeclared reference to 'replicas'",
	} {
		text := "steps:\n- id: one\n  checks:\n  - {id: a, eventually: " + expression + "}\n"
		loaded, problems := plan.Load(fstest.MapFS{"x/lesson.yaml": {Data: []byte(text)}}, "x", "")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if _, problems = Compile("x/lesson.yaml", loaded); !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: problems are\n%v\nwant one with %q", expression, problems, want)
		}
	}
}

func TestMeasure(t *testing.T) {
	compiled := compileStep(t, `  questions:
  - {id: most, kind: number, answer: 4, measure: "timeline('web').map(p, p.total).max()"}
  - {id: order, kind: order, options: [a, b], answer: [a, b], measure: "['b', 'a']"}
  - {id: none, kind: number, answer: 4}
`)
	cluster := state{points: []Point{{Total: 3}, {Total: 5}}}
	for question, want := range map[string][]string{"most": {"5"}, "order": {"b", "a"}, "none": nil} {
		got, err := compiled.Measure("one", question, begin, cluster)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", question, err, diff)
		}
	}
}
