package cluster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/node/network"
)

const agnhosts = `
apiVersion: v1
kind: Pod
metadata: {name: server, labels: {app: server}}
spec:
  containers:
  - name: c
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [netexec, "--http-port=8083", --udp-port, "-1"]
    env: [{name: COLOUR, value: red}]
    readinessProbe: {httpGet: {path: /readyz, port: 8083}}
    livenessProbe: {httpGet: {path: /healthz, port: 8083}}
---
apiVersion: v1
kind: Service
metadata: {name: server}
spec: {selector: {app: server}, ports: [{port: 80, targetPort: 8083}]}
---
apiVersion: v1
kind: Pod
metadata: {name: porter}
spec:
  containers:
  - {name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [porter, --json-response], env: [{name: SERVE_PORT_81, value: first}, {name: SERVE_TCP_PORT_82, value: second}]}
  - {name: d, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", command: [sh, -c, "echo text > /tmp/f; exec /agnhost test-webserver --port 83"]}
---
apiVersion: v1
kind: Pod
metadata: {name: prints}
spec:
  restartPolicy: Never
  securityContext: {fsGroup: 123}
  volumes: [{name: v, emptyDir: {medium: Memory}}]
  hostAliases: [{ip: 10.1.2.3, hostnames: [alias]}]
  containers:
  - {name: args, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [entrypoint-tester, override, arguments]}
  - {name: command, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", command: [/agnhost, entrypoint-tester], args: [a]}
  - name: mount
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [mounttest, --fs_type=/v, --new_file_0660=/v/f, --file_perm=/v/f, --file_mode=/v, --file_owner=/v/f, --file_content=/v/none]
    securityContext: {runAsUser: 1001}
    volumeMounts: [{name: v, mountPath: /v}]
  - {name: hosts, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [etc-hosts]}
  - {name: suffix, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [dns-suffix]}
  - {name: logs, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [logs-generator, --log-lines-total, "100", --run-duration, 20s]}
---
apiVersion: v1
kind: Pod
metadata: {name: primary, labels: {app: primary}}
spec: {containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [guestbook, --http-port, "6379"]}]}
---
apiVersion: v1
kind: Service
metadata: {name: agnhost-primary}
spec: {selector: {app: primary}, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Pod
metadata: {name: replica, labels: {app: replica}}
spec: {containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [guestbook, --replicaof, agnhost-primary, --http-port, "6379"]}]}
---
apiVersion: v1
kind: Service
metadata: {name: agnhost-replica}
spec: {selector: {app: replica}, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Pod
metadata: {name: front}
spec: {containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [guestbook]}]}
`

func TestAgnhost(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 6}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(agnhosts)
		for _, name := range []string{"server", "porter", "primary", "replica", "front"} {
			u.until(name+" is ready", 2*time.Minute, func() bool {
				return slices.ContainsFunc(u.pod(name).Status.Conditions, func(c corev1.PodCondition) bool {
					return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
				})
			})
		}
		time.Sleep(20 * time.Second)
		from, _ := running.Network().Node(0)
		from.Namespace, from.ClusterDNS = "default", true
		at := func(pod string, port int, path string) string {
			return fmt.Sprintf("http://%s:%d%s", u.pod(pod).Status.PodIP, port, path)
		}
		u.checkAnswers(from, []answer{
			{"http://server/hostname", "server"},
			{at("server", 8083, "/echo?msg=hi&code=418"), "hi"},
			{at("server", 8083, "/envvar?var=COLOUR"), "red"},
			{at("server", 8083, "/header?key=Nothing"), ""},
			{at("server", 8083, "/clientip"), from.Address.String() + ":"},
			{at("server", 8083, "/shell?cmd=echo%20a%3B%20exit%203"), `{"error":"exit status 3","output":"a\n"}`},
			{at("server", 8083, "/dial?host=server.default&port=80&request=hostname&tries=2"), `{"responses":["server","server"]}`},
			{at("server", 8083, "/dial?host=127.0.0.1&port=1&request=x"), `{"errors":[`},
			{at("server", 8083, "/dial?host=a&port=1"), "request parameter not specified"},
			{at("server", 8080, "/"), "connection refused"},
			{at("porter", 81, "/any"), `{"Method":"GET","Body":"first"}`},
			{at("porter", 82, "/any"), `{"Method":"GET","Body":"second"}`},
			{at("porter", 83, "/tmp/f"), "text\n"},
			{at("porter", 83, "/none"), "404 page not found"},
			{at("front", 80, "/guestbook?cmd=set&key=messages&value=Hello"), `{"message":"Updated"}`},
			{at("front", 80, "/guestbook?cmd=get&key=messages"), `{"data":"Hello"}`},
			{at("replica", 6379, "/get"), `{"data":{"messages":"Hello"}}`},
			{at("front", 80, "/guestbook?cmd=sing"), "unsupported cmd: 'sing'"},
		})
		for container, want := range map[string]string{
			"args":    "[/agnhost entrypoint-tester override arguments]\n",
			"command": "[/agnhost entrypoint-tester a]\n",
			"mount": "mount type of \"/v\": tmpfs\ncontent of file \"/v/f\": mount-tester new file\n\nmode of file \"/v\": dgrwxrwxrwx\nperms of file \"/v/f\": -rw-rw----\n" +
				"owner UID of \"/v/f\": 1001\nowner GID of \"/v/f\": 123\nerror reading file content for \"/v/none\": open /v/none: no such file or directory\n",
			"hosts":  "10.1.2.3\talias\n",
			"suffix": "default.svc.cluster.local,svc.cluster.local,cluster.local\n",
		} {
			if got := u.log("prints", container); got != want && (container != "hosts" || !strings.Contains(got, want)) {
				t.Errorf("log of %s:\ngot  %q\nwant %q", container, got, want)
			}
		}
		if lines := strings.Split(strings.TrimSpace(u.log("prints", "logs")), "\n"); len(lines) != 100 || !strings.Contains(lines[99], "logs_generator.go:76] 99 ") {
			t.Errorf("logs-generator wrote %d lines, the last is %q", len(lines), lines[len(lines)-1])
		}

		// The server ends as it is told.
		get(t, running, from, at("server", 8083, "/exit?code=3&wait=2s"))
		u.until("the server has ended", time.Minute, func() bool { return u.pod("server").Status.ContainerStatuses[0].RestartCount == 1 })
		if ended := u.pod("server").Status.ContainerStatuses[0].LastTerminationState.Terminated; ended == nil || ended.ExitCode != 3 {
			t.Errorf("after /exit?code=3: got %+v", ended)
		}
	})
}

