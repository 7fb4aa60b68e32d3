package node

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"tabernetes/engine/node/hardware"
)

func simplePod(name, image string, command ...string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: image, Command: command}}},
	}
}

func TestSameSeedSameHistory(t *testing.T) {
	text, err := os.ReadFile("testdata/crash_loop.input.yaml")
	if err != nil {
		t.Fatal(err)
	}
	run := func(seed uint64) string {
		var s scenario
		if err := yaml.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		s.Seed = seed
		var record string
		synctest.Test(t, func(t *testing.T) { record = play(t, &s) })
		return record
	}
	first, second, other := run(7), run(7), run(8)
	if first != second {
		t.Error("seed 7 gave two histories")
	}
	if first == other {
		t.Error("seeds 7 and 8 gave the same history")
	}
}

// A node that is stopped and started again, as when the page is reloaded, leaves
// running pods as they are: nothing is restarted and nothing is written.
func TestRestartLeavesPodsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		_, stop := c.run(Options{})
		time.Sleep(20 * time.Second)
		web := simplePod("web", "nginx:1.27")
		web.Spec.Containers[0].ReadinessProbe = &corev1.Probe{
			ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{}}, InitialDelaySeconds: 2,
		}
		web.Spec.Containers[0].ReadinessProbe.HTTPGet.Port.IntVal = 80
		c.addPod(web)
		job := simplePod("job", "busybox:1.36", "true")
		job.Spec.RestartPolicy = corev1.RestartPolicyNever
		c.addPod(job)
		time.Sleep(40 * time.Second)
		stop()
		before := map[string]*corev1.Pod{"web": c.pod("web"), "job": c.pod("job")}
		if got := before["web"].Status.Phase; got != corev1.PodRunning {
			t.Fatalf("web: got phase %s before the restart", got)
		}

		time.Sleep(time.Minute)
		_, stop = c.run(Options{})
		defer stop()
		time.Sleep(time.Minute)
		for name, want := range before {
			got := c.pod(name)
			if got.ResourceVersion != want.ResourceVersion {
				t.Errorf("%s was written after the restart:\n%s", name, c.record.String())
			}
		}
	})
}

// logsOf requests logs as the API server does: at the address and over the
// transport of ConnectionInfo.
func logsOf(t *testing.T, connections *Connections, path string, query url.Values) (int, io.ReadCloser) {
	t.Helper()
	info, err := connections.GetConnectionInfo(context.Background(), types.NodeName("node-1"))
	if err != nil {
		t.Fatal(err)
	}
	target := url.URL{Scheme: info.Scheme, Host: net.JoinHostPort(info.Hostname, info.Port), Path: "/containerLogs/default/" + path, RawQuery: query.Encode()}
	request, err := http.NewRequest(http.MethodGet, target.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := info.Transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Body
}

func TestLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		connections := NewConnections()
		if _, err := connections.GetConnectionInfo(context.Background(), "node-1"); err == nil {
			t.Error("connections led somewhere before there were nodes")
		}
		_, stop := c.run(Options{Connections: connections})
		defer stop()
		time.Sleep(20 * time.Second)
		c.addPod(simplePod("ticker", "busybox:1.36", "sh", "-c", "while true; do echo tick; sleep 10; done"))
		c.addPod(simplePod("crash", "busybox:1.36", "sh", "-c", "echo about to fail; sleep 1; exit 1"))
		c.addPod(simplePod("missing", "nginx:1.161"))
		time.Sleep(34 * time.Second)
		for _, test := range []struct {
			path, query string
			code        int
			want        string
		}{
			{"ticker/main", "", 200, "tick\ntick\ntick\ntick\n"},
			{"ticker/main", "tailLines=2", 200, "tick\ntick\n"},
			{"ticker/main", "tailLines=0", 200, ""},
			{"ticker/main", "limitBytes=7", 200, "tick\nti"},
			{"ticker/main", "sinceSeconds=5", 200, "tick\n"},
			{"ticker/main", "sinceTime=2030-01-01T00:00:00Z", 200, ""},
			{"ticker/main", "stream=Stderr", 200, ""},
			{"ticker/main", "tailLines=-1", 422, "{\"message\": \"Invalid request.\"}\n"},
			{"ticker/main", "previous=true", 400, "previous terminated container \"main\" in pod \"ticker\" not found\n"},
			{"ticker/other", "", 404, "container \"other\" not found in pod \"ticker\"\n"},
			{"absent/main", "", 404, "pod \"absent\" does not exist\n"},
			{"crash/main", "previous=true", 200, "about to fail\n"},
			{"missing/main", "", 400, "container \"main\" in pod \"missing\" is waiting to start: image can't be pulled\n"},
		} {
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			code, body := logsOf(t, connections, test.path, query)
			text, err := io.ReadAll(body)
			if err != nil {
				t.Errorf("%s?%s: %v", test.path, test.query, err)
			}
			if code != test.code || string(text) != test.want {
				t.Errorf("%s?%s: got %d %q, want %d %q", test.path, test.query, code, text, test.code, test.want)
			}
		}
		code, body := logsOf(t, connections, "ticker/main", url.Values{"timestamps": {"true"}, "tailLines": {"1"}})
		text, _ := io.ReadAll(body)
		stamp, line, _ := strings.Cut(string(text), " ")
		if at, err := time.Parse(time.RFC3339Nano, stamp); code != 200 || err != nil || line != "tick\n" || time.Since(at) > 10*time.Second {
			t.Errorf("timestamps: got %d %q", code, text)
		}
	})
}

func TestLogsFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		connections := NewConnections()
		_, stop := c.run(Options{Connections: connections})
		defer stop()
		time.Sleep(20 * time.Second)
		job := simplePod("job", "busybox:1.36", "sh", "-c", "echo one; sleep 20; echo two; sleep 20; echo three")
		job.Spec.RestartPolicy = corev1.RestartPolicyNever
		c.addPod(job)
		time.Sleep(10 * time.Second)
		_, body := logsOf(t, connections, "job/main", url.Values{"follow": {"true"}, "tailLines": {"0"}})
		began := time.Now()
		lines := bufio.NewScanner(body)
		for _, want := range []string{"two", "three"} {
			if !lines.Scan() || lines.Text() != want {
				t.Fatalf("got %q, want %q", lines.Text(), want)
			}
		}
		if lines.Scan() {
			t.Errorf("got %q after the end", lines.Text())
		}
		if took := time.Since(began); took < 20*time.Second || took > 40*time.Second {
			t.Errorf("followed for %s, want until the container ended", took)
		}

		c.addPod(simplePod("ticker", "busybox:1.36", "sh", "-c", "while true; do echo tick; sleep 10; done"))
		time.Sleep(10 * time.Second)
		_, body = logsOf(t, connections, "ticker/main", url.Values{"follow": {"true"}})
		if lines := bufio.NewScanner(body); !lines.Scan() {
			t.Error("nothing came")
		}
		// Closing the body ends the handler; the test hangs if it does not.
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Failed requests are repeated, and the pod reaches its final state.
func TestWritesAreRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		c.failures["create nodes"] = 3
		c.failures["update pods/status"] = 2
		_, stop := c.run(Options{})
		defer stop()
		c.addPod(simplePod("web", "nginx:1.27"))
		time.Sleep(30 * time.Second)
		if got := c.pod("web").Status.Phase; got != corev1.PodRunning {
			t.Errorf("got phase %s, want Running", got)
		}
		node, err := c.client.CoreV1().Nodes().Get(context.Background(), "node-1", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ready := slices.ContainsFunc(node.Status.Conditions, func(condition corev1.NodeCondition) bool {
			return condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue
		})
		if !ready {
			t.Errorf("got %+v, want Ready", node.Status.Conditions)
		}
		c.failures["delete pods"] = 2
		c.do(&step{Delete: "web"})
		time.Sleep(20 * time.Second)
		if pod := c.pod("web"); pod != nil {
			t.Errorf("web is still there:\n%s", c.record.String())
		}
	})
}

func TestLeaseIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		_, stop := c.run(Options{})
		defer stop()
		time.Sleep(5 * time.Minute)
		lease, err := c.client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(context.Background(), "node-1", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if age := time.Since(lease.Spec.RenewTime.Time); age > 11*time.Second {
			t.Errorf("renewed %s ago, want within 11 s", age)
		}
		if got := *lease.Spec.LeaseDurationSeconds; got != 40 {
			t.Errorf("got a lease of %d s, want 40", got)
		}
		if len(lease.OwnerReferences) != 1 || lease.OwnerReferences[0].Name != "node-1" {
			t.Errorf("got owners %v, want the node", lease.OwnerReferences)
		}
	})
}

