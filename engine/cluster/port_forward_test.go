package cluster_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/httpstream" //nolint:staticcheck // deprecated, but what client-go takes
	clientrest "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// Both ways in which clients forward ports, over real connections.
func TestPortForward(t *testing.T) {
	running := clustertest.Start(t, cluster.Options{Seed: 3, InstantKubelet: true})
	u := newUser(t, running)
	u.apply(`
apiVersion: v1
kind: Pod
metadata: {name: echo}
spec: {containers: [{name: c, image: "hashicorp/http-echo:1.0", args: ["-text=through the tunnel", "-listen=:5080"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: host}
spec: {hostNetwork: true, containers: [{name: c, image: "hashicorp/http-echo:1.0", args: ["-text=on the node", "-listen=:5081"]}]}
`)
	for _, name := range []string{"echo", "host"} {
		u.until("pod "+name+" runs", time.Minute, func() bool { return u.pod(name).Status.Phase == corev1.PodRunning })
	}
	server := httptest.NewServer(running.Handler())
	defer server.Close()
	config := &clientrest.Config{Host: server.URL}
	transport, upgrader, err := spdy.RoundTripperFor(config)
	u.must(err)

	for _, test := range []struct {
		way, pod, port, want string
	}{
		{"SPDY", "echo", "5080", "through the tunnel\n"},
		{"SPDY", "host", "5081", "on the node\n"},
		{"WebSocket", "echo", "5080", "through the tunnel\n"},
		{"WebSocket", "echo", "5999", "lost connection to pod"},
	} {
		t.Run(test.way+" "+test.pod+" "+test.port, func(t *testing.T) {
			address, err := url.Parse(server.URL + "/api/v1/namespaces/default/pods/" + test.pod + "/portforward")
			if err != nil {
				t.Fatal(err)
			}
			dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, address)
			if test.way == "WebSocket" {
				if dialer, err = portforward.NewSPDYOverWebsocketDialer(address, config); err != nil {
					t.Fatal(err)
				}
			}
			if got := forwarded(t, dialer, test.port); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// forwarded forwards a free port of this machine to one of a pod, and returns what a
// request to it is answered with, or else why not.
func forwarded(t *testing.T, dialer httpstream.Dialer, port string) string {
	t.Helper()
	stop, ready, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	problems := &strings.Builder{}
	forwarder, err := portforward.New(dialer, []string{"0:" + port}, stop, ready, io.Discard, problems)
	if err != nil {
		t.Fatal(err)
	}
	go func() { ended <- forwarder.ForwardPorts() }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", ports[0].Local)) //nolint:noctx // the forwarding ends with the test
	body := []byte{}
	if err == nil {
		body, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
	}
	if err != nil {
		// The client gives up after an error of the server.
		return fmt.Sprint(problems, <-ended)
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return string(body)
}
