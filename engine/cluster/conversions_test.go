package cluster_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/inprocess"
)

// converted is a custom resource whose versions have no field in common, what converts
// them, and fields of each that can be selected.
const converted = `
apiVersion: v1
kind: Secret
metadata: {name: webhook}
data: {tls.crt: %[1]s, tls.key: %[2]s}
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
      conversionReviewVersions: [v1]
      clientConfig: {service: {namespace: default, name: conversion, port: 9443, path: /crdconvert}, caBundle: %[3]s}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {hostPort: {type: string}}}}
    selectableFields: [{jsonPath: .hostPort}]
  - name: v2
    served: true
    storage: false
    schema: {openAPIV3Schema: {type: object, properties: {host: {type: string}, port: {type: string}}}}
    selectableFields: [{jsonPath: .host}, {jsonPath: .port}]
    additionalPrinterColumns: [{name: Host, type: string, jsonPath: .host}]
`

// addresses are the client of a version of them.
func (u *user) addresses(version string) dynamic.ResourceInterface {
	return dynamic.NewForConfigOrDie(u.running.RESTConfig()).
		Resource(schema.GroupVersionResource{Group: "stable.example.com", Version: version, Resource: "addresses"}).Namespace("default")
}

func (u *user) createAddress(name string, fields map[string]any, version string) {
	u.t.Helper()
	object := map[string]any{"apiVersion": "stable.example.com/" + version, "kind": "Address", "metadata": map[string]any{"name": name}}
	for field, value := range fields {
		object[field] = value
	}
	_, err := u.addresses(version).Create(u.t.Context(), &unstructured.Unstructured{Object: object}, metav1.CreateOptions{})
	u.must(err)
}

// expects reads events, as "TYPE name".
func (u *user) expects(from watch.Interface, what string, want ...string) {
	u.t.Helper()
	for _, next := range want {
		select {
		case event := <-from.ResultChan():
			object, ok := event.Object.(*unstructured.Unstructured)
			if !ok {
				u.t.Errorf("%s: got %v, want %s", what, event, next)
				return
			}
			if got := string(event.Type) + " " + object.GetName(); got != next {
				u.t.Errorf("%s: got %s, want %s", what, got, next)
			}
		case <-time.After(time.Minute):
			u.t.Errorf("%s: got nothing, want %s", what, next)
			return
		}
	}
}

// Fields of a version that is not stored select by what a webhook makes of the objects:
// in lists, in watches, in a deletion of many, and after a restart.
func TestSelectByFieldsOfAnotherVersion(t *testing.T) {
	atTheTower := metav1.ListOptions{FieldSelector: "host=tower"}
	var restored store.Snapshot
	clustertest.Virtual(t, cluster.Options{Seed: 8}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		certificate, key, authority := newWebhook(u, "*.default.svc").encoded(u)
		u.apply(fmt.Sprintf(converted, certificate, key, authority))
		time.Sleep(time.Minute)
		follow := func(version, selector string) watch.Interface {
			t.Helper()
			watched, err := u.addresses(version).Watch(t.Context(), metav1.ListOptions{FieldSelector: selector})
			u.must(err)
			t.Cleanup(watched.Stop)
			return watched
		}
		host, both, stored := follow("v2", "host=tower"), follow("v2", "host=tower,port=1"), follow("v1", "hostPort=tower:1")
		u.createAddress("first", map[string]any{"hostPort": "tower:1"}, "v1")
		u.createAddress("second", map[string]any{"host": "tower", "port": "2"}, "v2")
		u.createAddress("third", map[string]any{"host": "mill", "port": "1"}, "v2")
		u.expects(host, "host", "ADDED first", "ADDED second")
		u.expects(both, "host and port", "ADDED first")
		u.expects(stored, "the stored version", "ADDED first")
		if got := u.names("v2", atTheTower); !slices.Equal(got, []string{"first", "second"}) {
			t.Errorf("at the tower are %q", got)
		}
		if _, err := u.addresses("v1").List(t.Context(), atTheTower); !apierrors.IsBadRequest(err) {
			t.Errorf("v1 has no host, and says %v", err)
		}
		u.rows(t)

		second, err := u.addresses("v2").Get(t.Context(), "second", metav1.GetOptions{})
		u.must(err)
		second.Object["host"] = "mill"
		_, err = u.addresses("v2").Update(t.Context(), second, metav1.UpdateOptions{})
		u.must(err)
		u.must(u.addresses("v2").DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "host=tower,port=1"}))
		u.expects(host, "host", "DELETED second", "DELETED first")
		u.expects(both, "host and port", "DELETED first")
		u.expects(stored, "the stored version", "DELETED first")
		u.createAddress("fourth", map[string]any{"hostPort": "tower:4"}, "v1")
		u.expects(host, "host", "ADDED fourth")
		restored = running.Store().Snapshot()

		// Without the webhook a watch ends with what the API server could not do.
		grace := int64(0)
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "conversion", metav1.DeleteOptions{GracePeriodSeconds: &grace}))
		time.Sleep(10 * time.Second)
		u.createAddress("fifth", map[string]any{"hostPort": "tower:5"}, "v1")
		event := <-host.ResultChan()
		if err := apierrors.FromObject(event.Object); event.Type != watch.Error || !apierrors.IsInternalError(err) {
			t.Errorf("a watch whose webhook is gone got %v", event)
		}
	})
	if t.Failed() {
		return
	}
	clustertest.Virtual(t, cluster.Options{Seed: 8, Restore: &restored}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		time.Sleep(time.Minute)
		if got := u.names("v2", atTheTower); !slices.Equal(got, []string{"fourth"}) {
			t.Errorf("after a restart at the tower are %q", got)
		}
		again, err := u.addresses("v2").Watch(t.Context(), metav1.ListOptions{FieldSelector: "host=mill", ResourceVersion: "0"})
		u.must(err)
		defer again.Stop()
		u.expects(again, "after a restart", "ADDED second", "ADDED third")
		u.must(u.addresses("v1").Delete(t.Context(), "third", metav1.DeleteOptions{}))
		u.expects(again, "after a restart", "DELETED third")
	})
}

// names lists addresses.
func (u *user) names(version string, options metav1.ListOptions) []string {
	u.t.Helper()
	list, err := u.addresses(version).List(u.t.Context(), options)
	u.must(err)
	var names []string
	for _, item := range list.Items {
		names = append(names, item.GetName())
	}
	return names
}

// rows checks the table that "kubectl get --watch --field-selector" prints.
func (u *user) rows(t *testing.T) {
	t.Helper()
	const path = "/apis/stable.example.com/v2/namespaces/default/addresses?watch=true&resourceVersion=0&timeoutSeconds=1&fieldSelector=host%3Dmill"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://cluster"+path, nil)
	u.must(err)
	request.Header.Set("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
	response, err := (&inprocess.Transport{Handler: u.running.Handler()}).RoundTrip(request)
	u.must(err)
	defer response.Body.Close() //nolint:errcheck // it has been read
	body, err := io.ReadAll(response.Body)
	u.must(err)
	event := struct {
		Type   string
		Object metav1.Table
	}{}
	if err := json.Unmarshal(body, &event); err != nil || event.Type != "ADDED" || len(event.Object.Rows) != 1 {
		t.Fatalf("the watched table is %s (%v), want one row", body, err)
	}
	if got := fmt.Sprint(event.Object.Rows[0].Cells); got != "[third mill]" {
		t.Errorf("its row is %s, want the name and the host", got)
	}
}
