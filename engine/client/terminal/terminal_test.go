package terminal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/node/image"
	"tabernetes/engine/userland/filesystem"
)

// newTerminal is a terminal whose kubectl says what it was called with.
func newTerminal(t *testing.T, change func(*Options)) *Terminal {
	t.Helper()
	catalogue, err := image.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	options := Options{
		Files: filesystem.New(filesystem.Options{}),
		Kubectl: func(ctx context.Context, _ string, arguments []string, streams Streams) int {
			switch {
			case len(arguments) > 0 && arguments[0] == "wait":
				<-ctx.Done()
				return 130
			case slices.Contains(arguments, "-"):
				text, _ := io.ReadAll(streams.In)
				fmt.Fprintf(streams.Out, "stdin %q\n", text)
			default:
				fmt.Fprintf(streams.Out, "kubectl %q\n", arguments)
			}
			return 0
		},
		Images: Registry(catalogue),
	}
	if change != nil {
		change(&options)
	}
	terminal, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return terminal
}

func run(ctx context.Context, t *testing.T, session *Session, line string) (string, int) {
	t.Helper()
	var output bytes.Buffer
	code := session.Run(ctx, line, Streams{Out: &output, ErrOut: &output})
	return output.String(), code
}

func session(t *testing.T, terminal *Terminal, name string) *Session {
	t.Helper()
	found, err := terminal.Session(name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCommands(t *testing.T) {
	for _, test := range []struct{ pasted, want string }{
		{"kubectl get pod", "kubectl get pod"},
		{"# a comment\necho a", "# a comment\necho a"},
		{"root@k8s-master:~# kubectl get pod", "kubectl get pod"},
		{"$ echo a\na\n$ echo b\nb", "echo a\necho b"},
		{"[root@node1 ~]# ls", "ls"},
		{"root@k8s-master:~# more roll_update.yaml\napiVersion: v1\nroot@k8s-master:~# kubectl get rs\nNAME  DESIRED\n", "more roll_update.yaml\nkubectl get rs"},
		{"root@k8s-master:~# kubectl patch d \\\n--patch '{\"a\": \"b\"}' \\\n&& kubectl rollout pause d\ndeployment patched\n", "kubectl patch d \\\n--patch '{\"a\": \"b\"}' \\\n&& kubectl rollout pause d"},
		{"$ cat <<EOF | kubectl apply -f -\n> a\n> b\n> EOF\ncreated", "cat <<EOF | kubectl apply -f -\na\nb\nEOF"},
		{"echo $HOME", "echo $HOME"},
		{"a\r\nb", "a\nb"},
	} {
		if got := Commands(test.pasted); got != test.want {
			t.Errorf("%q:\ngot  %q\nwant %q", test.pasted, got, test.want)
		}
	}
}

func TestLines(t *testing.T) {
	for _, test := range []struct {
		line, want string
		code       int
	}{
		{"kubectl get pod -o 'x y'", "kubectl [\"get\" \"pod\" \"-o\" \"x y\"]\n", 0},
		{"k get pod", "kubectl [\"get\" \"pod\"]\n", 0},
		{"kubectl apply -f - <<EOF\nkind: $((1+1))\nEOF", "stdin \"kind: 2\\n\"\n", 0},
		{"for n in 1 2; do kubectl scale $n; done | grep -c scale", "2\n", 0},
		{"echo a > f && cat f && rm f && ls", "a\n", 0},
		{"false || echo b; echo $?", "b\n0\n", 0},
		{"kubctl get", "bash: kubctl: command not found\nDid you mean kubectl? help lists the commands.\n", 127},
		{"sudo ls", "bash: sudo: command not found\nYou are root here: leave sudo out.\n", 127},
		{"helm install web ./chart", "bash: helm: command not found\nhelm is not here. Where it is, helm template NAME CHART > chart.yaml renders a chart: open or paste that here, for kubectl apply -f.\nOr let helm itself talk to tabernetes serve --tls --kubeconfig FILE, outside of the browser.\n", 127},
		{"if", "bash: line 1: syntax error: `if` must be followed by a statement list\n", 2},
		{"cat nope", "cat: can't open 'nope': No such file or directory\n", 1},
		{"while true; do :; done", "bash: stopped: it ran more than 1000 commands or turns of a loop\n", 1},
		{"echo {1..3} ${HOME}", "1 2 3 /root\n", 0},
		{"a=(x y); echo ${a[1]} ${#a[@]}", "y 2\n", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			terminal := newTerminal(t, func(options *Options) { options.MaxSteps = 1000 })
			got, code := run(t.Context(), t, session(t, terminal, "1"), test.line)
			if got != test.want || code != test.code {
				t.Errorf("%s:\ngot  %q, %d\nwant %q, %d", test.line, got, code, test.want, test.code)
			}
			terminal.Close("1")
		})
	}
}

// TestSessions holds state from line to line and apart between sessions.
func TestSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := newTerminal(t, nil)
		one, two := session(t, terminal, "1"), session(t, terminal, "2")
		run(t.Context(), t, one, "x=1; cd /tmp; f() { echo from f; }; alias g='echo g'")
		if got, _ := run(t.Context(), t, one, "echo $x; pwd; f; g 2"); got != "1\n/tmp\nfrom f\ng 2\n" {
			t.Errorf("state: %q", got)
		}
		if one.Prompt() != "root@k8s-master:/tmp#" || two.Prompt() != "root@k8s-master:~#" {
			t.Errorf("prompts: %q, %q", one.Prompt(), two.Prompt())
		}
		if got, _ := run(t.Context(), t, two, `echo "<$x>"; echo shared > /tmp/f`); got != "<>\n" {
			t.Errorf("other session: %q", got)
		}
		if got, _ := run(t.Context(), t, one, "cat f; history 1"); got != "shared\n    3  cat f; history 1\n" {
			t.Errorf("files and history: %q", got)
		}
		if got, code := run(t.Context(), t, one, "exit 3"); got != "" || code != 3 {
			t.Errorf("exit: %q, %d", got, code)
		}
		if got, _ := run(t.Context(), t, session(t, terminal, "1"), `echo "<$x>"`); got != "<>\n" {
			t.Errorf("after exit: %q", got)
		}
		// An error of the shell itself ends the line and not the session.
		run(t.Context(), t, two, "y=2")
		run(t.Context(), t, two, "echo ${z:?no} ; y=3")
		if got, _ := run(t.Context(), t, two, "echo $y $?"); got != "2 127\n" {
			t.Errorf("after an error: %q", got)
		}
		terminal.Close("1")
		terminal.Close("2")
	})
}

