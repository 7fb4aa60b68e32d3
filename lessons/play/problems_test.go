package play

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"tabernetes/lessons/reading"
	"tabernetes/lessons/template"
)

// TestProblemsHavePlaces plants mistakes in the template that only a play shows, and wants
// each at its place.
func TestProblemsHavePlaces(t *testing.T) {
	start := func(t *testing.T, lesson Lesson) error { _, err := Start(t.Context(), lesson); return err }
	solution := func(t *testing.T, lesson Lesson) error { _, err := Solution(t.Context(), lesson); return err }
	tooMany := func(t *testing.T, lesson Lesson) error { _, err := Wrong(t.Context(), lesson, "too-many"); return err }
	for _, test := range []struct {
		name, file, old, replacement string
		play                         func(*testing.T, Lesson) error
		want                         string
	}{
		{
			"start that passes", "lesson.yaml", "start:\n", "start:\n  manifests: [web.yaml]\n", start,
			"mine/lesson.yaml:16:9: play: step \"make\" is passed by the start of line 9 alone: The Deployment `web` runs.",
		},
		{
			"answer that is wrong", "lesson.yaml", "answer: 1", "answer: 2", solution,
			`mine/lesson.yaml:44:17: play: question "new-sets": the cluster's answer is ["1"], that of the texts ["2"]`,
		},
		{
			"answer that is none", "lesson.yaml", "measure: size(replicaSetsOf('web'))", "measure: \"'one'\"", solution,
			`mine/lesson.yaml:42:9: play: question "new-sets": the cluster's answer ["one"] is none that could be given`,
		},
		{
			"kind that is not there", "lesson.yaml", "eventually: rolledOut('web')\n", "eventually: rolledOut('web') && size(list('podz')) == 1\n", solution,
			`mine/lesson.yaml:17:50: play: check "running": eventually: no objects: list podz: `,
		},
		{
			"null in place of a list", "lesson.yaml", "eventually: rolledOut('web')\n", "eventually: rolledOut('web') && size(get('deployments', 'web').spec.?paused.orValue(null)) == 1\n", solution,
			`mine/lesson.yaml:17:45: play: check "running": eventually: no such overload`,
		},
		{
			"command that fails", "solution.sh", "kubectl rollout status deployment web", "kubectl rollout status deployment wbe", solution,
			"mine/solution.sh:8:1: play: step \"scale\": exit status 1 of\nkubectl rollout status deployment wbe\nError from server (NotFound): deployments.apps \"wbe\" not found",
		},
		{
			"image that is not there", "web.yaml", "web:v1", "web:v77", solution,
			"mine/lesson.yaml:13:5: play: step \"make\" is not passed by its solution within 5m0s: `web` has 0 ready Pods; not all that it wants are there.\nPod web-",
		},
		{
			"wrong way that passes", "wrong/too-many.sh", "--replicas=", "--replicas=3 #", tooMany,
			`mine/wrong/too-many.sh:1:9: play: step "scale" is passed by the wrong way "too-many": `,
		},
		{
			"hint that is never told", "lesson.yaml", "when: get('deployments', 'web').spec.replicas > 3", "when: get('deployments', 'web').spec.replicas > 300", tooMany,
			`mine/lesson.yaml:39:9: play: the hint of wrong way "too-many" is never told; told are []`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			lesson := open(t, planted(t, test.file, test.old, test.replacement), "mine", "")
			err := played("mine", "play", test.play(t, lesson))
			var problems reading.Problems
			if !errors.As(err, &problems) || !strings.HasPrefix(problems.Error(), test.want) {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

// planted is the template as a lesson "mine" with something replaced in a file.
func planted(t *testing.T, file, old, replacement string) fs.FS {
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
		if name == file {
			changed := strings.Replace(string(data), old, replacement, 1)
			if changed == string(data) {
				t.Fatalf("%s does not have %q", name, old)
			}
			data = []byte(changed)
		}
		content[path.Join("mine", name)] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}
