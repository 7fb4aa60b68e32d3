package cluster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// hooks are agnhost's webhooks in two pods behind Services, what the API server asks them,
// and a custom resource of which one converts the versions. It lacks the certificate, its
// key and its authority, in base64.
const hooks = `
apiVersion: v1
kind: Secret
metadata: {name: webhook}
data: {tls.crt: %[1]s, tls.key: %[2]s}
---
apiVersion: v1
kind: Pod
metadata: {name: admission, labels: {app: admission}}
spec:
  volumes: [{name: certificate, secret: {secretName: webhook}}]
  containers:
  - name: c
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [webhook, --tls-cert-file=/certificate/tls.crt, --tls-private-key-file=/certificate/tls.key, --port=8444, --sidecar-image=busybox:1.36]
    readinessProbe: {httpGet: {path: /readyz, port: 8444, scheme: HTTPS}, periodSeconds: 1}
    volumeMounts: [{name: certificate, mountPath: /certificate}]
---
apiVersion: v1
kind: Pod
metadata: {name: conversion, labels: {app: conversion}}
spec:
  volumes: [{name: certificate, secret: {secretName: webhook}}]
  containers:
  - name: c
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [crd-conversion-webhook, --tls-cert-file=/certificate/tls.crt, --tls-private-key-file=/certificate/tls.key, --port=9443]
    volumeMounts: [{name: certificate, mountPath: /certificate}]
---
{apiVersion: v1, kind: Service, metadata: {name: admission}, spec: {selector: {app: admission}, ports: [{port: 8443, targetPort: 8444}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: conversion}, spec: {selector: {app: conversion}, ports: [{port: 9443}]}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: addresses.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: addresses, singular: address, kind: Address}
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1, v1beta1]
      clientConfig: {service: {namespace: default, name: conversion, port: 9443, path: /crdconvert}, caBundle: %[3]s}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {hostPort: {type: string}}}}}
  - {name: v2, served: true, storage: false, schema: {openAPIV3Schema: {type: object, properties: {host: {type: string}, port: {type: string}}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hooks}
webhooks:
- name: configmaps.example.com
  clientConfig: {service: {namespace: default, name: admission, port: 8443, path: /configmaps}, caBundle: %[3]s}
  rules: [{operations: [CREATE, UPDATE, DELETE], apiGroups: [""], apiVersions: [v1], resources: [configmaps]}]
  sideEffects: None
  admissionReviewVersions: [v1, v1beta1]
  objectSelector: {matchLabels: {hooked: "yes"}}
- name: definitions.example.com
  clientConfig: {service: {namespace: default, name: admission, port: 8443, path: /crd}, caBundle: %[3]s}
  rules: [{operations: [CREATE], apiGroups: [apiextensions.k8s.io], apiVersions: ["*"], resources: [customresourcedefinitions]}]
  sideEffects: None
  admissionReviewVersions: [v1]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: hooks}
webhooks:
- name: first.example.com
  clientConfig: &mutating {service: {namespace: default, name: admission, port: 8443, path: /mutating-configmaps}, caBundle: %[3]s}
  rules: &written [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [configmaps]}]
  sideEffects: None
  admissionReviewVersions: [v1]
  objectSelector: {matchLabels: {hooked: "yes"}}
- name: second.example.com
  clientConfig: *mutating
  rules: *written
  sideEffects: None
  admissionReviewVersions: [v1]
  objectSelector: {matchLabels: {hooked: "yes"}}
- name: sidecars.example.com
  clientConfig: {service: {namespace: default, name: admission, port: 8443, path: /mutating-pods-sidecar}, caBundle: %[3]s}
  rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
  sideEffects: None
  admissionReviewVersions: [v1]
  objectSelector: {matchLabels: {hooked: "yes"}}
`

// The webhooks of the official suite run in pods, as it runs them.
func TestAgnhostWebhooks(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 4}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		certificate, key, authority := newWebhook(u, "*.default.svc").encoded(u)
		u.apply(fmt.Sprintf(hooks, certificate, key, authority))
		time.Sleep(time.Minute)
		for _, name := range []string{"admission", "conversion"} {
			if endpoints := u.endpoints(name); len(endpoints) != 1 {
				t.Fatalf("%s has the endpoints %v; it said %s", name, endpoints, u.log(name, "c"))
			}
		}

		configMaps := u.CoreV1().ConfigMaps("default")
		made := func(name string, data map[string]string) (*corev1.ConfigMap, error) {
			return configMaps.Create(t.Context(), &corev1.ConfigMap{
				ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"hooked": "yes"}}, Data: data,
			}, metav1.CreateOptions{})
		}
		_, err := made("refused", map[string]string{"webhook-e2e-test": "webhook-disallow"})
		if want := `admission webhook "configmaps.example.com" denied the request: the configmap contains unwanted key and value`; err == nil || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
		changed, err := made("changed", map[string]string{"mutation-start": "yes"})
		u.must(err)
		if changed.Data["mutation-stage-1"] != "yes" || changed.Data["mutation-stage-2"] != "yes" {
			t.Errorf("two webhooks in a row have made %v", changed.Data)
		}
		_, err = made("kept", map[string]string{"webhook-e2e-test": "webhook-nondeletable"})
		u.must(err)
		if err := configMaps.Delete(t.Context(), "kept", metav1.DeleteOptions{}); err == nil {
			t.Error("what cannot be deleted was deleted")
		}
		pod, err := u.createPod("hooked", func(pod *corev1.Pod) { pod.Labels = map[string]string{"hooked": "yes"} })
		u.must(err)
		if last := pod.Spec.Containers[len(pod.Spec.Containers)-1]; last.Name != "webhook-added-sidecar" || last.Image != "busybox:1.36" {
			t.Errorf("the pod's last container is %s of %s", last.Name, last.Image)
		}

		addresses := func(version string) dynamic.ResourceInterface {
			return dynamic.NewForConfigOrDie(running.RESTConfig()).
				Resource(schema.GroupVersionResource{Group: "stable.example.com", Version: version, Resource: "addresses"}).Namespace("default")
		}
		_, err = addresses("v1").Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "stable.example.com/v1", "kind": "Address", "metadata": map[string]any{"name": "a"}, "hostPort": "localhost:8080",
		}}, metav1.CreateOptions{})
		u.must(err)
		newer, err := addresses("v2").Get(t.Context(), "a", metav1.GetOptions{})
		u.must(err)
		if newer.Object["host"] != "localhost" || newer.Object["port"] != "8080" {
			t.Errorf("in v2 the address is %v", newer.Object)
		}
		newer.Object["port"] = "9090"
		_, err = addresses("v2").Update(t.Context(), newer, metav1.UpdateOptions{})
		u.must(err)
		older, err := addresses("v1").Get(t.Context(), "a", metav1.GetOptions{})
		u.must(err)
		if older.Object["hostPort"] != "localhost:9090" {
			t.Errorf("in v1 the address is %v", older.Object)
		}
		older.Object["hostPort"] = "nonsense"
		_, err = addresses("v1").Update(t.Context(), older, metav1.UpdateOptions{})
		u.must(err)
		_, err = addresses("v2").Get(t.Context(), "a", metav1.GetOptions{})
		if err == nil || !strings.Contains(err.Error(), "invalid hostPort value `nonsense`") || apierrors.IsNotFound(err) {
			t.Errorf("an address that cannot be converted: error %v", err)
		}
	})
}
