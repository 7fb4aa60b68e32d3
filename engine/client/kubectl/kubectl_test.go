package kubectl

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"tabernetes/engine/cluster"
)

// terminal runs kubectl in this process against a cluster in this process.
type terminal struct {
	t       testing.TB
	kubectl *Kubectl
}

// One cluster serves all tests, as one Kubectl does: its hooks are the process's.
var shared struct {
	once    sync.Once
	kubectl *Kubectl
	err     error
}

func newTerminal(t testing.TB) terminal {
	t.Helper()
	shared.once.Do(func() { shared.kubectl, shared.err = startShared() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	home := t.TempDir()
	// Upstream looks for the home directory before any test runs; these come first.
	t.Setenv("KUBECONFIG", filepath.Join(home, ".kube", "config"))
	t.Setenv("KUBERC", filepath.Join(home, ".kube", "kuberc"))
	t.Setenv("KUBECACHEDIR", filepath.Join(home, ".kube", "cache"))
	t.Chdir(home)
	writeFile(t, filepath.Join(home, ".kube", "kuberc"), "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n")
	writeFile(t, filepath.Join(home, ".kube", "config"), string(Kubeconfig()))
	return terminal{t: t, kubectl: shared.kubectl}
}

func startShared() (*Kubectl, error) {
	built, err := cluster.New(cluster.Options{Seed: 1, InstantKubelet: true})
	if err != nil {
		return nil, err
	}
	go built.Run(context.Background()) //nolint:errcheck // it ends with the process
	<-built.Ready()
	transport, err := rest.TransportFor(built.RESTConfig())
	if err != nil {
		return nil, err
	}
	return New(Options{
		Transport: transport,
		Dial:      func(context.Context) (net.Conn, error) { return built.Dial(), nil },
	})
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

type result struct {
	status         int
	stdout, stderr string
}

func (k terminal) run(arguments ...string) result {
	var stdout, stderr bytes.Buffer
	status := k.kubectl.Run(k.t.Context(), arguments, Streams{In: strings.NewReader(""), Out: &stdout, ErrOut: &stderr})
	return result{status, stdout.String(), logLine.ReplaceAllString(stderr.String(), "")}
}

// logLine is a line of klog: here the cluster's, which runs in the same process.
var logLine = regexp.MustCompile(`(?m)^[IWEF]\d{4} .*\n`)

// expect runs a command line and compares all that came of it.
func (k terminal) expect(line string, want result) {
	k.t.Helper()
	if got := k.run(strings.Fields(line)...); got != want {
		k.t.Errorf("kubectl %s:\ngot  %+v\nwant %+v", line, got, want)
	}
}

// succeed runs a command line and demands that it print each word.
func (k terminal) succeed(line string, words ...string) string {
	k.t.Helper()
	got := k.run(strings.Fields(line)...)
	if got.status != 0 {
		k.t.Errorf("kubectl %s: %+v", line, got)
	}
	for _, word := range words {
		if !strings.Contains(got.stdout, word) {
			k.t.Errorf("kubectl %s: no %q in\n%s", line, word, got.stdout)
		}
	}
	return got.stdout
}

func TestCommandsEndWithTheirOwnStatus(t *testing.T) {
	k := newTerminal(t)
	k.expect("create configmap ends --from-literal=a=b", result{0, "configmap/ends created\n", ""})
	k.expect("get configmap nothing", result{1, "", "Error from server (NotFound): configmaps \"nothing\" not found\n"})
	k.expect("get widgets", result{1, "", "error: the server doesn't have a resource type \"widgets\"\n"})
	k.expect("frobnicate", result{1, "", "error: unknown command \"frobnicate\" for \"kubectl\"\n"})
	k.expect("get pods --frobnicate", result{1, "", "error: unknown flag: --frobnicate\nSee 'kubectl get --help' for usage.\n"})
	k.expect("create configmap ends", result{1, "", "error: failed to create configmap: configmaps \"ends\" already exists\n"})
	k.expect("auth can-i create pods", result{0, "yes\n", ""})
	k.expect("get configmap ends -o jsonpath={.data.a}", result{0, "b", ""})
	k.expect("delete configmap ends", result{0, "configmap \"ends\" deleted from default namespace\n", ""})
	k.expect("get nodes --server=https://elsewhere:6443", result{1, "", "Unable to connect to the server: dial tcp: lookup elsewhere: no such host\n"})
	k.succeed("get --raw /version", "v1.37.2")
	k.succeed("get --help", "Display one or many resources.", "--all-namespaces")
}

func TestUnavailableCommandsSayWhatToUse(t *testing.T) {
	k := newTerminal(t)
	for name, message := range unavailable {
		k.expect(name+" pod", result{1, "", "error: " + message + "\n"})
		if got := k.succeed(name + " --help"); !strings.Contains(got, "Examples:") {
			t.Errorf("kubectl %s --help: got\n%s", name, got)
		}
	}
}

func TestCommandsAtOnceKeepTheirStreamsApart(t *testing.T) {
	k := newTerminal(t)
	var all sync.WaitGroup
	for index := range 8 {
		name := "apart-" + string(rune('a'+index))
		all.Go(func() {
			got := k.run("create", "configmap", name)
			if want := (result{0, "configmap/" + name + " created\n", ""}); got != want {
				t.Errorf("%s: got %+v, want %+v", name, got, want)
			}
			got = k.run("get", "pod", name)
			if want := (result{1, "", "Error from server (NotFound): pods \"" + name + "\" not found\n"}); got != want {
				t.Errorf("%s: got %+v, want %+v", name, got, want)
			}
		})
	}
	all.Wait()
}

func TestInterruptEndsAWatch(t *testing.T) {
	k := newTerminal(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watched := make(chan string, 100)
	status := make(chan int)
	go func() {
		status <- k.kubectl.Run(ctx, []string{"get", "namespaces", "--watch", "--no-headers"}, Streams{
			In: strings.NewReader(""),
			Out: writerFunc(func(text []byte) (int, error) {
				watched <- string(text)
				return len(text), nil
			}),
			ErrOut: os.Stderr,
		})
	}()
	waitFor(t, watched, "kube-system")
	k.succeed("create namespace watched")
	waitFor(t, watched, "watched")
	cancel()
	if got := <-status; got != StatusInterrupted {
		t.Errorf("status: got %d, want %d", got, StatusInterrupted)
	}
	k.succeed("get namespaces", "watched")
}

func waitFor(t *testing.T, lines <-chan string, word string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line := <-lines:
			if strings.Contains(line, word) {
				return
			}
		case <-late:
			t.Fatalf("%q was not printed within a minute", word)
		}
	}
}

func TestDiffPrintsWhatTheProgramDiffWould(t *testing.T) {
	k := newTerminal(t)
	manifest := func(value string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: different\ndata:\n  key: " + value + "\n"
	}
	writeFile(t, "one.yaml", manifest("one"))
	writeFile(t, "two.yaml", manifest("two"))
	k.succeed("apply -f one.yaml", "configmap/different created")
	k.expect("diff -f one.yaml", result{0, "", ""})
	got := k.run("diff", "-f", "two.yaml")
	if got.status != 1 || got.stderr != "" {
		t.Errorf("got %+v, want status 1", got)
	}
	for _, word := range []string{"diff -u -N ", "--- ", "+++ ", "@@ -1,6 +1,6 @@\n", "\n-  key: one\n+  key: two\n"} {
		if !strings.Contains(got.stdout, word) {
			t.Errorf("no %q in\n%s", word, got.stdout)
		}
	}
	if got := k.run("diff"); got.status < 2 {
		t.Errorf("diff without files: got %+v, want a status above 1", got)
	}
}

func TestWarningsGoToTheirCommand(t *testing.T) {
	k := newTerminal(t)
	writeFile(t, "old.yaml", `
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: old}
spec: {replicas: 0, template: {metadata: {labels: {app: old}}, spec: {containers: [{name: a, image: nginx}]}}}
`)
	const warning = "Warning: extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment\n"
	k.expect("get rs --namespace kube-public", result{0, "", "No resources found in kube-public namespace.\n"})
	k.expect("create -f old.yaml", result{0, "deployment.extensions/old created\n", warning})
	k.expect("delete -f old.yaml --warnings-as-errors", result{1, "deployment.extensions \"old\" deleted from default namespace\n", warning + "error: 1 warning received\n"})
}

// TestScaleAnOldVersion scales by a patch, for which the API server must know where that
// version has its replicas.
func TestScaleAnOldVersion(t *testing.T) {
	k := newTerminal(t)
	for _, kind := range []string{"Deployment", "ReplicaSet"} {
		name := strings.ToLower(kind)
		writeFile(t, "old.yaml", fmt.Sprintf(`
apiVersion: extensions/v1beta1
kind: %s
metadata: {name: old-%s}
spec: {replicas: 0, template: {metadata: {labels: {app: old-%s}}, spec: {containers: [{name: a, image: nginx}]}}}
`, kind, name, name))
		if got := k.run("apply", "-f", "old.yaml"); got.status != 0 {
			t.Fatalf("got %+v", got)
		}
		if got := k.run("scale", "-f", "old.yaml", "--replicas=2"); got.status != 0 || got.stdout != name+".extensions/old-"+name+" scaled\n" {
			t.Errorf("got %+v", got)
		}
		k.expect("get "+name+" old-"+name+" -o jsonpath={.spec.replicas}", result{0, "2", ""})
	}
}

func TestPreferencesApply(t *testing.T) {
	k := newTerminal(t)
	writeFile(t, os.Getenv("KUBERC"), `
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
aliases:
- name: spaces
  command: get
  prependArgs: [namespaces]
  options: [{name: output, default: name}]
`)
	k.succeed("spaces", "namespace/default\n")
	writeFile(t, os.Getenv("KUBERC"), "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\naliases: 3\n")
	if got := k.run("get", "namespaces"); got.status != 1 && got.stderr == "" {
		t.Errorf("with a wrong file of preferences: got %+v", got)
	}
}

func TestConfigIsAFile(t *testing.T) {
	k := newTerminal(t)
	k.expect("config current-context", result{0, "kubernetes-admin@kubernetes\n", ""})
	k.succeed("config set-context --current --namespace=kube-system", "modified")
	k.succeed("get serviceaccounts", "default")
	k.expect("config view -o jsonpath={.contexts[0].context.namespace}", result{0, "kube-system", ""})
}

// The kubeconfig has a certificate, as kubeadm's, which counts more than a token.
func TestWhoIsAsked(t *testing.T) {
	k := newTerminal(t)
	k.succeed("config view", "client-certificate-data: DATA+OMITTED")
	const who = " auth whoami -o jsonpath={.status.userInfo.username}"
	k.expect("--token=none"+who, result{0, "kubernetes-admin", ""})
	token := strings.TrimSpace(k.succeed("create token default"))
	k.succeed("config set-credentials robot --token=" + token)
	k.expect("--user=robot"+who, result{0, "system:serviceaccount:default:default", ""})
	if got := k.run("--user=robot", "get", "secrets"); got.status != 1 || !strings.Contains(got.stderr, `secrets is forbidden: User "system:serviceaccount:default:default" cannot list resource "secrets"`) {
		t.Errorf("get secrets as the robot: got %+v", got)
	}
	k.succeed("config set-credentials forger --token=forged")
	k.expect("--user=forger get pods", result{1, "", "error: You must be logged in to the server (Unauthorized)\n"})
}

func TestStandardInputIsLentToOneCommandAtATime(t *testing.T) {
	var lent stdin
	first, second := &command{}, &command{}
	if !lent.acquire(t.Context(), first, strings.NewReader("first")) {
		t.Fatal("nobody has it, and it was not to be had")
	}
	acquired := make(chan bool)
	go func() { acquired <- lent.acquire(t.Context(), second, strings.NewReader("second")) }()
	if got := readAll(t, &lent); got != "first" {
		t.Errorf("got %q, want the first command's", got)
	}
	if !<-acquired {
		t.Fatal("not given on when it was read to its end")
	}
	lent.release(first) // it has not got it any more
	if got := readAll(t, &lent); got != "second" {
		t.Errorf("got %q, want the second command's", got)
	}
	if got := readAll(t, &lent); got != "" {
		t.Errorf("got %q of nobody", got)
	}
	lent.acquire(t.Context(), first, strings.NewReader(""))
	ended, end := context.WithCancel(t.Context())
	end()
	if lent.acquire(ended, second, strings.NewReader("")) {
		t.Error("taken although the command had ended")
	}
}

func readAll(t *testing.T, lent *stdin) string {
	t.Helper()
	var all []byte
	buffer := make([]byte, 3)
	for {
		n, err := lent.read(buffer)
		all = append(all, buffer[:n]...)
		if err != nil {
			return string(all)
		}
	}
}

func TestCompletionIsKubectlsOwn(t *testing.T) {
	k := newTerminal(t)
	k.succeed("create namespace completed")
	for _, test := range []struct {
		arguments []string
		want      Candidate
	}{
		{[]string{"desc"}, Candidate{"describe", "Show details of a specific resource or group of resources"}},
		{[]string{"get", "deploy"}, Candidate{"deployments.apps", ""}},
		{[]string{"get", "namespaces", "comp"}, Candidate{"completed", ""}},
		{[]string{"rollout", ""}, Candidate{"undo", "Undo a previous rollout"}},
		{[]string{"get", "pods", "--all"}, Candidate{"--all-namespaces", ""}},
	} {
		found := false
		candidates := k.kubectl.Complete(t.Context(), test.arguments)
		for _, one := range candidates {
			found = found || one.Text == test.want.Text && strings.HasPrefix(one.Description, test.want.Description)
		}
		if !found {
			t.Errorf("%q: got %+v, want %+v among them", test.arguments, candidates, test.want)
		}
	}
}

// The cause of a change is the command itself, and the manager of its fields is
// kubectl.
func TestChangesAreKubectls(t *testing.T) {
	k := newTerminal(t)
	k.succeed("create deployment cause --image=nginx:1.25 --replicas=2")
	k.succeed("set image deployment/cause nginx=nginx:1.26 --record")
	k.succeed("annotate deployment/cause team=shop")
	k.succeed("set image deployment cause *=nginx:1.27 --record=true")
	k.succeed("rollout status deployment/cause --timeout=2m")
	k.succeed("rollout history deployment/cause",
		"kubectl set image deployment/cause nginx=nginx:1.26 --record=true",
		"kubectl set image deployment cause *=nginx:1.27 --record=true")
	k.succeed("scale deployment/cause --replicas=3")
	manifest := filepath.Join(t.TempDir(), "deployment.yaml")
	writeFile(t, manifest, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cause}\nspec: {replicas: 5}\n")
	refused := k.run("apply", "--server-side", "-f", manifest)
	if want := `conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas`; refused.status != 1 || !strings.Contains(refused.stderr, want) {
		t.Errorf("got %+v, want %s", refused, want)
	}
	k.succeed("delete deployment cause")
}
