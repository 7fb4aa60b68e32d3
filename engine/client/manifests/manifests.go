package manifests

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// Write writes the objects that a user has made as one YAML stream, each without
// what the cluster has filled in. Objects are in an order in which they can be
// created: those that others refer to come first.
func Write(objects []json.RawMessage) ([]byte, error) {
	var made []unstructured.Unstructured
	for _, encoded := range objects {
		var object unstructured.Unstructured
		if err := json.Unmarshal(encoded, &object.Object); err != nil {
			return nil, fmt.Errorf("write manifests: %w", err)
		}
		if object.GetDeletionTimestamp() != nil || ofCluster(object) {
			continue
		}
		clean(object)
		made = append(made, object)
	}
	slices.SortFunc(made, func(a, b unstructured.Unstructured) int {
		return cmp.Or(
			cmp.Compare(rank(a.GetKind()), rank(b.GetKind())),
			cmp.Compare(a.GetNamespace(), b.GetNamespace()),
			cmp.Compare(a.GetKind(), b.GetKind()),
			cmp.Compare(a.GetName(), b.GetName()),
		)
	})
	var stream bytes.Buffer
	for i, object := range made {
		if i > 0 {
			stream.WriteString("---\n")
		}
		written, err := yaml.Marshal(object.Object)
		if err != nil {
			return nil, fmt.Errorf("write manifest of %s %q: %w", object.GetKind(), object.GetName(), err)
		}
		stream.Write(written)
	}
	return stream.Bytes(), nil
}

// order has the kinds that others refer to, in the order in which they are created.
var order = []string{
	"Namespace", "CustomResourceDefinition", "PriorityClass", "StorageClass", "ResourceQuota", "LimitRange",
	"ServiceAccount", "Secret", "ConfigMap", "PersistentVolume", "PersistentVolumeClaim",
	"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Service",
}

func rank(kind string) int {
	if at := slices.Index(order, kind); at >= 0 {
		return at
	}
	return len(order)
}

// clusterMetadata is what a cluster writes into any object's metadata.
var clusterMetadata = []string{
	"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
	"managedFields", "selfLink", "ownerReferences",
}

// clusterAnnotations are written by kubectl apply and by controllers.
var clusterAnnotations = []string{
	"kubectl.kubernetes.io/last-applied-configuration",
	"deployment.kubernetes.io/revision",
	"deployment.kubernetes.io/revision-history",
	"deprecated.daemonset.template.generation",
	"pv.kubernetes.io/bind-completed",
	"pv.kubernetes.io/bound-by-controller",
	"volume.beta.kubernetes.io/storage-provisioner",
	"volume.kubernetes.io/storage-provisioner",
	"volume.kubernetes.io/selected-node",
	"endpoints.kubernetes.io/last-change-trigger-time",
}

// clean removes from an object what the cluster has filled in.
func clean(object unstructured.Unstructured) {
	fields := object.Object
	delete(fields, "status")
	metadata, ok := fields["metadata"].(map[string]any)
	if !ok {
		return
	}
	for _, field := range clusterMetadata {
		delete(metadata, field)
	}
	removeKeys(metadata, "annotations", func(key string) bool { return slices.Contains(clusterAnnotations, key) })
	removeKeys(metadata, "labels", func(key string) bool { return key == "kubernetes.io/metadata.name" })
	removeItems(metadata, "finalizers", func(item any) bool {
		finalizer, _ := item.(string)
		return strings.HasPrefix(finalizer, "kubernetes.io/") || !strings.Contains(finalizer, "/")
	})
	spec, ok := fields["spec"].(map[string]any)
	if !ok {
		return
	}
	switch object.GetKind() {
	case "Namespace":
		delete(fields, "spec")
	case "Pod":
		cleanPod(spec)
	case "Service":
		cleanService(spec)
	case "Job":
		cleanJob(metadata, spec)
	case "PersistentVolumeClaim":
		delete(spec, "volumeName")
	case "PersistentVolume":
		removeKeys(spec, "claimRef", func(key string) bool { return key == "uid" || key == "resourceVersion" })
	}
	if template, ok := spec["template"].(map[string]any); ok {
		cleanTemplate(template)
	}
	if template, ok := nested(spec, "jobTemplate"); ok {
		cleanTemplate(template)
		if template, ok := nested(template, "spec", "template"); ok {
			cleanTemplate(template)
		}
	}
	if claims, ok := spec["volumeClaimTemplates"].([]any); ok {
		for _, claim := range claims {
			if claim, ok := claim.(map[string]any); ok {
				delete(claim, "status")
				cleanTemplate(claim)
			}
		}
	}
}

