package kubectl

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// runs makes a pod and waits until it runs.
func (k terminal) runs(name, flags string, command ...string) {
	k.t.Helper()
	if got := k.runWith("", "run "+name+" "+flags, command...); got.status != 0 {
		k.t.Fatalf("run %s: %+v", name, got)
	}
	k.t.Cleanup(func() {
		k.kubectl.Run(context.Background(), strings.Fields("delete pod --force --grace-period=0 "+name), Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, ErrOut: &bytes.Buffer{}})
	})
	k.succeed("wait --for=condition=Ready pod/" + name + " --timeout=60s")
}

func (k terminal) runWith(stdin, line string, words ...string) result {
	var stdout, stderr bytes.Buffer
	arguments := append(strings.Fields(line), words...)
	status := k.kubectl.Run(k.t.Context(), arguments, Streams{In: strings.NewReader(stdin), Out: &stdout, ErrOut: &stderr})
	return result{status, stdout.String(), logLine.ReplaceAllString(stderr.String(), "")}
}

func TestExec(t *testing.T) {
	k := newTerminal(t)
	k.runs("inside", "--image=nginx:1.27")
	for _, test := range []struct {
		stdin, line string
		words       []string
		want        result
	}{
		{"", "exec inside -- echo hello", nil, result{0, "hello\n", ""}},
		{"", "exec inside -- sh -c", []string{"echo out; echo problem >&2; exit 3"}, result{3, "out\n", "problem\ncommand terminated with exit code 3\n"}},
		{"a\nb\n", "exec -i inside -- cat", nil, result{0, "a\nb\n", ""}},
		{strings.Repeat("0123456789abcde\n", 8192), "exec -i inside -- wc -c", nil, result{0, "131072\n", ""}},
		{"kept\n", "exec -i inside -- sh -c", []string{"cat > /tmp/file"}, result{0, "", ""}},
		{"", "exec inside -- cat /tmp/file", nil, result{0, "kept\n", ""}},
		{"", "exec pod/inside -c inside -- hostname", nil, result{0, "inside\n", ""}},
		{"", "exec -it inside -- echo hello", nil, result{0, "hello\n", "Unable to use a TTY - input is not a terminal or the right kind of file\n"}},
		{"", "exec nobody -- ls", nil, result{1, "", "Error from server (NotFound): pods \"nobody\" not found\n"}},
		{"", "exec inside -c other -- ls", nil, result{1, "", "error: container other is not valid for pod inside out of: inside\n"}},
		{"", "exec inside", nil, result{1, "", "error: you must specify at least one command for the container\n"}},
	} {
		if got := k.runWith(test.stdin, test.line, test.words...); got != test.want {
			t.Errorf("kubectl %s %q:\ngot  %+v\nwant %+v", test.line, test.words, got, test.want)
		}
	}
	missing := k.runWith("", "exec inside -- frobnicate")
	if missing.status != 1 || !strings.Contains(missing.stderr, `exec: "frobnicate": executable file not found in $PATH`) {
		t.Errorf("a program that the image does not have: %+v", missing)
	}
}

// Ctrl-C ends kubectl. What it started without a terminal goes on, as in any
// cluster: nothing in the protocol carries a signal.
func TestInterruptedExec(t *testing.T) {
	k := newTerminal(t)
	k.runs("patient", "--image=busybox:1.36 -- sleep 3600")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(500*time.Millisecond, cancel)
	var stdout, stderr bytes.Buffer
	status := k.kubectl.Run(ctx, strings.Fields("exec patient -- sleep 600"), Streams{In: strings.NewReader(""), Out: &stdout, ErrOut: &stderr})
	if status != StatusInterrupted {
		t.Errorf("status %d: %s%s", status, &stdout, &stderr)
	}
	if got := k.runWith("", "exec patient -- ps"); !strings.Contains(got.stdout, "sleep 600") {
		t.Errorf("the process in the container has ended with kubectl: %+v", got)
	}
}

func TestAttach(t *testing.T) {
	k := newTerminal(t)
	k.runs("speaker", "--image=busybox:1.36 --stdin", "--", "sh", "-c", "read word; echo got $word; sleep 1")
	got := k.runWith("hello\n", "attach -i speaker")
	if got.status != 0 || !strings.Contains(got.stdout, "got hello\n") {
		t.Errorf("attach: %+v", got)
	}
}

func TestRunAndAttach(t *testing.T) {
	k := newTerminal(t)
	got := k.runWith("read by cat\n", "run once --rm -i --restart=Never --image=busybox:1.36 -- cat")
	if got.status != 0 || !strings.Contains(got.stdout, "read by cat\n") || !strings.Contains(got.stdout, `pod "once" deleted`) {
		t.Errorf("run: %+v", got)
	}
}

// kubectl debug adds an ephemeral container to a pod, copies a pod, and starts one
// on a node. What ends before kubectl has attached to it is not seen, as on a
// cluster, so each takes a moment.
func TestDebug(t *testing.T) {
	k := newTerminal(t)
	k.runs("target", "--image=nginx:1.27")
	got := k.runWith("", "debug target -i -q --image=busybox:1.36 --container=look -- sh -c", "sleep 1; hostname; echo seen")
	if got.status != 0 || !strings.Contains(got.stdout, "target\nseen\n") {
		t.Errorf("debug of a pod: %+v", got)
	}
	k.succeed("get pod target -o jsonpath={.spec.ephemeralContainers[0].name}", "look")
	k.succeed("logs target -c look", "target\nseen\n")
	k.succeed("get pod target -o jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.reason}", "Completed")
	k.succeed("debug target --image=busybox:1.36 --copy-to=copied --share-processes -- sleep 1d", "")
	k.succeed("wait --for=condition=Ready pod/copied --timeout=60s")
	k.succeed("delete pod copied --force --grace-period=0", "")
	got = k.runWith("", "debug node/node-1 -i -q --image=busybox:1.36 --profile=general -- sh -c", "sleep 1; cat /host/etc/hostname")
	if got.status != 0 || !strings.Contains(got.stdout, "node-1\n") {
		t.Errorf("debug of a node: %+v", got)
	}
}

// kubectl cp is tar on both ends.
func TestCopy(t *testing.T) {
	k := newTerminal(t)
	k.runs("shelf", "--image=busybox:1.36 -- sleep 3600")
	writeFile(t, "books/one", "first\n")
	writeFile(t, "books/more/two", strings.Repeat("second\n", 10000))
	k.succeed("cp books shelf:/tmp/books")
	k.succeed("cp books/one shelf:/tmp/renamed")
	k.succeed("exec shelf -- cat /tmp/books/one /tmp/renamed", "first\nfirst\n")
	k.succeed("exec shelf -- wc -l /tmp/books/more/two", "10000 /tmp/books/more/two\n")
	k.succeed("cp shelf:/tmp/books back")
	for name, want := range map[string]string{"back/one": "first\n", "back/more/two": strings.Repeat("second\n", 10000)} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: got %d bytes, error %v, want %d bytes", name, len(got), err, len(want))
		}
	}
	if got := k.runWith("", "cp shelf:/tmp/none none"); !strings.Contains(got.stdout, "tar: /tmp/none: No such file or directory") {
		t.Errorf("cp of nothing: %+v", got)
	}
	// An error in a goroutine that the command has started is the command's.
	k.runs("bare", "--image=registry.k8s.io/pause:3.10.2")
	if got := k.runWith("", "cp bare:/etc/passwd none"); got.status != 1 || !strings.Contains(got.stderr, `exec: "tar": executable file not found in $PATH`) {
		t.Errorf("cp from an image without tar: %+v", got)
	}
}
