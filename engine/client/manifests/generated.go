package manifests

import (
	"encoding/json"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The marks by which upstream recognises its own objects when it starts.
const (
	// rbacBootstrapping is on the roles and bindings of
	// plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
	rbacBootstrapping = "kubernetes.io/bootstrapping"
	// flowAutoUpdate is on the objects of apiserver/pkg/apis/flowcontrol/bootstrap.
	flowAutoUpdate = "apf.kubernetes.io/autoupdate-spec"
	// apiServiceManaged is on the APIServices of kube-aggregator's autoregister.
	apiServiceManaged = "kube-aggregator.kubernetes.io/automanaged"
	// endpointsManagedBy and sliceManagedBy name the controller that keeps the
	// object up to date.
	endpointsManagedBy = "endpoints.kubernetes.io/managed-by"
	sliceManagedBy     = "endpointslice.kubernetes.io/managed-by"
	// servingSigner is whose ClusterTrustBundle kube-controller-manager publishes.
	servingSigner = "kubernetes.io/kube-apiserver-serving"
)

// Generated says whether a stored object can be left out when a cluster is saved: a
// cluster makes it again whenever it starts (default roles, flow schemas, priority
// classes), or it only reports (leases, events). A cluster restored from the rest
// looks the same to its users. The object is JSON; an unreadable one is kept.
func Generated(encoded []byte) bool {
	var object unstructured.Unstructured
	return json.Unmarshal(encoded, &object.Object) == nil && remade(object)
}

// remade says whether a cluster makes the object again when it starts, or goes
// on without it.
func remade(object unstructured.Unstructured) bool {
	labels, annotations := object.GetLabels(), object.GetAnnotations()
	switch object.GetKind() {
	case "Event", "Lease":
		return true
	case "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding":
		return labels[rbacBootstrapping] != ""
	case "FlowSchema", "PriorityLevelConfiguration":
		return annotations[flowAutoUpdate] == "true"
	case "PriorityClass":
		return strings.HasPrefix(object.GetName(), "system-")
	case "APIService":
		return labels[apiServiceManaged] != ""
	case "ClusterTrustBundle":
		signer, _, _ := unstructured.NestedString(object.Object, "spec", "signerName")
		return signer == servingSigner
	case "PodCertificateRequest":
		return true
	}
	return false
}

// ofCluster says whether the object is the cluster's and not a user's: remade,
// owned by another object, in a namespace of the system, or present in every
// namespace.
func ofCluster(object unstructured.Unstructured) bool {
	if remade(object) || len(object.GetOwnerReferences()) > 0 || isSystem(object.GetNamespace()) {
		return true
	}
	name, annotations, labels := object.GetName(), object.GetAnnotations(), object.GetLabels()
	switch object.GetKind() {
	case "Node", "CSINode", "ControllerRevision", "IPAddress", "VolumeAttachment", "RangeAllocation":
		return true
	case "Namespace":
		return name == "default" || isSystem(name)
	case "Service":
		return ofAPIServer(object)
	case "Endpoints":
		return ofAPIServer(object) || labels[endpointsManagedBy] != ""
	case "EndpointSlice":
		return ofAPIServer(object) || strings.HasSuffix(labels[sliceManagedBy], ".k8s.io")
	case "ClusterRole", "ClusterRoleBinding":
		return strings.HasPrefix(name, "kubeadm:")
	case "StorageClass":
		return name == "standard" && object.Object["provisioner"] == "rancher.io/local-path"
	case "ServiceAccount":
		return name == "default"
	case "ConfigMap":
		return name == "kube-root-ca.crt"
	case "ServiceCIDR":
		return name == "kubernetes"
	case "Secret":
		kind, _, _ := unstructured.NestedString(object.Object, "type")
		return kind == "kubernetes.io/service-account-token"
	case "PersistentVolume":
		return annotations["pv.kubernetes.io/provisioned-by"] != ""
	}
	return false
}

// ofAPIServer says whether the object belongs to the Service of the API server.
func ofAPIServer(object unstructured.Unstructured) bool {
	return object.GetName() == "kubernetes" && object.GetNamespace() == "default"
}

func isSystem(namespace string) bool { return strings.HasPrefix(namespace, "kube-") }
