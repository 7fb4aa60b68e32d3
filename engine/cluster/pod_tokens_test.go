package cluster_test

import (
	"strings"
	"testing"
	"time"

	"gopkg.in/go-jose/go-jose.v2/jwt"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
)

const readers = `
{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}
---
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  serviceAccountName: robot
  volumes:
  - name: vault
    projected: {sources: [{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 600}}]}
  containers:
  - name: default
    image: busybox:1.36
    command: [sh, -c, "sleep 100; cat /var/run/secrets/kubernetes.io/serviceaccount/token; echo; sleep 1000000"]
  - name: vault
    image: busybox:1.36
    command: [sh, -c, "sleep 100; cat /vault/token; echo; sleep 800; cat /vault/token; echo; sleep 1000000"]
    volumeMounts: [{name: vault, mountPath: /vault}]
`

// podToken is the claims of a token that a pod has.
type podToken struct {
	jwt.Claims

	Kubernetes struct {
		ServiceAccount struct {
			UID string `json:"uid"`
		} `json:"serviceaccount"`
		WarnAfter int64 `json:"warnafter"`
	} `json:"kubernetes.io"`
}

func (u *user) claims(text string) podToken {
	u.t.Helper()
	token, err := jwt.ParseSigned(text)
	u.must(err)
	var claims podToken
	u.must(token.UnsafeClaimsWithoutVerification(&claims))
	return claims
}

// A pod's token is the API server's, with the times at which the kubelet has mounted it,
// though it is signed when it is read. It ends with its pod, and not with a reload.
func TestTokensInPods(t *testing.T) {
	var stored store.Snapshot
	var token string
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(readers)
		u.until("a pod that runs", time.Minute, func() bool { return u.pod("reader").Status.Phase == corev1.PodRunning })
		if _, err := u.CoreV1().Secrets("kube-system").Get(t.Context(), "service-account-signing-key", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("a key is made before somebody reads a token: %v", err)
		}
		time.Sleep(110 * time.Second)
		token = strings.TrimSpace(u.log("reader", "default"))
		pod := u.pod("reader")
		node, err := u.CoreV1().Nodes().Get(t.Context(), pod.Spec.NodeName, metav1.GetOptions{})
		u.must(err)
		account, err := u.CoreV1().ServiceAccounts("default").Get(t.Context(), "robot", metav1.GetOptions{})
		u.must(err)

		who := u.review(token)
		if !who.Authenticated || who.User.Username != "system:serviceaccount:default:robot" {
			t.Fatalf("the review of the pod's token is %+v", who)
		}
		claims := u.claims(token)
		for key, want := range map[string]string{
			"credential-id": "JTI=" + claims.ID, "pod-name": "reader", "pod-uid": string(pod.UID),
			"node-name": node.Name, "node-uid": string(node.UID),
		} {
			if got := who.User.Extra["authentication.kubernetes.io/"+key]; len(got) != 1 || got[0] != want {
				t.Errorf("%s is %q, want %q", key, got, want)
			}
		}
		issued := claims.IssuedAt.Time()
		if after := issued.Sub(pod.Status.StartTime.Time); after < 0 || after > 5*time.Second || !claims.NotBefore.Time().Equal(issued) {
			t.Errorf("it was issued %s after the start, valid from %s", after, claims.NotBefore.Time())
		}
		if life := claims.Expiry.Time().Sub(issued); life != 365*24*time.Hour || claims.Kubernetes.WarnAfter-issued.Unix() != 3607 {
			t.Errorf("it lives %s and is to be renewed after %d s", life, claims.Kubernetes.WarnAfter-issued.Unix())
		}
		if claims.Kubernetes.ServiceAccount.UID != string(account.UID) {
			t.Errorf("the service account is %+v", claims.Kubernetes.ServiceAccount)
		}
		if code := u.asks("/api/v1/namespaces/default/pods", token); code != 403 {
			t.Errorf("without a role it gets %d", code)
		}

		time.Sleep(801 * time.Second)
		first, second, _ := strings.Cut(strings.TrimSpace(u.log("reader", "vault")), "\n")
		old, renewed := u.claims(first), u.claims(second)
		if life := old.Expiry.Time().Sub(old.IssuedAt.Time()); life != 10*time.Minute || len(old.Audience) != 1 || old.Audience[0] != "vault" || old.Kubernetes.WarnAfter != 0 {
			t.Errorf("the other token lives %s, for %q, and warns after %d", life, old.Audience, old.Kubernetes.WarnAfter)
		}
		if after := renewed.IssuedAt.Time().Sub(old.IssuedAt.Time()); after < 470*time.Second || after > 600*time.Second || renewed.ID == old.ID {
			t.Errorf("it is renewed after %s", after)
		}
		if who := u.review(second); who.Authenticated {
			t.Error("the API server accepts a token for another audience")
		}
		stored = running.Store().Snapshot()
	})
	clustertest.Virtual(t, cluster.Options{Seed: 5, Restore: &stored}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		time.Sleep(time.Minute)
		if who := u.review(token); !who.Authenticated {
			t.Errorf("after a reload the token is not valid: %+v", who)
		}
		events, err := u.CoreV1().Events("default").List(t.Context(), metav1.ListOptions{FieldSelector: "reason=FailedMount"})
		u.must(err)
		if len(events.Items) > 0 {
			t.Errorf("after a reload %s", events.Items[0].Message)
		}
		time.Sleep(time.Minute)
		again := strings.TrimSpace(u.log("reader", "default"))
		if who := u.review(again); !who.Authenticated {
			t.Errorf("the token after a reload is not valid: %+v", who)
		}
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "reader", metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}))
		time.Sleep(10 * time.Second)
		if who := u.review(token); who.Authenticated {
			t.Error("the token outlives its pod")
		}
	})
}

