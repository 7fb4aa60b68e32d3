package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// terminal runs a real kubectl against a served cluster.
type terminal struct {
	t      *testing.T
	binary string
	server string
}

// serveForTest serves a cluster on a free port until the test ends.
func serveForTest(t *testing.T, options serveOptions) string {
	t.Helper()
	options.listen = "127.0.0.1:0"
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := serve(ctx, writer, options)
		_ = writer.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("serve said nothing: %v", err)
	}
	return strings.TrimSpace(strings.TrimPrefix(line, "Kubernetes API on "))
}

func newTerminal(t *testing.T, options serveOptions) *terminal {
	t.Helper()
	binary := os.Getenv("KUBECTL")
	if binary == "" {
		t.Skip("KUBECTL names no kubectl binary; make test-go builds one and sets it")
	}
	return &terminal{t: t, binary: binary, server: serveForTest(t, options)}
}

// try runs kubectl and returns what it printed, both streams in one, and its
// exit status.
func (k *terminal) try(arguments ...string) (string, int) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, k.binary, append([]string{"--server", k.server, "--cache-dir", k.t.TempDir()}, arguments...)...)
	command.Env = append(os.Environ(), "KUBECONFIG=/dev/null", "HOME="+k.t.TempDir())
	output, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		k.t.Fatalf("kubectl %s: %v", strings.Join(arguments, " "), err)
	}
	return string(output), command.ProcessState.ExitCode()
}

func (k *terminal) run(arguments ...string) string {
	k.t.Helper()
	output, status := k.try(arguments...)
	if status != 0 {
		k.t.Fatalf("kubectl %s: exit status %d\n%s", strings.Join(arguments, " "), status, output)
	}
	return output
}

// expect runs kubectl and demands that its output match each pattern.
func (k *terminal) expect(arguments string, patterns ...string) {
	k.t.Helper()
	k.match("kubectl "+arguments, k.run(strings.Fields(arguments)...), patterns...)
}

func (k *terminal) match(what, output string, patterns ...string) {
	k.t.Helper()
	for _, pattern := range patterns {
		if !regexp.MustCompile("(?m)" + pattern).MatchString(output) {
			k.t.Errorf("%s: no match for %q in\n%s", what, pattern, output)
		}
	}
}

func TestKubectlRollsTheSeedsDeployment(t *testing.T) {
	k := newTerminal(t, serveOptions{seed: 1})
	const name = "deployment/image-deployment"
	image := func(tag string) string {
		return "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:" + tag
	}

	k.expect("version", `^Client Version: v1\.37\.2$`, `^Server Version: v1\.37\.2$`)
	k.expect("get nodes", `^node-1 +Ready .*v1\.37\.2$`, `^node-3 +Ready`)
	k.expect("get service kubernetes", `ClusterIP +10\.96\.0\.1`)

	k.expect("apply -f testdata/roll_update.yaml",
		`^Warning: extensions/v1beta1 Deployment is deprecated in v1\.8\+, unavailable in v1\.16\+`,
		`^deployment\.extensions/image-deployment created$`)
	k.expect("rollout status "+name+" --timeout=60s", `successfully rolled out`)
	k.expect("describe "+name,
		`^RollingUpdateStrategy: +1 max unavailable, 1 max surge$`,
		`^Replicas: +1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable$`,
		`ScalingReplicaSet .*deployment-controller +Scaled up replica set image-deployment-[0-9a-z]+ from 0 to 1`)
	k.expect("get deploy,rs,pod -o wide",
		`^deployment\.apps/image-deployment +1/1 +1 +1 `,
		`^replicaset\.apps/image-deployment-[0-9a-z]+ +1 +1 +1 `,
		`^pod/image-deployment-[0-9a-z]+-[0-9a-z]{5} +1/1 +Running +0 .*10\.244\.\d+\.\d+ +node-\d`)
	k.expect("describe pod",
		`default-scheduler +Successfully assigned default/image-deployment-`,
		`kubelet +spec\.containers\{nginx\}: Pulling image "`+regexp.QuoteMeta(image("v1")),
		`kubelet .*: Successfully pulled image`,
		`kubelet .*: Container created$`,
		`kubelet .*: Container started$`)

	k.expect("scale "+name+" --replicas=3", `scaled$`)
	k.expect("rollout status "+name+" --timeout=60s", `successfully rolled out`)
	k.run("patch", "deployment", "image-deployment", "--patch",
		fmt.Sprintf(`{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":%q}]}}}}`, image("v2")))
	k.expect("rollout pause "+name, `paused$`)
	eventuallyMatches(t, 60*time.Second, func() string { return k.run("get", "rs", "--no-headers") },
		`(?s)(2 +2 +2 .*2 +2 +2 )`)
	k.expect("rollout resume "+name, `resumed$`)
	k.expect("rollout status "+name+" --timeout=120s", `successfully rolled out`)
	k.expect("get rs --no-headers", ` 0 +0 +0 `, ` 3 +3 +3 `)
	k.expect("rollout history "+name, `^1 `, `^2 `)
	k.expect("rollout undo "+name, `rolled back$`)
	k.expect("rollout status "+name+" --timeout=120s", `successfully rolled out`)
	k.expect("get "+name+" -o jsonpath={..image}", regexp.QuoteMeta(image("v1")))
	k.expect("rollout history "+name, `^2 `, `^3 `)
	k.expect("logs "+name, `.`)
	k.expect("auth whoami", `kubernetes-admin`)
	k.expect("auth can-i create pods", `^yes$`)
	k.expect("explain deployment.spec.strategy", `rollingUpdate`)
	k.expect("api-resources", `^deployments +deploy +apps/v1 `)
	k.expect("label namespace default pod-security.kubernetes.io/warn=restricted", `labeled$`)

	k.expect("delete "+name+" --timeout=60s", `deleted`)
	eventuallyMatches(t, 90*time.Second, func() string { return k.run("get", "rs,pods") }, `^No resources found`)
}

