package terminal

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

func (t *Terminal) kubectl(ctx context.Context, i *process.Invocation) int {
	return t.options.Kubectl(ctx, i.Dir, i.Args[1:], Streams{In: i.Stdin, Out: i.Stdout, ErrOut: i.Stderr, Terminal: i.Terminal(0)})
}

// history lists the lines of the session.
func (t *Terminal) history(_ context.Context, i *process.Invocation) int {
	t.mu.Lock()
	session := t.sessions[i.Getenv(sessionVariable)]
	t.mu.Unlock()
	if session == nil {
		return 0
	}
	session.mu.Lock()
	defer session.mu.Unlock()
	if len(i.Args) > 1 && i.Args[1] == "-c" {
		session.past = nil
		return 0
	}
	first := 0
	if len(i.Args) > 1 {
		count, err := strconv.Atoi(i.Args[1])
		if err != nil || count < 0 {
			i.Errorf("%s: numeric argument required", i.Args[1])
			return 1
		}
		first = max(0, len(session.past)-count)
	}
	for n := first; n < len(session.past); n++ {
		fmt.Fprintf(i.Stdout, "%5d  %s\n", n+1, session.past[n])
	}
	return 0
}

// clearScreen clears the terminal: the page discards the line's output so far.
const clearScreen = "\x1b[H\x1b[J"

// minInterval is the shortest interval of watch, as in upstream.
const minInterval = 100 * time.Millisecond

// watch runs a command again and again, every two seconds of cluster time.
func (t *Terminal) watch(ctx context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	interval, title, untilChange, untilError := 2*time.Second, true, false, false
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		word := words[0]
		words = words[1:]
		switch {
		case strings.HasPrefix(word, "-n") || word == "--interval":
			value := strings.TrimPrefix(strings.TrimPrefix(word, "--interval"), "-n")
			if value == "" && len(words) > 0 {
				value, words = words[0], words[1:]
			}
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil || seconds < 0 || seconds > 1e9 {
				i.Errorf("failed to parse argument: '%s'", value)
				return 1
			}
			interval = max(minInterval, time.Duration(seconds*float64(time.Second)))
		case word == "-t" || word == "--no-title":
			title = false
		case word == "-g" || word == "--chgexit":
			untilChange = true
		case word == "-e" || word == "--errexit":
			untilError = true
		case word == "-d" || word == "-c" || word == "--differences" || word == "--color":
		default:
			i.Errorf("unrecognized option '%s'", word)
			return 1
		}
	}
	if len(words) == 0 {
		fmt.Fprintln(i.Stderr, "Usage: watch [-n seconds] [-t] [-g] [-e] command")
		return 1
	}
	command := strings.Join(words, " ")
	if rest, ok := strings.CutPrefix(command, "k "); ok {
		command = "kubectl " + rest
	}
	before := ""
	for turn := 0; ; turn++ {
		var output bytes.Buffer
		code := i.Capture(ctx, []string{"bash", "-c", command}, &output)
		if ctx.Err() != nil {
			return 130
		}
		fmt.Fprint(i.Stdout, clearScreen)
		if title {
			fmt.Fprintf(i.Stdout, "Every %.1fs: %s\t%s: %s\n\n", interval.Seconds(), command, t.options.Hostname, time.Now().UTC().Format(time.ANSIC))
		}
		if _, err := i.Stdout.Write(output.Bytes()); err != nil {
			return 1
		}
		if untilError && code != 0 {
			return 8
		}
		if untilChange && turn > 0 && output.String() != before {
			return 0
		}
		before = output.String()
		timer := time.NewTimer(interval)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return 130
		}
	}
}

// edit opens a file in the page's editor.
func (t *Terminal) edit(ctx context.Context, i *process.Invocation) int {
	if t.options.Edit == nil {
		i.Errorf("there is no editor here")
		return 1
	}
	name := ""
	for _, word := range i.Args[1:] {
		if !strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "+") {
			name = word
		}
	}
	if name == "" {
		fmt.Fprintf(i.Stderr, "Usage: %s FILE\n", i.Name())
		return 1
	}
	files := i.System.FileSystem
	text, err := files.ReadFile(i.Path(name))
	if err != nil && filesystem.Text(err) != filesystem.Text(filesystem.ErrNotExist) {
		i.Fail(name, err)
		return 1
	}
	edited, saved, err := t.options.Edit(ctx, name, string(text))
	switch {
	case ctx.Err() != nil:
		return 130
	case err != nil:
		i.Errorf("%v", err)
		return 1
	case !saved:
		return 0
	}
	if err := files.WriteFile(i.Path(name), []byte(edited), 0o644); err != nil {
		i.Fail(name, err)
		return 1
	}
	return 0
}

