package cluster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// apply applies manifests, each of which has to be accepted.
func (u *user) apply(manifests string) {
	u.t.Helper()
	applier, err := apply.New(u.running.RESTConfig())
	u.must(err)
	for _, result := range applier.Apply(u.t.Context(), []byte(manifests), apply.Options{}) {
		if result.Error != nil {
			u.t.Fatal(result.Error)
		}
	}
}

// log is what a container has printed.
func (u *user) log(pod, container string) string {
	u.t.Helper()
	text, err := u.CoreV1().Pods("default").GetLogs(pod, &corev1.PodLogOptions{Container: container}).DoRaw(u.t.Context())
	u.must(err)
	return string(text)
}

// pod reads a pod of the namespace default.
func (u *user) pod(name string) *corev1.Pod {
	u.t.Helper()
	found, err := u.CoreV1().Pods("default").Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	return found
}

// Every container runs a script, which prints what it sees.
func TestContainersSeeUsersAndGroups(t *testing.T) {
	type container struct{ security, image, script, want string }
	scripts := []struct {
		name, security string
		containers     []container
	}{
		{
			// The security context task of the documentation, with its values.
			"documented", "{runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000]}",
			[]container{
				{"", "", "id; id -g; ls -ld /data; echo x > /data/f; ls -l /data/f; mkdir /data/d; ls -ld /data/d; whoami", "uid=1000 gid=3000 groups=2000,3000,4000\n3000\n" +
					"drwxrwsrwx 2 root 2000 4096 DATE /data\n-rw-r--r-- 1 1000 2000 2 DATE /data/f\ndrwxr-sr-x 2 1000 2000 4096 DATE /data/d\nwhoami: unknown uid 1000\n"},
				{"{runAsUser: 7, runAsGroup: 8}", "", "id -u; id -G; touch /etc/x; cat /secret/key; ls -lL /secret/key; touch /tmp/mine; rm /etc/passwd; echo bye > /dev/termination-log; ls -l /dev/termination-log", "7\n8 2000 4000\ntouch: /etc/x: Permission denied\nvalue-r--r----- 1 root 2000 5 DATE /secret/key\nrm: can't remove '/etc/passwd': Permission denied\n-rw-rw-rw- 1 root root 4 DATE /dev/termination-log\n"},
			},
		},
		{
			"without", "{}",
			[]container{
				{"", "", "id; whoami; echo $HOME; ls -ld /data /tmp; touch /data/f; ls -l /data; chown 55:66 /data/f; chown daemon /etc/hostname; chgrp wheel /etc/group; ls -l /data /etc/hostname /etc/group", "uid=0(root) gid=0(root) groups=0(root),10(wheel)\nroot\n/root\ndrwxrwxrwx 2 root root 4096 DATE /data\ndrwxrwxrwt 2 root root 4096 DATE /tmp\ntotal 0\n-rw-r--r-- 1 root root 0 DATE f\n" +
					"-rw-r--r-- 1 root   wheel 306 DATE /etc/group\n-rw-r--r-- 1 daemon root    8 DATE /etc/hostname\n\n/data:\ntotal 0\n-rw-r--r-- 1 55 66 0 DATE f\n"},
				{"{runAsUser: 65534}", "", "id; pwd; echo $HOME; cat /secret/key; echo >> /data/f", "uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)\n/\n/home\ncat: can't open '/secret/key': Permission denied\nsh: can't create /data/f: Permission denied\n"},
				{"", "curlimages/curl", "id; pwd; echo hi > page; ls -l", "uid=100(curl_user) gid=101(curl_user) groups=101(curl_user)\n/home/curl_user\ntotal 4\n-rw-r--r-- 1 curl_user curl_user 3 DATE page\n"},
			},
		},
	}
	clustertest.Virtual(t, cluster.Options{Seed: 3}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: value}\n")
		for _, pod := range scripts {
			manifest := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  restartPolicy: Never\n  securityContext: %s\n"+
				"  volumes: [{name: v, emptyDir: {}}, {name: s, secret: {secretName: s, defaultMode: 0400}}]\n  containers:\n", pod.name, pod.security)
			for n, c := range pod.containers {
				security, image := "{}", "busybox:1.36"
				if c.security != "" {
					security = c.security
				}
				if c.image != "" {
					image = c.image
				}
				// One after the other, for what they leave in the volume.
				manifest += fmt.Sprintf("  - {name: c%d, image: %q, securityContext: %s, command: [sh, -c, %q], volumeMounts: [{name: v, mountPath: /data}, {name: s, mountPath: /secret}]}\n", n, image, security, fmt.Sprintf("sleep %d; %s", n*20, c.script))
			}
			u.apply(manifest)
		}
		for _, pod := range scripts {
			u.until("the end of "+pod.name, 5*time.Minute, func() bool {
				phase := u.pod(pod.name).Status.Phase
				return phase == corev1.PodSucceeded || phase == corev1.PodFailed
			})
			for n, c := range pod.containers {
				got := withoutDates(u.log(pod.name, fmt.Sprintf("c%d", n)))
				if got != c.want {
					t.Errorf("pod %s, container %d:\ngot  %q\nwant %q", pod.name, n, got, c.want)
				}
			}
		}
	})
}