const callers = `
{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: robot}]
---
apiVersion: v1
kind: Pod
metadata: {name: caller}
spec:
  restartPolicy: Never
  serviceAccountName: robot
  containers:
  - name: curl
    image: curlimages/curl:8.14.1
    command:
    - sh
    - -c
    - |
      APISERVER=https://kubernetes.default.svc
      SERVICEACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
      NAMESPACE=$(cat ${SERVICEACCOUNT}/namespace)
      TOKEN=$(cat ${SERVICEACCOUNT}/token)
      CACERT=${SERVICEACCOUNT}/ca.crt
      curl -s --cacert ${CACERT} --header "Authorization: Bearer ${TOKEN}" -X GET ${APISERVER}/api
      echo
      ask() { curl -s -o /tmp/answer -w '%{http_code} ' --cacert ${CACERT} "$@"; grep '"message"' /tmp/answer || echo; }
      ask --header "Authorization: Bearer ${TOKEN}" ${APISERVER}/api/v1/namespaces/${NAMESPACE}/configmaps
      ask --header "Authorization: Bearer ${TOKEN}" https://${KUBERNETES_SERVICE_HOST}:${KUBERNETES_SERVICE_PORT}/api/v1/namespaces/${NAMESPACE}/secrets
      ask --header "Authorization: Bearer nonsense" ${APISERVER}/api
      ask ${APISERVER}/api/v1/namespaces/${NAMESPACE}/configmaps
      ask ${APISERVER}/version
      curl -sS ${APISERVER}/version 2>&1 | head -n 1
      curl -s http://kubernetes.default.svc:443/
  - name: watch
    image: curlimages/curl:8.14.1
    command:
    - sh
    - -c
    - |
      cd /var/run/secrets/kubernetes.io/serviceaccount
      curl -sN -m 60 --cacert ca.crt -H "Authorization: Bearer $(cat token)" "https://kubernetes.default.svc/api/v1/namespaces/default/configmaps?watch=true&fieldSelector=metadata.name=later"
      echo $?
  - {name: wget, image: "busybox:1.36", command: [sh, -c, "wget -qO- https://kubernetes.default.svc/healthz"]}
`

