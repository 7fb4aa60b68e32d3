package cluster_test

import (
	"strings"
	"testing"
	"time"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

const mutual = `
apiVersion: v1
kind: Pod
metadata: {name: bee, labels: {app: hive}}
spec:
  volumes: [{name: c, projected: {sources: [
    {podCertificate: {signerName: garden.example/hive, keyType: ED25519, credentialBundlePath: own.pem}},
    {clusterTrustBundle: {signerName: garden.example/hive, labelSelector: {}, path: others.pem}}]}}]
  containers:
  - name: c
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [mtlsserver, "--listen=:9443", --server-creds=/c/own.pem, --spiffe-trust-bundle=/c/others.pem]
    volumeMounts: [{name: c, mountPath: /c}]
---
apiVersion: v1
kind: Service
metadata: {name: hive}
spec: {selector: {app: hive}, ports: [{port: 443, targetPort: 9443}]}
---
apiVersion: v1
kind: Pod
metadata: {name: keeper}
spec:
  serviceAccountName: default
  volumes:
  - name: c
    projected: {sources: [
      {podCertificate: {signerName: garden.example/hive, keyType: ECDSAP256, credentialBundlePath: own.pem}},
      {clusterTrustBundle: {signerName: garden.example/hive, labelSelector: {}, path: others.pem}}]}
  - {name: other, projected: {sources: [{podCertificate: {signerName: garden.example/wasp, keyType: ECDSAP256, credentialBundlePath: own.pem}}]}}
  containers:
  - name: own
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [mtlsclient, "--fetch-url=https://hive.default.svc/spiffe-echo", --server-trust-bundle=/c/others.pem, --client-cred-bundle=/c/own.pem]
    volumeMounts: [{name: c, mountPath: /c}, {name: other, mountPath: /other}]
  - {name: other, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [mtlsclient, "--fetch-url=https://hive.default.svc/spiffe-echo", --server-trust-bundle=/c/others.pem, --client-cred-bundle=/other/own.pem], volumeMounts: [{name: c, mountPath: /c}, {name: other, mountPath: /other}]}
  - {name: address, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [mtlsclient, "--fetch-url=https://hive/spiffe-echo", --server-trust-bundle=/c/others.pem, --client-cred-bundle=/c/own.pem], volumeMounts: [{name: c, mountPath: /c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: lost}
spec:
  restartPolicy: Never
  containers:
  - {name: server, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [mtlsserver, "--listen=:9443", --server-creds=/c/own.pem, --spiffe-trust-bundle=/c/others.pem]}
  - {name: client, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [mtlsclient, "--fetch-url=https://hive"]}
`

// A server and a client of agnhost know each other by their certificates.
func TestMutualTLS(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 26}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		hive, wasp := u.newSigner("garden.example/hive"), u.newSigner("garden.example/wasp")
		u.apply(mutual)
		hive.issue(hive.next("bee", time.Minute), "hive")
		hive.issue(hive.next("keeper", time.Minute), "keeper")
		wasp.issue(wasp.next("keeper", time.Minute), "hive")
		u.runs("bee", 3*time.Minute)
		u.runs("keeper", 3*time.Minute)
		// A handshake that the client ends takes as long as the server waits for it.
		time.Sleep(time.Minute)
		for container, want := range map[string]string{
			"own":     " Got response body: Client Identity: spiffe://garden/default/keeper\n",
			"other":   `client.go:71] while sending requests to the server: non-2xx status 401 "401 Unauthorized"`,
			"address": `client.go:71] while sending requests to the server: while getting URL: Get "https://hive/spiffe-echo": tls: failed to verify certificate: x509: certificate is valid for hive.default.svc, not hive`,
		} {
			if got := u.log("keeper", container); !strings.Contains(got, want) {
				t.Errorf("%s: got %q, want %q", container, got, want)
			}
		}
		if got, want := u.log("bee", "c"), " Error while verifying SPIFFE client certificate: x509: certificate signed by unknown authority\n"; !strings.Contains(got, want) {
			t.Errorf("the server: got %q, want %q", got, want)
		}
		for container, want := range map[string]string{
			"server": `run.go:72] "command failed" err="error while serving: while reading SPIFFE trust anchors: open /c/others.pem: no such file or directory"`,
			"client": `run.go:72] "command failed" err="missing required flags"`,
		} {
			if got := u.log("lost", container); !strings.Contains(got, want) {
				t.Errorf("%s: got %q, want %q", container, got, want)
			}
		}
	})
}
