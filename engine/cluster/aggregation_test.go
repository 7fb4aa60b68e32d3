package cluster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// aggregated is upstream's sample API server behind a Service and an APIService. It lacks
// the certificate, its key and its authority, in base64.
const aggregated = `
{apiVersion: v1, kind: Secret, metadata: {name: sample}, data: {tls.crt: %[1]s, tls.key: %[2]s}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sample}
spec:
  selector: {matchLabels: {app: sample}}
  template:
    metadata: {labels: {app: sample}}
    spec:
      volumes: [{name: certificate, secret: {secretName: sample}}]
      containers:
      - name: server
        image: registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2
        args: ["--etcd-servers=http://127.0.0.1:2379", --tls-cert-file=/certificate/tls.crt, --tls-private-key-file=/certificate/tls.key, --audit-log-path=-]
        readinessProbe: {httpGet: {path: /readyz, port: 443, scheme: HTTPS}, periodSeconds: 1}
        volumeMounts: [{name: certificate, mountPath: /certificate}]
      - name: etcd
        image: registry.k8s.io/etcd:3.6.5-0
        command: [/usr/local/bin/etcd, --listen-client-urls, "http://127.0.0.1:2379"]
---
{apiVersion: v1, kind: Service, metadata: {name: sample}, spec: {selector: {app: sample}, ports: [{port: 7443, targetPort: 443}]}}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1alpha1.wardle.example.com}
spec:
  group: wardle.example.com
  version: v1alpha1
  service: {namespace: default, name: sample, port: 7443}
  caBundle: %[3]s
  groupPriorityMinimum: 2000
  versionPriority: 200
`

// An API server in a pod serves its resources through the cluster's own.
func TestAggregatedServer(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 4}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		certificate, key, authority := newWebhook(u, "sample.default.svc").encoded(u)
		u.apply(fmt.Sprintf(aggregated, certificate, key, authority))
		flunders := dynamic.NewForConfigOrDie(running.RESTConfig()).
			Resource(schema.GroupVersionResource{Group: "wardle.example.com", Version: "v1alpha1", Resource: "flunders"}).Namespace("default")
		u.until("an answer of the sample API server", 2*time.Minute, func() bool {
			_, err := flunders.List(t.Context(), metav1.ListOptions{})
			return err == nil
		})

		watch, err := flunders.Watch(t.Context(), metav1.ListOptions{})
		u.must(err)
		defer watch.Stop()
		made, err := flunders.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "wardle.example.com/v1alpha1", "kind": "Flunder", "metadata": map[string]any{"name": "one"},
			"spec": map[string]any{"reference": "elsewhere", "referenceType": "Flunder"},
		}}, metav1.CreateOptions{})
		u.must(err)
		if made.GetUID() == "" || made.GetGeneration() != 0 && made.GetGeneration() != 1 {
			t.Errorf("the new flunder is %v", made.Object)
		}
		if event := <-watch.ResultChan(); event.Type != "ADDED" || event.Object.(*unstructured.Unstructured).GetName() != "one" {
			t.Errorf("the watch tells %v", event)
		}
		list, err := flunders.List(t.Context(), metav1.ListOptions{})
		u.must(err)
		if len(list.Items) != 1 || list.Items[0].GetName() != "one" {
			t.Errorf("got the flunders %v, want one", list.Items)
		}

		fischers := dynamic.NewForConfigOrDie(running.RESTConfig()).
			Resource(schema.GroupVersionResource{Group: "wardle.example.com", Version: "v1alpha1", Resource: "fischers"})
		_, err = fischers.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "wardle.example.com/v1alpha1", "kind": "Fischer", "metadata": map[string]any{"name": "f"}, "disallowedFlunders": []any{"two"},
		}}, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(time.Second)
		made.Object["metadata"] = map[string]any{"name": "two"}
		if _, err := flunders.Create(t.Context(), made, metav1.CreateOptions{}); !apierrors.IsForbidden(err) {
			t.Errorf("a flunder that a fischer bans: got %v", err)
		}

		_, resources, err := u.Discovery().ServerGroupsAndResources()
		u.must(err)
		if !slices.ContainsFunc(resources, func(list *metav1.APIResourceList) bool { return list.GroupVersion == "wardle.example.com/v1alpha1" }) {
			t.Error("discovery does not have wardle.example.com/v1alpha1")
		}
		client := u.Discovery().RESTClient()
		index, err := client.Get().AbsPath("/openapi/v3").DoRaw(t.Context())
		u.must(err)
		if !strings.Contains(string(index), `"apis/wardle.example.com/v1alpha1":{"serverRelativeURL":"/openapi/v3/apis/wardle.example.com/v1alpha1?hash=`) ||
			!strings.Contains(string(index), `"apis/apps/v1":`) {
			t.Errorf("the index of the OpenAPI documents is %s", index)
		}
		document, err := client.Get().AbsPath("/openapi/v3/apis/wardle.example.com/v1alpha1").DoRaw(t.Context())
		u.must(err)
		if !strings.Contains(string(document), "FlunderSpec") {
			t.Errorf("the OpenAPI document of the sample API server is %s", document)
		}

		// Who may not, may not: RBAC decides before the request is passed on.
		nobody := u.as("nobody").Discovery().RESTClient()
		if err := nobody.Get().AbsPath("/apis/wardle.example.com/v1alpha1/namespaces/default/flunders").Do(t.Context()).Error(); !apierrors.IsForbidden(err) {
			t.Errorf("nobody gets %v", err)
		}

		u.must(u.AppsV1().Deployments("default").Delete(t.Context(), "sample", metav1.DeleteOptions{}))
		u.until("the end of the answers", 2*time.Minute, func() bool {
			_, err := flunders.List(t.Context(), metav1.ListOptions{})
			return apierrors.IsServiceUnavailable(err)
		})
		u.until("an APIService without endpoints", time.Minute, func() bool {
			raw, err := client.Get().AbsPath("/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.wardle.example.com").SetHeader("Accept", "application/json").DoRaw(t.Context())
			u.must(err)
			return strings.Contains(string(raw), `"reason":"MissingEndpoints"`)
		})
	})
}

// What comes from elsewhere than the cluster's API server is nobody's request.
func TestAggregatedServerTrustsOnlyItsProxy(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 4}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.apply(`
apiVersion: v1
kind: Pod
metadata: {name: sample}
spec:
  containers:
  - {name: server, image: "registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2", args: ["--etcd-servers=http://localhost:2379"]}
  - {name: etcd, image: "registry.k8s.io/etcd:3.6.5-0"}
  - name: client
    image: curlimages/curl:8.10.1
    command: [sh, -c, "sleep 20; for path in /readyz /apis/wardle.example.com/v1alpha1/namespaces/default/flunders; do curl -sk -H 'X-Remote-User: kubernetes-admin' -H 'X-Remote-Group: system:masters' https://localhost$path; done"]
`)
		time.Sleep(time.Minute)
		var log string
		u.until("two answers to the client", 5*time.Minute, func() bool {
			log = u.log("sample", "client")
			return strings.Contains(log, `"code"`)
		})
		if !strings.HasPrefix(log, "ok") || !strings.Contains(log, `"code": 403`) {
			t.Errorf("a client beside the server got %s", log)
		}
	})
}
