package traffic_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/node/traffic"
)

// table is the file to which TestRollingUpdates writes its counts in the form of
// the README.
var table = flag.String("table", "", "write the table of the rolling updates to a file")

// perSecond and lasting make 4,500 requests for every update.
const (
	perSecond = 50
	lasting   = 90 * time.Second
)

// rollingUpdate is an update of four pods from v1 to v2 under traffic.
type rollingUpdate struct {
	name  string
	image string // without its tag
	pod   string // more of the pod template's spec, and container
	check func(traffic.Stats) error
}

var rollingUpdates = []rollingUpdate{
	{
		name:  "readiness probe, preStop sleep of 5 s, graceful shutdown",
		image: "sim.tabernetes.dev/web",
		pod: `
        readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}
        lifecycle: {preStop: {sleep: {seconds: 5}}}`,
		check: func(stats traffic.Stats) error {
			if stats.Failed != 0 {
				return fmt.Errorf("%d requests failed, want none", stats.Failed)
			}
			return nil
		},
	},
	{
		name:  "the same without the preStop sleep",
		image: "sim.tabernetes.dev/web",
		pod: `
        readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}`,
		check: func(stats traffic.Stats) error {
			// No connection is reset, but kube-proxy still sends to pods that have
			// stopped listening, until it has learned of it.
			if reset := stats.ByResult[traffic.Reset]; reset != 0 || stats.Failed < 1 || stats.Failed > 200 {
				return fmt.Errorf("%d requests failed, %d of them reset, want 1 to 200 and none", stats.Failed, reset)
			}
			return nil
		},
	},
	{
		name:  "no readiness probe, 15 s to start",
		image: "sim.tabernetes.dev/slow-start",
		check: func(stats traffic.Stats) error {
			// Two pods at a time (maxSurge and maxUnavailable 25 % of four, rounded) are
			// endpoints for 15 s in which they refuse: up to all of them at the end.
			if refused := stats.ByResult[traffic.Refused]; refused < 300 || refused > 1500 {
				return fmt.Errorf("%d requests were refused, want 300 to 1500", refused)
			}
			return nil
		},
	},
	{
		name:  "abrupt exit, no preStop hook",
		image: "sim.tabernetes.dev/abrupt",
		pod: `
        readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}`,
		check: func(stats traffic.Stats) error {
			if reset := stats.ByResult[traffic.Reset]; reset < 1 || reset > 60 {
				return fmt.Errorf("%d requests were reset, want 1 to 60", reset)
			}
			if late := stats.ByResult[traffic.Refused] + stats.ByResult[traffic.TimedOut]; late < 4 || late > 300 {
				return fmt.Errorf("%d requests went to a pod that had ended, want 4 to 300", late)
			}
			return nil
		},
	},
}

// TestRollingUpdates shows why readiness probes, preStop hooks and graceful
// shutdown exist: each update runs in a cluster of its own on the virtual clock,
// under traffic from before its beginning to after its end.
func TestRollingUpdates(t *testing.T) {
	results := []traffic.Result{traffic.Refused, traffic.Reset, traffic.TimedOut, traffic.NoEndpoints}
	var rows strings.Builder
	rows.WriteString("| rolling update of 4 pods | requests | ok | failed |")
	for _, result := range results {
		fmt.Fprintf(&rows, " %s |", result)
	}
	rows.WriteString("\n|---|" + strings.Repeat("---:|", 3+len(results)) + "\n")
	for _, update := range rollingUpdates {
		t.Run(update.name, func(t *testing.T) {
			stats := update.run(t)
			if stats.Sent < 3000 || stats.InFlight != 0 || stats.OK+stats.Failed != stats.Sent {
				t.Errorf("got %d requests sent, %d without a result, %d ok, %d failed", stats.Sent, stats.InFlight, stats.OK, stats.Failed)
			}
			if stats.ByVersion["v1"] == 0 || stats.ByVersion["v2"] == 0 {
				t.Errorf("got answers of the versions %v, want of both", stats.ByVersion)
			}
			if err := update.check(stats); err != nil {
				t.Errorf("%v; all results: %v", err, stats.ByResult)
			}
			fmt.Fprintf(&rows, "| %s | %d | %d | %d |", update.name, stats.Sent, stats.OK, stats.Failed)
			for _, result := range results {
				fmt.Fprintf(&rows, " %d |", stats.ByResult[result])
			}
			rows.WriteString("\n")
		})
	}
	t.Log("\n" + rows.String())
	if *table != "" {
		if err := os.WriteFile(*table, []byte(rows.String()), 0o644); err != nil {
			t.Error(err)
		}
	}
}

func (u rollingUpdate) run(t *testing.T) (stats traffic.Stats) {
	t.Helper()
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		applier, err := apply.New(running.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		put := func(yaml string) {
			for _, result := range applier.Apply(t.Context(), []byte(yaml), apply.Options{}) {
				if result.Error != nil {
					t.Fatal(result.Error)
				}
			}
		}
		put(u.deployment("v1") + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n")
		clustertest.Settle(t, running, 5*time.Minute)
		time.Sleep(30 * time.Second)

		if err := running.Traffic().Start("web", perSecond, traffic.Options{}); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		time.Sleep(5 * time.Second)
		put(u.deployment("v2"))
		clustertest.Settle(t, running, lasting)
		time.Sleep(time.Until(begin.Add(lasting)))
		if err := running.Traffic().Stop("web"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if stats, err = running.Traffic().Stats("web"); err != nil {
			t.Fatal(err)
		}
		pods, err := kubernetes.NewForConfigOrDie(running.RESTConfig()).CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, pod := range pods.Items {
			if pod.Spec.Containers[0].Image != u.image+":v2" || pod.Status.Phase != corev1.PodRunning {
				t.Errorf("pod %q at the end: image %q, phase %s", pod.Name, pod.Spec.Containers[0].Image, pod.Status.Phase)
			}
		}
	})
	return stats
}

func (u rollingUpdate) deployment(tag string) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {sim.tabernetes.dev/http-latency: 100ms}
    spec:
      containers:
      - name: web
        image: %s:%s%s
`, u.image, tag, u.pod)
}