// A program in a pod reaches the API server by TLS in the name of the pod's service
// account, as the page "Accessing the Kubernetes API from a Pod" of Kubernetes shows it.
func TestPodsReachTheAPI(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 6}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(callers)
		u.until("the first caller's end", time.Minute, func() bool {
			statuses := u.pod("caller").Status.ContainerStatuses
			return len(statuses) == 3 && statuses[0].State.Terminated != nil
		})
		u.apply(`{apiVersion: v1, kind: ConfigMap, metadata: {name: later}}`)
		time.Sleep(5 * time.Second)
		if got := u.log("caller", "watch"); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, `{"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"later"`) {
			t.Errorf("while the watch runs it has printed %q", got)
		}
		u.until("the end of the watch", 2*time.Minute, func() bool { return u.pod("caller").Status.Phase == corev1.PodSucceeded })
		if got := u.log("caller", "watch"); !strings.HasSuffix(got, "}\n28\n") {
			t.Errorf("the watch has printed %q", got)
		}
		const want = `{
  "kind": "APIVersions",
  "versions": [
    "v1"
  ],
  "serverAddressByClientCIDRs": [
    {
      "clientCIDR": "0.0.0.0/0",
      "serverAddress": "172.18.0.254:6443"
    }
  ]
}
200 
403   "message": "secrets is forbidden: User \"system:serviceaccount:default:robot\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"",
401   "message": "Unauthorized",
403   "message": "configmaps is forbidden: User \"system:anonymous\" cannot list resource \"configmaps\" in API group \"\" in the namespace \"default\"",
200 
curl: (60) SSL certificate problem: unable to get local issuer certificate
Client sent an HTTP request to an HTTPS server.
`
		if got := u.log("caller", "curl"); got != want {
			t.Errorf("curl printed\n%s\nwant\n%s", got, want)
		}
		if got := u.log("caller", "wget"); !strings.HasSuffix(got, "ok") {
			t.Errorf("wget printed %q", got)
		}
	})
}

const discoverers = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: discovery}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:service-account-issuer-discovery"}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
---
apiVersion: v1
kind: Pod
metadata: {name: validator}
spec:
  restartPolicy: Never
  volumes: [{name: token, projected: {sources: [{serviceAccountToken: {path: token, audience: somebody, expirationSeconds: 600}}]}}]
  containers:
  - name: right
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [test-service-account-issuer-discovery, --token-path, /tokens/token, --audience, somebody]
    volumeMounts: [{name: token, mountPath: /tokens}]
  - name: wrong
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [test-service-account-issuer-discovery, --token-path, /tokens/token, --audience, nobody]
    volumeMounts: [{name: token, mountPath: /tokens}]
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.66.1", args: [inclusterclient, --poll-interval=5]}]
`

// Kubernetes' test program finds the issuer of its token and verifies it, and asks for
// the API server's health with one that is renewed.
func TestDiscoveryOfTheIssuerInPods(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 7}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(discoverers)
		u.until("the end of the validators", time.Minute, func() bool { return u.pod("validator").Status.Phase == corev1.PodFailed })
		for _, status := range u.pod("validator").Status.ContainerStatuses {
			code, want := status.State.Terminated.ExitCode, map[string]int32{"wrong": 1}[status.Name]
			said := u.log("validator", status.Name)
			if code != want || strings.Contains(said, "OK: Got valid claims from token!") != (want == 0) {
				t.Errorf("%s: exit status %d, it said %s", status.Name, code, said)
			}
		}
		if said := u.log("validator", "wrong"); !strings.Contains(said, `in-cluster discovery: oidc: expected audience "nobody" got ["somebody"]`) {
			t.Errorf("the wrong validator said %s", said)
		}
		time.Sleep(15 * time.Second)
		hashes := func() map[string]bool {
			said, found := u.log("client", "c"), map[string]bool{}
			if strings.Contains(said, "status=failed") || !strings.Contains(said, "calling /healthz") {
				t.Errorf("the client said %s", said)
			}
			for line := range strings.Lines(said) {
				if _, hash, ok := strings.Cut(line, "authz_header="); ok {
					found[hash] = true
				}
			}
			return found
		}
		if found := hashes(); len(found) != 1 {
			t.Errorf("%d tokens at first", len(found))
		}
		time.Sleep(52 * time.Minute)
		if found := hashes(); len(found) != 2 {
			t.Errorf("%d tokens in the end", len(found))
		}
	})
}