const helpText = `Commands of this terminal:
  kubectl (k)    the real one, whole: kubectl --help
  docker         pull, run -d -p, ps, stop, rm, images, logs: one simulated host
  curl, wget     reach Services, pods and node ports of the simulated network
  watch          runs a command every 2 s: watch kubectl get pods
  vi, nano       open a file in the editor of this page
  files          ls cat more less echo cp mv rm mkdir touch find grep sed sort head tail wc ...
  sleep, date    are cluster time
  history, clear, alias, jobs, exit

Pipes, &&, ||, variables, loops, redirections and here-documents are bash's.
Ctrl-C ends a command, Tab completes, the arrows and Ctrl-R find earlier lines.
A pasted transcript runs its commands; prompts and output in it are left out.
`

func commandHelp(_ context.Context, i *process.Invocation) int {
	fmt.Fprint(i.Stdout, helpText)
	return 0
}

// hints are sentences for commands that people try and this host does not have.
var hints = map[string]string{
	"sudo":       "You are root here: leave sudo out.",
	"apt":        "Nothing can be installed here; help lists what there is.",
	"apt-get":    "Nothing can be installed here; help lists what there is.",
	"yum":        "Nothing can be installed here; help lists what there is.",
	"apk":        "Nothing can be installed here; help lists what there is.",
	"pip":        "Nothing can be installed here; help lists what there is.",
	"systemctl":  "Nodes are simulated and have no systemd; the node panel stops and starts them.",
	"service":    "Nodes are simulated and have no services of their own.",
	"journalctl": "Nodes are simulated; kubectl get events and kubectl logs show what happens.",
	"ssh":        "Nodes are simulated and cannot be logged in to; kubectl exec reaches containers.",
	"helm": "helm is not here. Where it is, helm template NAME CHART > chart.yaml renders a chart: open or paste that here, for kubectl apply -f.\n" +
		"Or let helm itself talk to tabernetes serve --tls --kubeconfig FILE, outside of the browser.",
	"kubeadm":        "The cluster of this page runs already.",
	"minikube":       "The cluster of this page runs already.",
	"kind":           "The cluster of this page runs already.",
	"crictl":         "Containers are simulated; kubectl get pods, describe and logs show them.",
	"ctr":            "Containers are simulated; kubectl get pods, describe and logs show them.",
	"podman":         "docker is here.",
	"docker-compose": "docker run and kubectl apply are here; compose is not.",
	"python":         "There is no Python here.",
	"python3":        "There is no Python here.",
	"git":            "There is no git here; paste a manifest or write it in the editor.",
	"yq":             "yq is not here; kubectl -o jsonpath and -o go-template pick fields.",
	"top":            "kubectl top pods shows what pods use.",
	"emacs":          "vi, nano and edit open the editor of this page.",
	"man":            "kubectl help and kubectl explain are the manual.",
}

// hint is printed under "command not found".
func hint(name string) string {
	if text, ok := hints[name]; ok {
		return text
	}
	if near := nearest(name); near != "" {
		return "Did you mean " + near + "? help lists the commands."
	}
	return "help lists the commands of this terminal."
}

// nearest finds a common command that differs by one letter or by two swapped
// letters.
func nearest(name string) string {
	for _, candidate := range []string{"kubectl", "docker", "curl", "watch", "history", "cat", "grep", "clear", "sleep", "echo", "more", "less", "tail", "head", "sort"} {
		if len(name) > 2 && oneChange(name, candidate) {
			return candidate
		}
	}
	return ""
}

func oneChange(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	if len(a) < len(b) {
		return a[at:] == b[at+1:]
	}
	return a[at+1:] == b[at+1:] || at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && a[at+2:] == b[at+2:]
}
