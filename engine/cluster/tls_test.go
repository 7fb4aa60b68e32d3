package cluster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// secured are servers that speak TLS with a certificate for web.default.svc, what passes
// on to one of them, and clients. It lacks the certificate and its key, in base64.
const secured = `
{apiVersion: v1, kind: Secret, metadata: {name: web}, type: kubernetes.io/tls, data: {tls.crt: %[1]s, tls.key: %[2]s}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  default.conf: |
    server {
      listen 80; # redirects
      return 301 https://$host$request_uri;
    }
    server {
      listen 443 ssl;
      ssl_certificate     /etc/nginx/ssl/tls.crt;
      ssl_certificate_key /etc/nginx/ssl/tls.key;
      root /usr/share/nginx/html;
      add_header X-Served-By "$hostname";
      location = /health { return 200 "healthy\n"; }
      location / { try_files $uri $uri/ =404; }
    }
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  volumes: [{name: certificate, secret: {secretName: web}}, {name: configuration, configMap: {name: web}}]
  containers:
  - name: c
    image: nginx:1.29
    ports: [{containerPort: 443}]
    readinessProbe: {httpGet: {path: /health, port: 443, scheme: HTTPS}, periodSeconds: 1}
    volumeMounts: [{name: certificate, mountPath: /etc/nginx/ssl}, {name: configuration, mountPath: /etc/nginx/conf.d}]
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{name: https, port: 443}, {name: http, port: 80}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: netexec}
spec:
  volumes: [{name: certificate, secret: {secretName: web}}]
  containers:
  - name: c
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [netexec, --http-port=8443, --tls-cert-file=/certificate/tls.crt, --tls-private-key-file=/certificate/tls.key]
    readinessProbe: {httpGet: {path: /healthz, port: 8443, scheme: HTTPS}, periodSeconds: 1}
    volumeMounts: [{name: certificate, mountPath: /certificate}]
---
{apiVersion: v1, kind: Pod, metadata: {name: plain, labels: {app: plain}}, spec: {containers: [{name: c, image: "nginx:1.29"}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: plain}, spec: {selector: {app: plain}, ports: [{port: 443, targetPort: 80}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: front}
data:
  default.conf: |
    upstream secured { server web:443; }
    server {
      listen 8080;
      location /secured/ { proxy_pass https://secured/; proxy_set_header Host web.default.svc; }
      location /gone/ { proxy_pass http://10.96.77.77:81; proxy_connect_timeout 1s; }
    }
---
apiVersion: v1
kind: Pod
metadata: {name: front, labels: {app: front}}
spec:
  volumes: [{name: configuration, configMap: {name: front}}]
  containers: [{name: c, image: "nginx:1.29", volumeMounts: [{name: configuration, mountPath: /etc/nginx/conf.d/default.conf, subPath: default.conf}]}]
---
{apiVersion: v1, kind: Service, metadata: {name: front}, spec: {selector: {app: front}, ports: [{port: 8080}]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: broken}, data: {default.conf: "server {\n  listen 80;\n  location / { proxy_pass http://nobody; }\n}\n"}}
---
apiVersion: v1
kind: Pod
metadata: {name: broken}
spec:
  volumes: [{name: configuration, configMap: {name: broken}}]
  containers: [{name: c, image: "nginx:1.29", volumeMounts: [{name: configuration, mountPath: /etc/nginx/conf.d}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  restartPolicy: Never
  volumes: [{name: certificate, secret: {secretName: web}}]
  containers:
  - name: curl
    image: curlimages/curl:8.14.1
    command: [sh, -c, "sleep 30; set +e
      ; try() { echo \"$@\"; \"$@\" 2>&1 | head -n 1; }
      ; try curl -s https://web.default.svc/health
      ; try curl -sS https://web.default.svc/health
      ; try curl -sk https://web/health
      ; try curl -s --cacert /ca/tls.crt https://web.default.svc/health
      ; try curl -sS --cacert /ca/tls.crt https://web/health
      ; try curl -sS --cacert /none https://web.default.svc/health
      ; try curl -sSk https://plain
      ; try curl -s http://web.default.svc:443/
      ; try curl -sk -o /dev/null -w '%%{http_code} %%{redirect_url}\\n' http://web.default.svc/any
      ; try curl -sLk http://web.default.svc/health
      ; try curl -s http://front:8080/secured/health
      ; try curl -s -o /dev/null -w '%%{http_code}\\n' http://front:8080/gone/"]
    volumeMounts: [{name: certificate, mountPath: /ca}]
  - name: wget
    image: busybox:1.36
    command: [sh, -c, "sleep 30; wget -qO- https://web/health; wget --no-check-certificate -qO- https://web/health"]
`

// Programs serve TLS with certificates of Secrets, and clients look at them.
func TestTLSInPods(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 4}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		certificate, key, _ := newWebhook(u, "web.default.svc").encoded(u)
		u.apply(fmt.Sprintf(secured, certificate, key))
		u.until("the end of the clients", 5*time.Minute, func() bool { return u.pod("client").Status.Phase == corev1.PodSucceeded })
		for _, name := range []string{"web", "netexec"} {
			if !u.pod(name).Status.ContainerStatuses[0].Ready {
				t.Errorf("%s is not ready; it said %s", name, u.log(name, "c"))
			}
		}
		const want = `curl -s https://web.default.svc/health
curl -sS https://web.default.svc/health
curl: (60) SSL certificate problem: self-signed certificate
curl -sk https://web/health
healthy
curl -s --cacert /ca/tls.crt https://web.default.svc/health
healthy
curl -sS --cacert /ca/tls.crt https://web/health
curl: (60) SSL: no alternative certificate subject name matches target host name 'web'
curl -sS --cacert /none https://web.default.svc/health
curl: (77) error adding trust anchors from file: /none
curl -sSk https://plain
curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number
curl -s http://web.default.svc:443/
Client sent an HTTP request to an HTTPS server.
curl -sk -o /dev/null -w %{http_code} %{redirect_url}\n http://web.default.svc/any
301 https://web.default.svc/any
curl -sLk http://web.default.svc/health
healthy
curl -s http://front:8080/secured/health
healthy
curl -s -o /dev/null -w %{http_code}\n http://front:8080/gone/
502
`
		if got := u.log("client", "curl"); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("curl printed\n%s\nwant\n%s", got, want)
		}
		if got, want := u.log("client", "wget"), "wget: note: TLS certificate validation not implemented\nhealthy\nhealthy\n"; got != want {
			t.Errorf("wget printed %q, want %q", got, want)
		}
		if log := u.log("web", "c"); !strings.Contains(log, `"GET /health HTTP/1.1" 200 8 "-" "kube-probe/`) {
			t.Errorf("the access log of nginx is %s", log)
		}
		if log := u.log("broken", "c"); !strings.Contains(log, `nginx: [emerg] host not found in upstream "nobody" in /etc/nginx/conf.d/default.conf:3`) {
			t.Errorf("nginx without its upstream said %s", log)
		}
	})
}
