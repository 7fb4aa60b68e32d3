package cluster_test

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

const programPods = `
apiVersion: v1
kind: Pod
metadata: {name: server, labels: {app: server}}
spec:
  containers:
  - name: c
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [netexec, "--http-port=8085", "--udp-port=5300"]
    env: [{name: COLOUR, value: Green}]
    ports: [{containerPort: 5300, hostPort: 5399, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: files}
spec: {containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.55", args: [test-webserver]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: loopback}
spec:
  nodeName: node-2
  containers: [{name: c, image: "hashicorp/http-echo:1.0", args: ["-text=at the loopback address", "-listen=:5600"], ports: [{containerPort: 5600, hostPort: 5700, hostIP: 127.0.0.1}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: anywhere}
spec:
  nodeName: node-2
  containers:
  - {name: c, image: "hashicorp/http-echo:1.0", args: ["-text=elsewhere", "-listen=:5600"], ports: [{containerPort: 5600, hostPort: 5701}]}
  - {name: hosts, image: "busybox:1.36", command: [sh, -c, "cat /node; sleep 10000"], volumeMounts: [{name: node, mountPath: /node}]}
  volumes: [{name: node, hostPath: {path: /etc/hosts, type: File}}]
---
apiVersion: v1
kind: Pod
metadata: {name: on-node}
spec:
  hostNetwork: true
  nodeName: node-2
  containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [netexec, "--http-port=8099"]}]
---
apiVersion: v1
kind: Service
metadata: {name: both}
spec: {selector: {app: server}, ports: [{name: tcp, port: 90, targetPort: 8085}, {name: udp, port: 90, targetPort: 5300, protocol: UDP}]}
---
apiVersion: v1
kind: Pod
metadata: {name: watcher, labels: {stage: first}}
spec:
  containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "while true; do cat /info/labels; echo; sleep 5; done"], volumeMounts: [{name: info, mountPath: /info}]}]
  volumes: [{name: info, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]
---
apiVersion: v1
kind: Pod
metadata: {name: counter}
spec: {containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [nettest, --port, "8087", --peers, "3"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  restartPolicy: Never
  securityContext: {sysctls: [{name: net.ipv4.ip_local_port_range, value: "2000 3000"}]}
  containers:
  - {name: partial, image: "busybox:1.36", command: [sh, -c, "printf 'one\\ntwo'; exit 3"], terminationMessagePolicy: FallbackToLogsOnError}
  - {name: parameter, image: "busybox:1.36", command: [sysctl, net.ipv4.ip_local_port_range]}
  - {name: symlink, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", command: [/agnhost-2], args: [entrypoint-tester, x]}
  - {name: privileged, image: "registry.k8s.io/e2e-test-images/nonewprivs:1.4", securityContext: {privileged: true}}
  - {name: escalates, image: "registry.k8s.io/e2e-test-images/nonewprivs:1.4", securityContext: {runAsUser: 77}}
  - {name: confined, image: "registry.k8s.io/e2e-test-images/nonewprivs:1.4", securityContext: {runAsUser: 77, allowPrivilegeEscalation: false}}
`

// hookedPod asks the Service for something when it starts, once: a relay that
// finds nobody there answers its hook all the same.
const hookedPod = `
apiVersion: v1
kind: Pod
metadata: {name: hooked}
spec:
  containers:
  - {name: relay, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [netexec, "--http-port=8086"]}
  - name: c
    image: registry.k8s.io/pause:3.10.2
    lifecycle: {postStart: {httpGet: {port: 8086, path: "/dial?host=both.default&port=90&request=echo%3Fmsg%3Dstarted"}}}
`

