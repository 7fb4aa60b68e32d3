package walkthrough

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"tabernetes/engine/client/kubectl"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/userland/commands"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
	"tabernetes/lessons"
	"tabernetes/lessons/plan"
)

// betweenCommands is how long kubectl takes at least from its start to its first
// request on a machine of its own. In this process one command would follow the
// other faster than the controllers can look.
const betweenCommands = 500 * time.Millisecond

// learner runs the commands of a lesson as the page does: as they are written, in
// the terminal's shell, with the same kubectl.
type learner struct {
	t      *testing.T
	lesson lessons.Lesson
	client kubernetes.Interface
	system *process.System
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
	running := clustertest.Start(t, cluster.Options{Seed: 1})
	for _, lesson := range all {
		if lesson.ID == id {
			l := &learner{t: t, lesson: lesson, client: kubernetes.NewForConfigOrDie(running.RESTConfig())}
			l.openTerminal(running)
			return l
		}
	}
	t.Fatalf("no lesson %q", id)
	return nil
}

// openTerminal makes the shell, in a directory with the lesson's files.
func (l *learner) openTerminal(running *cluster.Cluster) {
	l.t.Helper()
	transport, err := rest.TransportFor(running.RESTConfig())
	if err != nil {
		l.t.Fatal(err)
	}
	client, err := kubectl.New(kubectl.Options{
		Transport: transport,
		Dial:      func(context.Context) (net.Conn, error) { return running.Dial(), nil },
	})
	if err != nil {
		l.t.Fatal(err)
	}
	// Natively kubectl reads the files of the host.
	home := l.t.TempDir()
	l.t.Chdir(home)
	l.t.Setenv("KUBECONFIG", "kubeconfig")
	l.t.Setenv("KUBECACHEDIR", filepath.Join(home, "cache"))
	files := append(l.lesson.Files, plan.File{Name: "kubeconfig", Data: kubectl.Kubeconfig()})
	for _, file := range files {
		if err := os.WriteFile(file.Name, file.Data, 0o600); err != nil {
			l.t.Fatal(err)
		}
	}
	programs := commands.Table()
	programs["kubectl"] = func(ctx context.Context, invocation *process.Invocation) int {
		time.Sleep(betweenCommands)
		return client.Run(ctx, invocation.Args[1:], kubectl.Streams{
			In: invocation.Stdin, Out: invocation.Stdout, ErrOut: invocation.Stderr,
		})
	}
	l.system = &process.System{FileSystem: filesystem.New(filesystem.Options{}), Commands: programs}
	l.t.Cleanup(l.system.Close)
}

// step runs the shell blocks of a step in order and returns what they printed,
// as one text.
func (l *learner) step(id string) string {
	l.t.Helper()
	for _, step := range l.lesson.Documents[0].Steps {
		if step.ID != id {
			continue
		}
		var shown strings.Builder
		for _, name := range step.Runnables {
			if lines, ok := strings.CutPrefix(name, "run: "); ok {
				shown.WriteString(l.run(lines))
			}
		}
		return shown.String()
	}
	l.t.Fatalf("lesson %q has no step %q", l.lesson.ID, id)
	return ""
}

// run runs the lines of one block, which must succeed.
func (l *learner) run(lines string) string {
	l.t.Helper()
	var stdout, stderr bytes.Buffer
	program := &process.Process{System: l.system, Args: []string{"sh", "-c", lines}, Stdout: &stdout, Stderr: &stderr}
	if status := program.Run(l.t.Context()); status != 0 {
		l.t.Fatalf("%s\nexit status %d\n%s", lines, status, stderr.String())
	}
	return stdout.String()
}