// cleanTemplate removes the empty creation time from the metadata of a template.
func cleanTemplate(template map[string]any) {
	removeKeys(template, "metadata", func(key string) bool { return key == "creationTimestamp" })
}

// cleanService removes the allocated addresses; a headless service stays headless.
func cleanService(spec map[string]any) {
	if address, _ := spec["clusterIP"].(string); address != "None" {
		delete(spec, "clusterIP")
	}
	for _, field := range []string{"clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"} {
		delete(spec, field)
	}
}

// cleanPod removes what the scheduler and the admission chain have written.
func cleanPod(spec map[string]any) {
	for _, field := range []string{"nodeName", "priority", "preemptionPolicy", "serviceAccount"} {
		delete(spec, field)
	}
	if account, _ := spec["serviceAccountName"].(string); account == "default" {
		delete(spec, "serviceAccountName")
	}
	named := func(item any) bool {
		fields, _ := item.(map[string]any)
		name, _ := fields["name"].(string)
		return strings.HasPrefix(name, "kube-api-access-")
	}
	removeItems(spec, "volumes", named)
	for _, list := range []string{"containers", "initContainers", "ephemeralContainers"} {
		containers, _ := spec[list].([]any)
		for _, container := range containers {
			if container, ok := container.(map[string]any); ok {
				removeItems(container, "volumeMounts", named)
			}
		}
	}
	removeItems(spec, "tolerations", func(item any) bool {
		toleration, _ := item.(map[string]any)
		key, _ := toleration["key"].(string)
		return (key == "node.kubernetes.io/not-ready" || key == "node.kubernetes.io/unreachable") &&
			fmt.Sprint(toleration["tolerationSeconds"]) == "300"
	})
}

// cleanJob removes the selector that the API server makes, unless the user made
// it, and the labels that it selects by. They are on the job too, where the
// defaults copy them from its template.
func cleanJob(metadata, spec map[string]any) {
	if manual, _ := spec["manualSelector"].(bool); manual {
		return
	}
	delete(spec, "selector")
	ofController := func(key string) bool {
		switch key {
		case "controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name":
			return true
		}
		return false
	}
	removeKeys(metadata, "labels", ofController)
	if template, ok := nested(spec, "template", "metadata"); ok {
		removeKeys(template, "labels", ofController)
	}
}

func nested(fields map[string]any, path ...string) (map[string]any, bool) {
	for _, name := range path {
		next, ok := fields[name].(map[string]any)
		if !ok {
			return nil, false
		}
		fields = next
	}
	return fields, true
}

// removeKeys removes keys of a map that is a field, and the field once it is empty.
func removeKeys(parent map[string]any, field string, remove func(key string) bool) {
	keys, ok := parent[field].(map[string]any)
	if !ok {
		return
	}
	for key := range keys {
		if remove(key) {
			delete(keys, key)
		}
	}
	if len(keys) == 0 {
		delete(parent, field)
	}
}

// removeItems removes items of a list that is a field, and the field once it is empty.
func removeItems(parent map[string]any, field string, remove func(item any) bool) {
	items, ok := parent[field].([]any)
	if !ok {
		return
	}
	kept := slices.DeleteFunc(items, remove)
	if len(kept) == 0 {
		delete(parent, field)
		return
	}
	parent[field] = kept
}
