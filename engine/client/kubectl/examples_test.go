package kubectl

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/kubectl/pkg/cmd"

	"tabernetes/engine/userland/commands"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// exampleCommands are the commands whose examples are run, with all below them.
var exampleCommands = []string{
	"get", "describe", "apply", "create", "set image", "set resources", "set env", "patch", "scale", "autoscale",
	"expose", "rollout", "label", "annotate", "delete", "wait", "explain", "logs",
}

// exampleObjects makes objects and files by the names that the examples use.
var exampleObjects = `
kubectl create namespace test
for name in nginx foo frontend abc my-dep nginx-deployment mysql; do kubectl create deployment $name --image=nginx; done
for name in nginx foo bar baz web-pod-13je7 busybox1 valid-pod pod1 my-pod unwanted; do kubectl run $name --image=nginx --labels=name=myLabel,app=nginx; done
kubectl expose deployment nginx --port=80
kubectl create service clusterip redis --tcp=6379
kubectl create job hello --image=busybox:1.36 -- echo hello
kubectl create cronjob a-cronjob --image=busybox:1.36 --schedule='*/5 * * * *' -- date
kubectl create configmap my-config --from-literal=key1=config1
kubectl create secret generic my-secret --from-literal=key1=supersecret
`

var (
	// following are the examples that never end by themselves.
	following = regexp.MustCompile(` (-w|--watch|--follow|--watch-only)( |$)|logs .*-f\b|logs -f`)
	// internal is what no error of an example may look like.
	internal = regexp.MustCompile(`(?i)panic|runtime error|nil pointer|goroutine \d|unknown (flag|shorthand|command)|internal error`)
	// continued is a line that goes on in the next.
	continued = regexp.MustCompile(`\\\n\s*`)
)

// TestExamplesOfTheHelp runs the examples of kubectl's own help as they are
// printed, found by walking the command tree. An example may fail because what it
// names is not there; it must not fail inside kubectl. Those that end with an
// error are logged. Examples with a pipe into kubectl are left out: they need the
// standard input of the process, which is not ours natively.
func TestExamplesOfTheHelp(t *testing.T) {
	k := newTerminal(t)
	programs := commands.Table()
	programs["kubectl"] = func(ctx context.Context, invocation *process.Invocation) int {
		return k.kubectl.Run(ctx, invocation.Args[1:], Streams{In: invocation.Stdin, Out: invocation.Stdout, ErrOut: invocation.Stderr})
	}
	system := &process.System{FileSystem: filesystem.New(filesystem.Options{}), Commands: programs}
	t.Cleanup(system.Close)
	run := func(patience time.Duration, line string) (int, string) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		var stdout, stderr bytes.Buffer
		program := &process.Process{System: system, Args: []string{"sh", "-c", line}, Stdout: &stdout, Stderr: &stderr}
		status := program.Run(ctx)
		return status, logLine.ReplaceAllString(stderr.String(), "")
	}
	root := cmd.NewKubectlCommand(cmd.KubectlOptions{Arguments: []string{"kubectl"}})
	count, failed := 0, 0
	for _, name := range exampleCommands {
		found, _, err := root.Find(strings.Fields(name))
		if err != nil {
			t.Fatal(err)
		}
		// What the examples before have taken away or forbidden is there again.
		run(time.Minute, "kubectl delete quota --all; "+exampleObjects)
		for _, line := range examples(found) {
			count++
			patience := 5 * time.Second
			if following.MatchString(line) {
				patience = 300 * time.Millisecond
			}
			status, stderr := run(patience, line)
			switch {
			case internal.MatchString(stderr):
				t.Errorf("%s: status %d: %s", line, status, stderr)
			case status == 1:
				failed++
				t.Logf("does not apply: %s: %s", line, strings.TrimSpace(stderr))
			case status > 1 && status < 128:
				t.Errorf("%s: status %d: %s", line, status, stderr)
			}
		}
	}
	t.Logf("%d examples, %d do not apply", count, failed)
	if count < 150 || failed > count*2/3 {
		t.Errorf("%d examples were found and %d do not apply: want at least 150, and a third of them to succeed", count, failed)
	}
}

// examples returns the command lines among the examples of a command and of those
// below it.
func examples(command *cobra.Command) []string {
	var lines []string
	for _, line := range strings.Split(continued.ReplaceAllString(command.Example, " "), "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "kubectl ") {
			lines = append(lines, line)
		}
	}
	for _, below := range command.Commands() {
		lines = append(lines, examples(below)...)
	}
	return lines
}