func TestInterrupt(t *testing.T) {
	for _, line := range []string{"kubectl wait; echo no", "sleep 1000; echo no", "while true; do :; done", "watch -n 1 true", "cat", "sleep 100 | cat", "(sleep 100)"} {
		synctest.Test(t, func(t *testing.T) {
			terminal := newTerminal(t, func(options *Options) { options.MaxSteps = 1 << 30 })
			one := session(t, terminal, "1")
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(5*time.Second, cancel)
			reader, writer := io.Pipe()
			defer func() { _ = writer.Close() }()
			var output bytes.Buffer
			began := time.Now()
			code := one.Run(ctx, line, Streams{In: reader, Out: &output, ErrOut: &output})
			if took := time.Since(began); code != 130 || took != 5*time.Second || strings.Contains(output.String(), "no") {
				t.Errorf("%s: %d after %v, %q", line, code, took, output.String())
			}
			if got, code := run(t.Context(), t, one, "echo $?"); got != "130\n" || code != 0 {
				t.Errorf("%s: the next line gave %q, %d", line, got, code)
			}
			terminal.Close("1")
		})
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := newTerminal(t, nil)
		one := session(t, terminal, "1")
		began := time.Now()
		got, code := run(t.Context(), t, one, "echo a > /tmp/w; (sleep 5; echo b > /tmp/w) & watch -g -n 2 cat /tmp/w")
		want := "\x1b[H\x1b[JEvery 2.0s: cat /tmp/w\tk8s-master: Sat Jan  1 00:00:00 2000\n\na\n"
		if code != 0 || !strings.HasPrefix(got, want) || strings.Count(got, "Every") != 4 || !strings.HasSuffix(got, "b\n") || time.Since(began) != 6*time.Second {
			t.Errorf("got %q, %d after %v", got, code, time.Since(began))
		}
		terminal.Close("1")
	})
}

func TestEdit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := newTerminal(t, func(options *Options) {
			options.Edit = func(_ context.Context, name, text string) (string, bool, error) {
				return text + "edited " + name + "\n", name != "left", nil
			}
		})
		one := session(t, terminal, "1")
		if got, code := run(t.Context(), t, one, "echo a > f; vi f; cat f; nano left; ls"); got != "a\nedited f\nf\n" || code != 0 {
			t.Errorf("got %q, %d", got, code)
		}
		terminal.Close("1")
	})
}

