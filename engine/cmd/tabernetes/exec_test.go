package main

import (
	"os/exec"
	"strings"
	"testing"
)

// typed runs kubectl with something on its standard input.
func (k *terminal) typed(stdin string, arguments ...string) (string, int) {
	k.t.Helper()
	command := exec.CommandContext(k.t.Context(), k.binary, append([]string{"--server", k.server, "--cache-dir", k.t.TempDir()}, arguments...)...)
	command.Env = append(command.Environ(), "KUBECONFIG=/dev/null", "HOME="+k.t.TempDir())
	command.Stdin = strings.NewReader(stdin)
	output, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		k.t.Fatalf("kubectl %s: %v", strings.Join(arguments, " "), err)
	}
	return string(output), command.ProcessState.ExitCode()
}

// Exec and attach reach a container over version 5 of the WebSocket protocol and
// over SPDY, which kubectl falls back to when it is told not to use the first.
func TestKubectlExecAndAttach(t *testing.T) {
	k := newTerminal(t, serveOptions{seed: 2})
	k.run("run", "web", "--image=nginx:1.27", "--port=80", "--expose")
	k.run("run", "box", "--image=busybox:1.36", "--restart=Never", "--command", "--", "sh", "-c", "echo out; echo err >&2; sleep infinity")
	k.run("run", "cat", "--image=busybox:1.36", "--restart=Never", "--stdin", "--attach=false", "--command", "--", "cat")
	k.run("wait", "--for=condition=Ready", "pod/web", "pod/box", "pod/cat", "--timeout=90s")
	for _, protocol := range []string{"true", "false"} {
		t.Setenv("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", protocol)
		for _, test := range []struct {
			stdin, arguments, want string
			code                   int
		}{
			{"", "exec web -- cat /etc/hostname", "web\n", 0},
			{"", "exec web -- sh -c exit_3", "command terminated with exit code 3\n", 3},
			{"", "exec web -- ls /usr/share/nginx/html", "index.html\n", 0},
			{"a b\n", "exec -i web -- cat", "a b\n", 0},
			{"", "exec box -- wget -q -O - http://web", "<!DOCTYPE html>", 0},
			{"", "exec box -c nothing -- true", "error: container nothing is not valid for pod box out of: box\n", 1},
			{"", "logs box", "out\nerr\n", 0},
		} {
			arguments := strings.Fields(test.arguments)
			for n := range arguments {
				arguments[n] = strings.ReplaceAll(arguments[n], "_", " ")
			}
			got, code := k.typed(test.stdin, arguments...)
			if code != test.code || (got != test.want && (!strings.HasPrefix(test.want, "<") || !strings.HasPrefix(got, test.want))) {
				t.Errorf("websockets %s: kubectl %s: got %q, exit %d, want %q, exit %d", protocol, test.arguments, got, code, test.want, test.code)
			}
		}
	}
	if got, code := k.typed("typed\n", "attach", "-i", "cat"); code != 0 || !strings.Contains(got, "typed\n") {
		t.Errorf("attach: got %q, exit %d", got, code)
	}
	got, code := k.typed("", "exec", "web", "--", "nonsense")
	if code != 1 || !strings.Contains(got, `exec: "nonsense": executable file not found in $PATH`) {
		t.Errorf("exec of nothing: got %q, exit %d", got, code)
	}
}