func TestNewRejects(t *testing.T) {
	client := fake.NewClientset()
	factory := informers.NewSharedInformerFactory(client, 0)
	nodes := func(change func([]hardware.Options)) Options {
		list := hardware.DefaultNodes(2)
		change(list)
		return Options{Client: client, Informers: factory, Tokens: issueNothing, Nodes: list}
	}
	for _, test := range []struct {
		options Options
		want    string
	}{
		{Options{}, "create kubelet: no client"},
		{Options{Client: client}, "create kubelet: no informers"},
		{Options{Client: client, Informers: factory}, "create kubelet: no tokens"},
		{nodes(func(n []hardware.Options) { n[1].Name = "node-1" }), `create node "node-1": name node-1 is that of node "node-1"`},
		{nodes(func(n []hardware.Options) { n[1].PodCIDR = n[0].PodCIDR }), `create node "node-2": pod CIDR 10.244.1.0/24 is that of node "node-1"`},
		{nodes(func(n []hardware.Options) { n[0].PodCIDR = "10.0.0.0/31" }), `create node "node-1": pod CIDR "10.0.0.0/31" has no address for a pod`},
		{nodes(func(n []hardware.Options) { n[0].InternalIP = "here" }), `create node "node-1": internal IP: ParseAddr("here"): unable to parse IP`},
		{nodes(func(n []hardware.Options) { n[0].Pods = -1 }), `create node "node-1": pods: must be between 0 and 1000, got -1`},
	} {
		if _, err := New(test.options); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

// The number of requests is an instant node's cost for the control plane.
func TestInstantNodeWritesLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		_, stop := c.run(Options{Instant: true})
		defer stop()
		time.Sleep(time.Second)
		synctest.Wait()
		const pods = 100
		before := map[string]int{}
		for key, count := range c.requests {
			before[key] = count
		}
		for i := range pods {
			c.addPod(simplePod(fmt.Sprintf("web-%d", i), "nginx:1.27"))
			// The watches of the fake clientset hold a hundred objects.
			synctest.Wait()
		}
		if got := c.requests["update pods/status"] - before["update pods/status"]; got != pods {
			t.Errorf("got %d statuses written for %d pods, want one each", got, pods)
		}
		if got := c.requests["create events"] - before["create events"]; got != 0 {
			t.Errorf("got %d events, want none", got)
		}
		for i := range pods {
			if got := c.pod(fmt.Sprintf("web-%d", i)).Status; got.Phase != corev1.PodRunning || !got.ContainerStatuses[0].Ready {
				t.Fatalf("web-%d: got phase %s", i, got.Phase)
			}
		}
	})
}

func TestAddressesAreReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		k, stop := c.run(Options{Nodes: []hardware.Options{{Name: "node-1", InternalIP: "172.18.0.2", PodCIDR: "10.244.1.0/29"}}})
		defer stop()
		time.Sleep(20 * time.Second)
		for i := range 6 {
			c.addPod(simplePod(fmt.Sprintf("web-%d", i), "nginx:1.27"))
		}
		time.Sleep(30 * time.Second)
		waiting := 0
		for i := range 6 {
			if c.pod(fmt.Sprintf("web-%d", i)).Status.Phase == corev1.PodPending {
				waiting++
			}
		}
		if waiting != 1 {
			t.Errorf("got %d pods without an address, want 1 of 6 in a range of 5", waiting)
		}
		if !strings.Contains(c.record.String(), "FailedCreatePodSandBox") {
			t.Error("no event says so")
		}
		for i := range 6 {
			c.do(&step{Delete: fmt.Sprintf("web-%d", i)})
		}
		time.Sleep(40 * time.Second)
		synctest.Wait()
		if n := k.node("node-1"); n.Allocator().InUse() != 0 || len(n.Pods()) != 0 || n.Loop().Pending() > 1 {
			t.Errorf("left: %d addresses, %d workers, %d timers; want none but the heartbeat", n.Allocator().InUse(), len(n.Pods()), n.Loop().Pending())
		}
	})
}

// A deletion that reaches the API just before a status is written is in the answer
// to the patch that follows; the pod must still end.
func TestDeletionDuringAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		_, stop := c.run(Options{})
		defer stop()
		time.Sleep(20 * time.Second)
		c.mu.Lock()
		c.deleteBefore, c.deletePhase = "web", corev1.PodRunning
		c.mu.Unlock()
		c.addPod(simplePod("web", "nginx:1.27"))
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if c.deleteBefore != "" {
			t.Fatal("the pod never ran")
		}
		if c.pod("web") != nil {
			t.Errorf("the pod is still there:\n%s", c.record.String())
		}
	})
}