// TestArticle runs the opening lines of the article that the project grew from.
func TestArticle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := newTerminal(t, nil)
		one := session(t, terminal, "1")
		pulled, code := run(t.Context(), t, one, "docker pull registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1")
		lines := strings.Split(pulled, "\n")
		if code != 0 || len(lines) != 7 || lines[0] != "v1: Pulling from mrvolleyball/nginx" || !strings.HasSuffix(lines[1], ": Pull complete") ||
			!strings.HasPrefix(lines[3], "Digest: sha256:") || lines[4] != "Status: Downloaded newer image for registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1" ||
			lines[5] != "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1" {
			t.Errorf("pull: %q, %d", pulled, code)
		}
		second, _ := run(t.Context(), t, one, "docker pull registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v2")
		if !strings.Contains(second, ": Already exists\n") {
			t.Errorf("the second pull shares no layer: %q", second)
		}
		if again, _ := run(t.Context(), t, one, "docker pull registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1"); !strings.Contains(again, "Status: Image is up to date") {
			t.Errorf("pull again: %q", again)
		}

		var output, errors bytes.Buffer
		code = one.Run(t.Context(), "root@k8s-master:~# docker run -d  -p 10080:80 nginx:v1", Streams{Out: &output, ErrOut: &errors})
		id := strings.TrimSpace(output.String())
		if code != 0 || len(id) != 64 || !strings.HasPrefix(errors.String(), "Note: nginx:v1 is taken for registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1") {
			t.Errorf("run: %q, %q, %d", output.String(), errors.String(), code)
		}
		if got, code := run(t.Context(), t, one, "root@k8s-master:~# curl -s http://127.0.0.1:10080"); got != "----------\nversion: v1\nhostname: "+id[:12]+"\n" || code != 0 {
			t.Errorf("curl: %q, %d", got, code)
		}
		if got, _ := run(t.Context(), t, one, "docker ps"); !strings.Contains(got, "0.0.0.0:10080->80/tcp") || !strings.HasPrefix(got, "CONTAINER ID   IMAGE") {
			t.Errorf("ps: %q", got)
		}
		if got, code := run(t.Context(), t, one, "docker run -d -p 10080:80 nginx:v1"); code != 125 || !strings.Contains(got, "port is already allocated") {
			t.Errorf("second run: %q, %d", got, code)
		}
		if got, _ := run(t.Context(), t, one, "docker rm "+id[:4]); !strings.Contains(got, "container is running") {
			t.Errorf("rm: %q", got)
		}
		if got, code := run(t.Context(), t, one, "docker stop "+id[:4]+" && curl http://127.0.0.1:10080"); code != 7 || !strings.Contains(got, "curl: (7) Failed to connect to 127.0.0.1 port 10080") {
			t.Errorf("after stop: %q, %d", got, code)
		}
		if got, code := run(t.Context(), t, one, "docker pull nginx:9.9"); code != 1 || got != "Error response from daemon: manifest for nginx:9.9 not found: manifest unknown: manifest unknown\n" {
			t.Errorf("missing tag: %q, %d", got, code)
		}
		terminal.Close("1")
	})
}

func TestComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := newTerminal(t, func(options *Options) {
			options.CompleteKubectl = func(_ context.Context, arguments []string) []Candidate {
				if len(arguments) == 1 {
					return []Candidate{{"get", "Display resources"}, {"delete", ""}, {"describe", ""}}
				}
				return []Candidate{{"pods", ""}, {"pods/x", ""}, {"deployments.apps", ""}}
			}
		})
		one := session(t, terminal, "1")
		run(t.Context(), t, one, "mkdir dir; touch roll_update.yaml 'a b.yaml' .hidden; myvar=1")
		for _, test := range []struct {
			line string
			from int
			want []string
		}{
			{"kube", 0, []string{"kubectl"}},
			{"kubectl de", 8, []string{"delete", "describe"}},
			{"k get po", 6, []string{"pods", "pods/x"}},
			{"kubectl apply -f roll", 17, []string{"roll_update.yaml"}},
			{"kubectl apply --filename=ro", 14, []string{"--filename=roll_update.yaml"}},
			{"cat ", 4, []string{"a\\ b.yaml", "dir/", "roll_update.yaml"}},
			{"cat /root/d", 4, []string{"/root/dir/"}},
			{"echo $myv", 5, []string{"$myvar"}},
			{"ls; kubectl des", 12, []string{"describe"}},
			{"x=1 kubectl des", 12, []string{"describe"}},
			{"kubectl get pods | gre", 19, []string{"grep"}},
			{"docker pu", 7, []string{"pull"}},
			{"watch kubectl des", 14, []string{"describe"}},
			{"nope/", 0, nil},
		} {
			got := one.Complete(t.Context(), test.line, len(test.line))
			var texts []string
			for _, candidate := range got.Candidates {
				texts = append(texts, candidate.Text)
			}
			if !slices.Equal(texts, test.want) || got.From != test.from || got.To != len(test.line) {
				t.Errorf("%q: got %d %q, want %d %q", test.line, got.From, texts, test.from, test.want)
			}
		}
		terminal.Close("1")
	})
}
