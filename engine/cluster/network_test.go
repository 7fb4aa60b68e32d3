package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/node/network"
)

const networked = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: web, image: "sim.tabernetes.dev/web:v1", ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: db}, ports: [{name: front, port: 8080, targetPort: http, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {type: ExternalName, externalName: web.default.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: empty}
spec: {selector: {app: nothing}, ports: [{port: 80}]}
`

func TestNetworkOfAWholeCluster(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		applier, err := apply.New(running.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		for _, result := range applier.Apply(t.Context(), []byte(networked), apply.Options{}) {
			if result.Error != nil {
				t.Fatal(result.Error)
			}
		}
		clustertest.Settle(t, running, 5*time.Minute)
		time.Sleep(10 * time.Second)
		client := kubernetes.NewForConfigOrDie(running.RESTConfig())
		pod := func(name string) *corev1.Pod {
			found, err := client.CoreV1().Pods("default").Get(t.Context(), name, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		// Where a request begins: outside the cluster, on the API server's machine,
		// in a pod.
		inside, _ := running.Network().Node(0)
		inside.Namespace, inside.ClusterDNS = "default", true
		master := running.Network().ControlPlane()
		outside := network.Place{}

		for _, test := range []struct {
			from      network.Place
			url, want string
		}{
			{inside, "http://web:8080/", "version: v1"},
			{inside, "http://web.default.svc.cluster.local:8080/", "version: v1"},
			{inside, "http://db/", "version: v1"},
			{inside, "http://db-1.db/", "hostname: db-1"},
			{inside, "http://front:8080/", "version: v1"},
			{inside, "http://empty/", "connection refused"},
			{inside, "http://web/", "context deadline exceeded"},
			{inside, "http://nothing/", "lookup nothing on 10.96.0.10:53: no such host"},
			{inside, "http://kubernetes:443/", "Client sent an HTTP request to an HTTPS server."},
			{outside, "http://node-2:30080/", "version: v1"},
			{outside, "http://172.18.0.2:30081/", "connection refused"},
			{outside, "http://" + pod("db-0").Status.PodIP + "/", "context deadline exceeded"},
			{master, "http://" + pod("db-0").Status.PodIP + "/", "hostname: db-0"},
			{master, "http://127.0.0.1:30080/", "version: v1"},
		} {
			if got := get(t, running, test.from, test.url); !strings.Contains(got, test.want) {
				t.Errorf("get %s from %+v: got %q, want %q", test.url, test.from, got, test.want)
			}
		}
		seen := map[string]bool{}
		for range 60 {
			seen[get(t, running, outside, "http://172.18.0.2:30080/")] = true
		}
		if len(seen) != 3 {
			t.Errorf("60 requests to a node port were answered by %d pods, want 3: %v", len(seen), seen)
		}

		// A machine without power does not answer, and kube-proxy goes on sending
		// to its pods until the endpoints are gone.
		lost := pod("db-2")
		power := fmt.Sprintf(`{"metadata":{"annotations":{%q:"off"}}}`, "sim.tabernetes.dev/power")
		if _, err := client.CoreV1().Nodes().Patch(t.Context(), lost.Spec.NodeName, types.MergePatchType, []byte(power), metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if got := get(t, running, master, "http://"+lost.Status.PodIP+"/"); !strings.Contains(got, "context deadline exceeded") {
			t.Errorf("a pod on a machine that is off: got %q", got)
		}
		answered, unanswered := ask(t, running, master)
		if answered == 0 || unanswered == 0 {
			t.Errorf("soon after the failure: %d answered and %d not, want some of both", answered, unanswered)
		}
		time.Sleep(2 * time.Minute)
		if answered, unanswered := ask(t, running, master); unanswered != 0 {
			t.Errorf("two minutes after the failure: %d answered and %d not, want all answered", answered, unanswered)
		}
	})
}

// ask makes 30 requests to the Service "web".
func ask(t *testing.T, running *cluster.Cluster, from network.Place) (answered, unanswered int) {
	t.Helper()
	for range 30 {
		switch got := get(t, running, from, "http://127.0.0.1:30080/"); {
		case strings.Contains(got, "version: v1"):
			answered++
		case strings.Contains(got, "deadline"):
			unanswered++
		default:
			t.Errorf("got %q", got)
		}
	}
	return answered, unanswered
}

// get returns the body of an answer, or the text of the error.
func get(t *testing.T, running *cluster.Cluster, from network.Place, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := running.Network().NewTransport(from).RoundTrip(request)
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return context.DeadlineExceeded.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case err != nil:
		return err.Error()
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body)
}
