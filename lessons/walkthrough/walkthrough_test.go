package walkthrough

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"tabernetes/engine/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/lessons"
)

// betweenRequests is how long a person's shell, or the page, takes at least
// from one request of a command to the next. In-process requests would follow
// each other faster than the controllers can look.
const betweenRequests = 500 * time.Millisecond

// learner runs the commands of a lesson as the page does.
type learner struct {
	t      *testing.T
	lesson lessons.Lesson
	config *rest.Config
	http   *http.Client
	client kubernetes.Interface
}

// newLearner starts a cluster and opens a lesson on it.
func newLearner(t *testing.T, id string) *learner {
	t.Helper()
	content, err := lessons.Content()
	if err != nil {
		t.Fatal(err)
	}
	all, err := lessons.LoadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	config := clustertest.Start(t, cluster.Options{Seed: 1}).RESTConfig()
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, lesson := range all {
		if lesson.ID == id {
			return &learner{t: t, lesson: lesson, config: config, http: client, client: kubernetes.NewForConfigOrDie(config)}
		}
	}
	t.Fatalf("no lesson %q", id)
	return nil
}

// step runs all runnable blocks of a step in order and returns what its "show"
// actions answered, as one text.
func (l *learner) step(id string) string {
	l.t.Helper()
	for _, step := range l.lesson.Documents[0].Steps {
		if step.ID != id {
			continue
		}
		var shown strings.Builder
		for _, name := range step.Runnables {
			if command, ok := strings.CutPrefix(name, "run="); ok {
				shown.WriteString(l.run(command))
			}
		}
		return shown.String()
	}
	l.t.Fatalf("lesson %q has no step %q", l.lesson.ID, id)
	return ""
}

// run runs one command of lesson.yaml.
func (l *learner) run(name string) string {
	l.t.Helper()
	command, ok := l.lesson.Command(name)
	if !ok {
		l.t.Fatalf("no command %q", name)
	}
	var shown strings.Builder
	for i, action := range command.Actions {
		if i > 0 {
			time.Sleep(betweenRequests)
		}
		switch action.Action {
		case lessons.ActionApply:
			l.apply(action.File)
		case lessons.ActionPatch:
			l.request(http.MethodPatch, action.Path, action.ContentType, action.Body)
		case lessons.ActionShow:
			shown.WriteString(l.request(http.MethodGet, action.Path, "", nil))
		default:
			l.t.Fatalf("command %q: action %q is unknown here", name, action.Action)
		}
	}
	return shown.String()
}

func (l *learner) apply(name string) {
	l.t.Helper()
	file, ok := l.lesson.File(name)
	if !ok {
		l.t.Fatalf("no file %q", name)
	}
	for _, result := range apply.Apply(l.t.Context(), l.config, file.Data, apply.Options{}) {
		if result.Error != nil {
			l.t.Fatalf("apply %q: %s", name, result.Error.Message)
		}
	}
}

func (l *learner) request(method, path, contentType string, body []byte) string {
	l.t.Helper()
	request, err := http.NewRequestWithContext(l.t.Context(), method, l.config.Host+path, bytes.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
	response, err := l.http.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		l.t.Error(err)
	}
	if response.StatusCode != http.StatusOK {
		l.t.Fatalf("%s %s: status %d: %s", method, path, response.StatusCode, answer)
	}
	return string(answer)
}
