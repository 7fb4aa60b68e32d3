package environment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	resourceutil "k8s.io/kubernetes/pkg/api/v1/resource"
	podfields "k8s.io/kubernetes/pkg/apis/core/pods"
	v1helper "k8s.io/kubernetes/pkg/apis/core/v1/helper"
	"k8s.io/kubernetes/pkg/fieldpath"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/envvars"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
	"k8s.io/utils/ptr"
)

// apiServerService is the Service in the namespace "default" whose variables
// every container gets.
const apiServerService = "kubernetes"

// Pod is the pod that a container is in.
type Pod interface {
	// Object is the newest state of the pod.
	Object() *corev1.Pod
	// Addresses returns the addresses of the pod's sandbox, or the node's for a
	// pod in the host's network.
	Addresses() []string
}

// Host is the node that a container runs on.
type Host interface {
	// InternalIP is the address of the node.
	InternalIP() string
	// Capacity is what the node can allocate to pods.
	Capacity() corev1.ResourceList
	// Services returns the Services of all namespaces.
	Services() ([]*corev1.Service, error)
	// ConfigMap and Secret find objects. The error is an API status NotFound.
	ConfigMap(namespace, name string) (*corev1.ConfigMap, error)
	Secret(namespace, name string) (*corev1.Secret, error)
}

// Of makes the variables of a container from its spec and from the existing
// Services, as the kubelet's makeEnvironmentVariables does, sorted by name. It
// returns an error if a ConfigMap, Secret, key or field is missing.
func Of(spec *corev1.Container, pod Pod, on Host) ([]kubecontainer.EnvVar, error) {
	s := &sources{
		pod: pod.Object(), addresses: pod.Addresses(), host: on,
		configMaps: map[string]*corev1.ConfigMap{}, secrets: map[string]*corev1.Secret{},
	}
	services, err := s.serviceEnvironment()
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for i := range spec.EnvFrom {
		if err := s.addAll(&spec.EnvFrom[i], values); err != nil {
			return nil, err
		}
	}
	lookUp := expansion.MappingFuncFor(values, services)
	for i := range spec.Env {
		variable := &spec.Env[i]
		value := variable.Value
		switch {
		case value != "":
			value = expansion.Expand(value, lookUp)
		case variable.ValueFrom != nil:
			found, skip, err := s.variableFrom(spec, variable.ValueFrom)
			if err != nil {
				return nil, err
			}
			if skip {
				continue
			}
			value = found
		}
		values[variable.Name] = value
	}
	for name, value := range services {
		if _, set := values[name]; !set {
			values[name] = value
		}
	}
	result := make([]kubecontainer.EnvVar, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		result = append(result, kubecontainer.EnvVar{Name: name, Value: values[name]})
	}
	return result, nil
}

// variableFrom returns the value of a source; skip says that the source is
// optional and does not exist.
func (s *sources) variableFrom(spec *corev1.Container, source *corev1.EnvVarSource) (value string, skip bool, err error) {
	switch {
	case source.FieldRef != nil:
		value, err = s.podField(source.FieldRef)
		return value, false, err
	case source.ResourceFieldRef != nil:
		value, err = s.resourceField(spec, source.ResourceFieldRef)
		return value, false, err
	case source.ConfigMapKeyRef != nil:
		return s.configMapKey(source.ConfigMapKeyRef)
	case source.SecretKeyRef != nil:
		return s.secretKey(source.SecretKeyRef)
	}
	return "", false, nil
}

// podField returns a field of the pod that the downward API supports.
func (s *sources) podField(field *corev1.ObjectFieldSelector) (string, error) {
	path, _, err := podfields.ConvertDownwardAPIFieldLabel(field.APIVersion, field.FieldPath, "")
	if err != nil {
		return "", err
	}
	switch path {
	case "spec.nodeName":
		return s.pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return s.pod.Spec.ServiceAccountName, nil
	case "status.hostIP", "status.hostIPs":
		return s.host.InternalIP(), nil
	case "status.podIP":
		if len(s.addresses) == 0 {
			return "", nil
		}
		return s.addresses[0], nil
	case "status.podIPs":
		return strings.Join(s.addresses, ","), nil
	}
	return fieldpath.ExtractFieldPathAsString(s.pod, path)
}

// resourceField returns a request or a limit; a limit that is not set is what the
// node can allocate to pods.
func (s *sources) resourceField(spec *corev1.Container, field *corev1.ResourceFieldSelector) (string, error) {
	allocatable := s.host.Capacity()
	if field.ContainerName != "" {
		return resourceutil.ExtractResourceValueByContainerNameAndNodeAllocatable(field, s.pod, field.ContainerName, allocatable)
	}
	limited := spec.DeepCopy()
	resourceutil.MergeContainerResourceLimits(limited, allocatable)
	return resourceutil.ExtractContainerResourceValue(field, limited)
}