// What the programs of containers see of the network, of the kernel and of their pod.
func TestPrograms(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 8}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(programPods)
		for _, name := range []string{"server", "watcher", "counter", "loopback", "anywhere", "files", "on-node"} {
			u.until(name+" runs", 2*time.Minute, func() bool { return u.pod(name).Status.Phase == corev1.PodRunning })
		}
		u.until("the box has ended", 2*time.Minute, func() bool { return u.pod("box").Status.Phase == corev1.PodFailed })
		time.Sleep(20 * time.Second)

		for container, want := range map[string]string{
			"partial": "one\ntwo", "parameter": "net.ipv4.ip_local_port_range = 2000 3000\n", "symlink": "[/agnhost-2 entrypoint-tester x]\n",
			"privileged": "Effective uid: 0\n", "escalates": "Effective uid: 0\n", "confined": "Effective uid: 77\n",
		} {
			if got := u.log("box", container); got != want {
				t.Errorf("log of %s: got %q, want %q", container, got, want)
			}
		}
		for _, status := range u.pod("box").Status.ContainerStatuses {
			if status.Name == "partial" && status.State.Terminated.Message != "one\ntwo" {
				t.Errorf("the message of a log without an end of line: got %q", status.State.Terminated.Message)
			}
		}

		from, _ := running.Network().Node(0)
		from.Namespace, from.ClusterDNS = "default", true
		transport := running.Network().NewTransport(from)
		for _, sent := range []struct{ address, data, want string }{
			{"both:90", "hostName\n", "server"},
			{u.pod("server").Status.PodIP + ":5300", "echo To You", "to you"},
			{u.pod("server").Status.HostIP + ":5399", "envvar COLOUR", "Green"},
		} {
			got, err := transport.Datagram(t.Context(), sent.address, sent.data)
			if err != nil || got != sent.want {
				t.Errorf("send %q to %s: got %q, %v, want %q", sent.data, sent.address, got, err, sent.want)
			}
		}
		if _, err := transport.Datagram(t.Context(), u.pod("server").Status.PodIP+":8085", "x"); err == nil || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("a datagram to a TCP port: got %v, want a refusal", err)
		}
		u.checkAnswers(from, []answer{
			{"http://both:90/dial?protocol=udp&host=both&port=90&request=echo%20again", `{"responses":["again"]}`},
			{"http://both:90/shell?cmd=echo%20hostName%20%7C%20nc%20-t%20-w%202%20both%2090", `{"output":"HTTP/1.1 400 Bad Request`},
			{"http://both:90/shell?cmd=echo%20hostName%20%7C%20nc%20-u%20-w%202%20both%2090", `{"output":"server"}`},
			{"http://both:90/shell?cmd=curl%20-q%20-s%20both:90/hostname", `{"output":"server"}`},
			{"http://both:90/shell?cmd=dig%20%2Bshort%20_tcp._tcp.both.default.svc.cluster.local%20SRV", `{"output":"0 100 90 both.default.svc.cluster.local.\n"}`},
			{"http://both:90/shell?cmd=wget%20-qO-%20--post-data%20%27%7B%22Source%22:%22me%22%7D%27%20" + u.pod("counter").Status.PodIP + ":8087/write", `{"output":"{\"Hostname\":\"counter\"}"}`},
			{"http://" + u.pod("counter").Status.PodIP + ":8087/status", "running"},
		})
		shell := "http://" + u.pod("on-node").Status.HostIP + ":8099/shell?cmd=curl%20-sS%20"
		u.checkAnswers(from, []answer{
			{shell + "-o%20/dev/null%20-w%20%25%7Bhttp_code%7D%20" + u.pod("files").Status.PodIP + "/localhost.crt", `{"output":"200"}`},
			{shell + "127.0.0.1:5700", `{"output":"at the loopback address\n"}`},
			{shell + "127.0.0.1:5701", `{"output":"elsewhere\n"}`},
			{shell + u.pod("on-node").Status.HostIP + ":5701", `{"output":"elsewhere\n"}`},
			{shell + u.pod("on-node").Status.HostIP + ":5700", `Could not connect to server\n"}`},
		})
		if got := u.log("anywhere", "hosts"); !strings.HasPrefix(got, "127.0.0.1\tlocalhost\n") {
			t.Errorf("the node's /etc/hosts: got %q", got)
		}
		if got := get(t, running, from, "http://"+u.pod("counter").Status.PodIP+":8087/read"); !strings.Contains(got, `"me": 1`) {
			t.Errorf("nettest received: got %s", got)
		}
		u.apply(hookedPod)
		u.until("the hook's request has arrived", 2*time.Minute, func() bool {
			return strings.Contains(u.log("server", "c"), "GET /echo?msg=started")
		})

		_, err := u.CoreV1().Pods("default").Patch(t.Context(), "watcher", types.MergePatchType, []byte(`{"metadata": {"labels": {"stage": "second"}}}`), metav1.PatchOptions{})
		u.must(err)
		time.Sleep(10 * time.Second)
		if got := u.log("watcher", "c"); !strings.HasPrefix(got, "stage=\"first\"\n") || !strings.HasSuffix(got, "stage=\"second\"\n") {
			t.Errorf("a changed label: got %q", got)
		}
	})
}
