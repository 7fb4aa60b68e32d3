package main

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestKubectlReachesPodsAndServicesThroughTheAPI(t *testing.T) {
	k := newTerminal(t, serveOptions{seed: 1, instant: true})
	k.expect("create deployment web --image=nginx:1.27 --replicas=2", `created$`)
	k.expect("rollout status deployment/web --timeout=60s", `successfully rolled out`)
	k.expect("expose deployment web --port=80", `^service/web exposed$`)
	k.expect("expose deployment web --name=web-node --type=NodePort --port=8080 --target-port=80", `^service/web-node exposed$`)
	k.expect("expose deployment web --name=web-headless --cluster-ip=None --port=80", `^service/web-headless exposed$`)
	k.expect("create service externalname outside --external-name=example.com", `created$`)
	k.expect("create service clusterip empty --tcp=80:80", `created$`)
	k.expect("get services",
		`^web +ClusterIP +10\.(9[6-9]|10\d|11[01])\.\d+\.\d+ +<none> +80/TCP `,
		`^web-node +NodePort +10\.\d+\.\d+\.\d+ +<none> +8080:3[0-2]\d{3}/TCP `,
		`^web-headless +ClusterIP +None +<none> +80/TCP `,
		`^outside +ExternalName +<none> +example\.com +<none> `)

	raw := func(path string) string {
		output, _ := k.try("get", "--raw", "/api/v1/namespaces/default/"+path)
		return output
	}
	eventuallyMatches(t, 20*time.Second, func() string { return raw("services/web:80/proxy/") }, `Welcome to nginx!`)
	pod := strings.Fields(k.run("get", "pods", "--no-headers"))[0]
	for _, test := range []struct{ path, pattern string }{
		{"services/web/proxy/", `Welcome to nginx!`},
		{"services/web-node:8080/proxy/index.html", `Welcome to nginx!`},
		{"services/web-headless:80/proxy/", `Welcome to nginx!`},
		{"services/web:80/proxy/nothing", `NotFound|not found`},
		{"services/web:81/proxy/", `no service port 81 found for service "web"`},
		{"services/empty:80/proxy/", `no endpoints available for service "empty"`},
		{"services/https:web:80/proxy/", `error trying to reach service: http: server gave HTTP response to HTTPS client`},
		{"pods/" + pod + "/proxy/", `Welcome to nginx!`},
		{"pods/" + pod + ":80/proxy/index.html", `Welcome to nginx!`},
		{"pods/" + pod + ":81/proxy/", `error trying to reach service: dial tcp 10\.244\.\d+\.\d+:81: connect: connection refused`},
		{"pods/nothing/proxy/", `pods "nothing" not found`},
	} {
		if got := raw(test.path); !regexp.MustCompile(test.pattern).MatchString(got) {
			t.Errorf("kubectl get --raw %s: no match for %q in\n%s", test.path, test.pattern, got)
		}
	}

	// From inside a pod.
	k.expect("run probe --image=busybox:1.36 --command -- sleep 3600", `created$`)
	k.expect("wait --for=condition=Ready pod/probe --timeout=60s", `condition met$`)
	k.expect("exec probe -- wget -qO- http://web", `Welcome to nginx!`)
	k.expect("exec probe -- nslookup web.default.svc.cluster.local", `Address: 10\.\d+\.\d+\.\d+$`)
	output, status := k.try("exec", "probe", "--", "wget", "-qO-", "http://empty")
	if status != 1 || !strings.Contains(output, "Connection refused") {
		t.Errorf("wget of a Service without endpoints: exit status %d\n%s", status, output)
	}
	output, status = k.try("apply", "-f", "testdata/network_policy.yaml")
	if status != 0 || !strings.Contains(output, "Warning: NetworkPolicy is stored and not enforced") {
		t.Errorf("apply a NetworkPolicy: exit status %d\n%s", status, output)
	}

	// A node port is the Service's own: another cannot ask for it.
	port := regexp.MustCompile(`8080:(\d+)/TCP`).FindStringSubmatch(k.run("get", "service", "web-node"))[1]
	output, status = k.try("create", "service", "nodeport", "second", "--tcp=80:80", "--node-port="+port)
	if status != 1 || !strings.Contains(output, "spec.ports[0].nodePort: Invalid value: "+port+": provided port is already allocated") {
		t.Errorf("a node port twice: exit status %d\n%s", status, output)
	}
	address := k.run("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}")
	k.expect("get ipaddress "+address, regexp.QuoteMeta(address)+` +services/default/web`)
	k.expect("delete service web-node web", `"web-node" deleted`, `"web" deleted`)
	eventuallyMatches(t, 20*time.Second, func() string { output, _ := k.try("get", "ipaddress", address); return output }, `not found`)
	k.expect("create service nodeport second --tcp=80:80 --node-port="+port, `created$`)
}