// withoutDates replaces the dates of ls -l.
func withoutDates(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		for _, month := range []string{" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "} {
			if before, after, found := strings.Cut(line, month); found && len(after) > 9 {
				line = before + " DATE" + after[8:]
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// The last command of a shell's text takes the shell's place, and with it the
// signals: nginx ends at SIGTERM. A shell that has something left to do stays.
func TestLastCommandReplacesTheShell(t *testing.T) {
	servers := []struct {
		name, shell, script string
		replaced            bool
	}{
		{"simple", "sh", `nginx -g "daemon off;"`, true},
		{"list", "sh", `echo start; nginx -g "daemon off;"`, true},
		{"and", "sh", `echo start && exec nginx -g "daemon off;"`, true},
		{"or", "ash", `false || nginx -g "daemon off;"`, true},
		{"branch", "bash", `if true; then nginx -g "daemon off;"; else sleep 1; fi`, true},
		{"block", "sh", `{ echo a; PORT=80 nginx -g "daemon off;" > /dev/null; }`, true},
		{"case", "sh", `case x in x) nginx -g "daemon off;";; esac`, true},
		{"job", "sh", `sleep 3600 & nginx -g "daemon off;"`, true},
		{"more", "sh", `nginx -g "daemon off;"; echo end`, false},
		{"trap", "sh", `trap "echo bye" EXIT; nginx -g "daemon off;"`, false},
		{"background", "sh", `nginx -g "daemon off;" & wait`, false},
		{"pipe", "sh", `nginx -g "daemon off;" | cat`, false},
		{"function", "sh", `serve() { nginx -g "daemon off;"; }; serve`, false},
	}
	clustertest.Virtual(t, cluster.Options{Seed: 4}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		for _, server := range servers {
			u.apply(fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  terminationGracePeriodSeconds: 12\n  containers:\n  - {name: c, image: \"nginx:1.25\", command: [%s, -c, %q]}\n", server.name, server.shell, server.script))
		}
		for _, server := range servers {
			u.until(server.name+" runs", time.Minute, func() bool { return u.pod(server.name).Status.Phase == corev1.PodRunning })
		}
		time.Sleep(10 * time.Second)
		began := time.Now()
		for _, server := range servers {
			u.must(u.CoreV1().Pods("default").Delete(t.Context(), server.name, metav1.DeleteOptions{}))
		}
		took := map[string]time.Duration{}
		u.until("all are gone", time.Minute, func() bool {
			for _, server := range servers {
				if _, err := u.CoreV1().Pods("default").Get(t.Context(), server.name, metav1.GetOptions{}); apierrors.IsNotFound(err) && took[server.name] == 0 {
					took[server.name] = time.Since(began)
				}
			}
			return len(took) == len(servers)
		})
		for _, server := range servers {
			if replaced := took[server.name] < 8*time.Second; replaced != server.replaced {
				t.Errorf("%s: `%s` was gone after %v; its shell was replaced: got %t, want %t", server.name, server.script, took[server.name], replaced, server.replaced)
			}
		}
	})
}

const unknownImages = `
apiVersion: v1
kind: Pod
metadata: {name: grpc}
spec:
  containers:
  - name: c
    image: ghcr.io/example/shop:1
    ports: [{containerPort: 50051}]
    readinessProbe: {grpc: {port: 50051}}
    livenessProbe: {grpc: {port: 50051, service: shop.Cart}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: c
    image: ghcr.io/example/web:1
    env: [{name: PORT, value: "3000"}]
    startupProbe: {httpGet: {path: /up, port: 3000}}
    readinessProbe: {tcpSocket: {port: 9090}}
    livenessProbe: {exec: {command: [sh, -c, "mytool check && test -d /tmp"]}}
---
apiVersion: v1
kind: Pod
metadata: {name: secure}
spec:
  containers:
  - {name: c, image: "ghcr.io/example/secure:1", readinessProbe: {httpGet: {scheme: HTTPS, port: 8443}}}
---
apiVersion: v1
kind: Pod
metadata: {name: script}
spec:
  containers:
  - {name: c, image: "ghcr.io/example/django:1", command: [sh, -c, "python manage.py migrate && exec gunicorn app"], readinessProbe: {httpGet: {port: 8000}}}
---
apiVersion: v1
kind: Pod
metadata: {name: digest}
spec:
  containers:
  - {name: c, image: "busybox:1.99@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", command: [sleep, "3600"]}
`

// An image outside of the catalogue does what its manifest expects, and an event
// of the simulation's own says so.
func TestUnknownImages(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(unknownImages)
		for _, test := range []struct{ pod, says string }{
			{"grpc", "answers HTTP and gRPC health checks on port 50051"},
			{"web", "answers HTTP on port 3000, 9090"},
			{"secure", "answers HTTP on port 8443"},
			{"script", "its command runs in a simulated shell"},
			{"digest", ""},
		} {
			u.until(test.pod+" is ready", 2*time.Minute, func() bool {
				return slices.ContainsFunc(u.pod(test.pod).Status.Conditions, func(c corev1.PodCondition) bool {
					return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
				})
			})
			events, err := u.CoreV1().Events("default").List(t.Context(), metav1.ListOptions{FieldSelector: "reason=SimulatedImage,involvedObject.name=" + test.pod})
			u.must(err)
			switch {
			case test.says == "" && len(events.Items) == 0:
			case len(events.Items) != 1 || !strings.Contains(events.Items[0].Message, test.says) || events.Items[0].Source.Component != "sim.tabernetes.dev":
				t.Errorf("%s: got events %v, want one that says %q", test.pod, events.Items, test.says)
			}
		}
		time.Sleep(2 * time.Minute)
		for _, name := range []string{"grpc", "web", "secure", "script"} {
			if restarts := u.pod(name).Status.ContainerStatuses[0].RestartCount; restarts != 0 {
				t.Errorf("%s: restarted %d times", name, restarts)
			}
		}

		// A lesson closes the registry.
		for _, node := range []string{"node-1", "node-2", "node-3"} {
			u.machine(node, "registry", "strict,ghcr.io/example/web")
		}
		u.apply("apiVersion: v1\nkind: Pod\nmetadata: {name: refused}\nspec: {containers: [{name: c, image: ghcr.io/example/podinfo}]}\n---\n" +
			"apiVersion: v1\nkind: Pod\nmetadata: {name: allowed}\nspec: {containers: [{name: c, image: \"ghcr.io/example/web:2\"}]}\n")
		u.until("allowed runs", time.Minute, func() bool { return u.pod("allowed").Status.Phase == corev1.PodRunning })
		waiting := u.pod("refused").Status.ContainerStatuses[0].State.Waiting
		if waiting == nil || !strings.Contains(waiting.Message, "pull access denied") {
			t.Errorf("an image outside of a closed registry: got %+v", waiting)
		}
	})
}