func TestKubectlGetsUpstreamErrors(t *testing.T) {
	k := newTerminal(t, serveOptions{seed: 1, instant: true})
	for _, test := range []struct{ arguments, pattern string }{
		{"get pod nothing", `^Error from server \(NotFound\): pods "nothing" not found`},
		{"get widgets", `^error: the server doesn't have a resource type "widgets"`},
		{"scale deployment/nothing --replicas=2", `not found`},
		{"create deployment Wrong_Name --image=nginx", `a lowercase RFC 1123 subdomain must consist of`},
	} {
		output, status := k.try(strings.Fields(test.arguments)...)
		if status != 1 {
			t.Errorf("kubectl %s: exit status got %d, want 1", test.arguments, status)
		}
		if !regexp.MustCompile("(?m)" + test.pattern).MatchString(output) {
			t.Errorf("kubectl %s: no match for %q in\n%s", test.arguments, test.pattern, output)
		}
	}
}

func TestNewNamespacesHaveTheirObjects(t *testing.T) {
	k := newTerminal(t, serveOptions{seed: 1, instant: true})
	k.expect("create namespace team", `created$`)
	eventuallyMatches(t, 20*time.Second, func() string {
		return k.run("--namespace", "team", "get", "serviceaccounts,configmaps")
	}, `(?s)configmap/kube-root-ca.crt.*|serviceaccount/default`)
	k.expect("delete namespace team --timeout=60s", `deleted`)
}

func TestServeSaysThatThePortIsInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	err = serve(t.Context(), io.Discard, serveOptions{listen: listener.Addr().String()})
	want := fmt.Sprintf("address %s is in use; choose another with --listen", listener.Addr())
	if err == nil || err.Error() != want {
		t.Errorf("serve on a used port: got %v, want %q", err, want)
	}
}

func TestServeRefusesOtherWebPages(t *testing.T) {
	server := serveForTest(t, serveOptions{instant: true})
	for _, test := range []struct {
		name   string
		change func(*http.Request)
	}{
		{"rebound host", func(r *http.Request) { r.Host = "evil.example" }},
		{"foreign origin", func(r *http.Request) {
			r.Method = http.MethodPost
			r.Header.Set("Origin", "https://evil.example")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+"/api/v1/namespaces", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		test.change(request)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got status %d, want %d", test.name, response.StatusCode, http.StatusForbidden)
		}
	}
}

func eventuallyMatches(t *testing.T, limit time.Duration, output func() string, pattern string) {
	t.Helper()
	expression := regexp.MustCompile("(?m)" + pattern)
	deadline := time.Now().Add(limit)
	for {
		got := output()
		if expression.MatchString(got) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no match for %q within %s in\n%s", pattern, limit, got)
		}
		time.Sleep(250 * time.Millisecond)
	}
}
