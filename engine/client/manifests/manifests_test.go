package manifests_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/client/manifests"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/store"
)

const made = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, labels: {app: web}}
data: {greeting: hello}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: shop}
stringData: {password: secret}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {sim.tabernetes.dev/cpu: 250m}}
    spec: {containers: [{name: web, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: headless
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "nginx:1.27", volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {ports: [{port: 5432}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: outside-1, labels: {kubernetes.io/service-name: outside, endpointslice.kubernetes.io/managed-by: staff}}
addressType: IPv4
endpoints: [{addresses: [198.51.100.7]}]
ports: [{port: 5432}]
---
apiVersion: v1
kind: Pod
metadata: {name: alone}
spec:
  containers: [{name: web, image: "nginx:1.27"}]
  tolerations: [{key: mine, operator: Exists}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: once, image: "busybox:1.36", command: [sh, -c, "exit 0"]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: often}
spec:
  schedule: "*/5 * * * *"
  suspend: true
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: often, image: "busybox:1.36", command: [sh, -c, "exit 0"]}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
`

// aWhile ends at a moment at which nothing else happens: the cluster is stopped
// in the middle of no change.
const aWhile = time.Minute + 337*time.Millisecond

// What is written is taken by kubectl apply on a fresh cluster, without a
// warning, and makes there the same objects again.
func TestManifestsMakeTheSameObjectsAgain(t *testing.T) {
	var first, second []byte
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		applyAll(t, running, []byte(made), 14)
		time.Sleep(aWhile)
		first = written(t, running)
	})
	clustertest.Virtual(t, cluster.Options{Seed: 2}, func(t *testing.T, running *cluster.Cluster) {
		applyAll(t, running, first, 15) // with the claim of the StatefulSet
		time.Sleep(aWhile)
		second = written(t, running)
	})
	if string(first) != string(second) {
		t.Errorf("written again: got\n%s\nwant\n%s", second, first)
	}
	for _, field := range []string{
		"status:", "uid:", "resourceVersion:", "managedFields:", "generation:", "creationTimestamp:",
		"ownerReferences:", "nodeName:", "kube-system", "kube-api-access", "last-applied", "controller-uid", "10.96.",
		"kube-apiserver-serving",
	} {
		if strings.Contains(string(first), field) {
			t.Errorf("manifests: got %q in\n%s", field, first)
		}
	}
	for _, field := range []string{"clusterIP: None", "key: mine", "sim.tabernetes.dev/cpu: 250m"} {
		if !strings.Contains(string(first), field) {
			t.Errorf("manifests: got no %q in\n%s", field, first)
		}
	}
}

// A cluster without what it makes again starts, and makes it.
func TestAClusterRemakesWhatIsLeftOut(t *testing.T) {
	var small cluster.Options
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		applyAll(t, running, []byte(made), 14)
		time.Sleep(aWhile)
		snapshot := running.Store().Snapshot()
		before := len(snapshot.Values)
		values, err := apiserver.ReadableValues(snapshot.Values)
		if err != nil {
			t.Fatal(err)
		}
		snapshot.Values = slices.DeleteFunc(values, func(value store.Value) bool { return manifests.Generated(value.Encoded) })
		if after := len(snapshot.Values); after > before/2 {
			t.Errorf("left: got %d of %d objects, want less than half", after, before)
		}
		small = cluster.Options{Seed: 1, Restore: &snapshot}
	})
	clustertest.Virtual(t, small, func(t *testing.T, running *cluster.Cluster) {
		time.Sleep(aWhile)
		found := map[string]bool{}
		for _, value := range running.Store().Snapshot().Values {
			found[value.Key] = true
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(key string) bool {
			return strings.HasPrefix(key, "/registry/clustertrustbundles/kubernetes.io:kube-apiserver-serving:")
		}) {
			t.Error("the bundle of the API server is not there")
		}
		for _, key := range []string{
			"/registry/clusterroles/reader", "/registry/leases/kube-node-lease/node-1",
			"/registry/deployments/shop/web", "/registry/priorityclasses/system-node-critical",
		} {
			if !found[key] {
				t.Errorf("%s is not there", key)
			}
		}
	})
}

func applyAll(t *testing.T, running *cluster.Cluster, text []byte, want int) {
	t.Helper()
	results := apply.Apply(t.Context(), running.RESTConfig(), text, apply.Options{})
	for _, result := range results {
		if result.Error != nil || len(result.Warnings) > 0 {
			t.Errorf("apply %s %q: got error %v, warnings %q", result.Kind, result.Name, result.Error, result.Warnings)
		}
	}
	if len(results) != want {
		t.Errorf("applied: got %d objects, want %d", len(results), want)
	}
}

func written(t *testing.T, running *cluster.Cluster) []byte {
	t.Helper()
	var objects []json.RawMessage
	values, err := apiserver.ReadableValues(running.Store().Snapshot().Values)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range values {
		objects = append(objects, value.Encoded)
	}
	text, err := manifests.Write(objects)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