// answer is what a URL is to be answered with, at the beginning.
type answer struct{ url, want string }

func (u *user) checkAnswers(from network.Place, answers []answer) {
	u.t.Helper()
	for _, each := range answers {
		if got := get(u.t, u.running, from, each.url); !strings.HasPrefix(got, each.want) && !strings.HasSuffix(got, each.want) {
			u.t.Errorf("get %s: got %q, want %q", each.url, got, each.want)
		}
	}
}

const servers = `
apiVersion: v1
kind: Pod
metadata: {name: echo}
spec: {containers: [{name: c, image: "hashicorp/http-echo:1.0", args: ["-text=hello there", "-listen=:8080"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: without}
spec: {restartPolicy: Never, containers: [{name: c, image: hashicorp/http-echo}]}
---
apiVersion: v1
kind: Pod
metadata: {name: python}
spec: {containers: [{name: c, image: "python:3.13-slim", command: [sh, -c, "mkdir -p /srv/d; echo page > /srv/f; python3 -m http.server 9000 -d /srv"]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {data-1: value-1, "ok": fine}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  restartPolicy: Never
  hostAliases: [{ip: 127.0.0.1, hostnames: [nowhere.example]}, {ip: 10.96.0.1, hostnames: [api.example, other]}]
  containers:
  - {name: env, image: "busybox:1.36", command: [sh, -c, "true; env | grep -e value- -e fine"], envFrom: [{configMapRef: {name: settings}}, {prefix: "1-", configMapRef: {name: settings}}]}
  - {name: hosts, image: "busybox:1.36", command: [sh, -c, "getent hosts other; wget -q -O - -T 2 http://nowhere.example:81/; nslookup api.example | grep NXDOMAIN"]}
`

// The servers of tutorials, and what a container knows of names.
func TestServersAndNames(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 7}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(servers)
		for _, name := range []string{"echo", "python"} {
			u.until(name+" runs", 2*time.Minute, func() bool { return u.pod(name).Status.Phase == corev1.PodRunning })
		}
		u.until("the boxes have ended", time.Minute, func() bool {
			return u.pod("box").Status.Phase == corev1.PodSucceeded && u.pod("without").Status.Phase == corev1.PodFailed
		})
		time.Sleep(time.Second)
		from, _ := running.Network().Node(0)
		at := func(pod string, port int, path string) string {
			return fmt.Sprintf("http://%s:%d%s", u.pod(pod).Status.PodIP, port, path)
		}
		u.checkAnswers(from, []answer{
			{at("echo", 8080, "/"), "hello there\n"},
			{at("echo", 5678, "/"), "connection refused"},
			{at("python", 9000, "/f"), "page\n"},
			{at("python", 9000, "/none"), "<!DOCTYPE HTML>"},
			{at("python", 9000, "/"), "</ul>\n<hr>\n</body>\n</html>\n"},
		})
		for name, want := range map[string]string{
			"env":   "ok=fine\n1-data-1=value-1\n1-ok=fine\ndata-1=value-1\n",
			"hosts": "10.96.0.1       other\nwget: can't connect to remote host (nowhere.example): Connection refused\n** server can't find api.example: NXDOMAIN\n",
		} {
			if got := u.log("box", name); got != want {
				t.Errorf("log of %s:\ngot  %q\nwant %q", name, got, want)
			}
		}
		if got := u.log("without", "c"); got != "Missing -text option or ECHO_TEXT env var!\n" {
			t.Errorf("http-echo without a text: got %q", got)
		}
	})
}