// serviceEnvironment returns the variables that describe the Services of the pod's
// namespace, if the pod enables them, and the API server.
func (s *sources) serviceEnvironment() (map[string]string, error) {
	if s.pod.Spec.EnableServiceLinks == nil {
		return nil, fmt.Errorf("nil pod.spec.enableServiceLinks encountered, cannot construct envvars")
	}
	all, err := s.host.Services()
	if err != nil {
		return nil, fmt.Errorf("failed to list services when setting up env vars")
	}
	byName := map[string]*corev1.Service{}
	for _, service := range all {
		if !v1helper.IsServiceIPSet(service) {
			continue
		}
		switch {
		case service.Namespace == metav1.NamespaceDefault && service.Name == apiServerService:
			// A Service of that name in the pod's own namespace hides it.
			if _, exists := byName[service.Name]; !exists {
				byName[service.Name] = service
			}
		case service.Namespace == s.pod.Namespace && *s.pod.Spec.EnableServiceLinks:
			byName[service.Name] = service
		}
	}
	var wanted []*corev1.Service
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		wanted = append(wanted, byName[name])
	}
	variables := map[string]string{}
	for _, variable := range envvars.FromServices(wanted) {
		variables[variable.Name] = variable.Value
	}
	return variables, nil
}

// sources resolves the variables of one container: each ConfigMap and Secret is
// read once.
type sources struct {
	pod        *corev1.Pod
	addresses  []string
	host       Host
	configMaps map[string]*corev1.ConfigMap
	secrets    map[string]*corev1.Secret
}

// configMap returns nil, without an error, when the object does not exist and is
// optional.
func (s *sources) configMap(name string, optional *bool) (*corev1.ConfigMap, error) {
	if known, ok := s.configMaps[name]; ok {
		return known, nil
	}
	found, err := s.host.ConfigMap(s.pod.Namespace, name)
	if err != nil {
		if apierrors.IsNotFound(err) && ptr.Deref(optional, false) {
			return nil, nil //nolint:nilnil // intended: an optional object is missing
		}
		return nil, err
	}
	s.configMaps[name] = found
	return found, nil
}

func (s *sources) secret(name string, optional *bool) (*corev1.Secret, error) {
	if known, ok := s.secrets[name]; ok {
		return known, nil
	}
	found, err := s.host.Secret(s.pod.Namespace, name)
	if err != nil {
		if apierrors.IsNotFound(err) && ptr.Deref(optional, false) {
			return nil, nil //nolint:nilnil // as above
		}
		return nil, err
	}
	s.secrets[name] = found
	return found, nil
}

// addAll puts every key of a ConfigMap or Secret into values.
func (s *sources) addAll(source *corev1.EnvFromSource, values map[string]string) error {
	switch {
	case source.ConfigMapRef != nil:
		found, err := s.configMap(source.ConfigMapRef.Name, source.ConfigMapRef.Optional)
		if err != nil || found == nil {
			return err
		}
		for key, value := range found.Data {
			values[source.Prefix+key] = value
		}
	case source.SecretRef != nil:
		found, err := s.secret(source.SecretRef.Name, source.SecretRef.Optional)
		if err != nil || found == nil {
			return err
		}
		for key, value := range found.Data {
			values[source.Prefix+key] = string(value)
		}
	}
	return nil
}

func (s *sources) configMapKey(source *corev1.ConfigMapKeySelector) (value string, skip bool, err error) {
	found, err := s.configMap(source.Name, source.Optional)
	if err != nil || found == nil {
		return "", found == nil, err
	}
	value, exists := found.Data[source.Key]
	switch {
	case exists:
		return value, false, nil
	case ptr.Deref(source.Optional, false):
		return "", true, nil
	}
	return "", false, fmt.Errorf("couldn't find key %v in ConfigMap %v/%v", source.Key, s.pod.Namespace, source.Name)
}

func (s *sources) secretKey(source *corev1.SecretKeySelector) (value string, skip bool, err error) {
	found, err := s.secret(source.Name, source.Optional)
	if err != nil || found == nil {
		return "", found == nil, err
	}
	bytes, exists := found.Data[source.Key]
	switch {
	case exists:
		return string(bytes), false, nil
	case ptr.Deref(source.Optional, false):
		return "", true, nil
	}
	return "", false, fmt.Errorf("couldn't find key %v in Secret %v/%v", source.Key, s.pod.Namespace, source.Name)
}
