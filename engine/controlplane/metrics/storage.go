package metrics

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metainternalversion "k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	genericrequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	genericapiserver "k8s.io/apiserver/pkg/server"
	metricsapi "k8s.io/metrics/pkg/apis/metrics"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// Group returns the API group that the API server serves for the metrics server.
// In a real cluster an APIService leads to it; here it is served under the same
// path.
func (s *Server) Group() (*genericapiserver.APIGroupInfo, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{metricsapi.AddToScheme, v1beta1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	if err := scheme.SetVersionPriority(v1beta1.SchemeGroupVersion); err != nil {
		return nil, err
	}
	metav1.AddToGroupVersion(scheme, corev1.SchemeGroupVersion)
	group := genericapiserver.NewDefaultAPIGroupInfo(metricsapi.GroupName, scheme, metav1.ParameterCodec, serializer.NewCodecFactory(scheme))
	group.VersionedResourcesStorageMap[v1beta1.SchemeGroupVersion.Version] = map[string]rest.Storage{
		"nodes": nodeStorage{server: s},
		"pods":  podStorage{server: s},
	}
	return &group, nil
}

// nodeStorage serves NodeMetrics.
type nodeStorage struct{ server *Server }

var (
	_ rest.Getter               = nodeStorage{}
	_ rest.Lister               = nodeStorage{}
	_ rest.Scoper               = nodeStorage{}
	_ rest.KindProvider         = nodeStorage{}
	_ rest.SingularNameProvider = nodeStorage{}
)

func (nodeStorage) New() runtime.Object     { return &metricsapi.NodeMetrics{} }
func (nodeStorage) NewList() runtime.Object { return &metricsapi.NodeMetricsList{} }
func (nodeStorage) Destroy()                {}
func (nodeStorage) Kind() string            { return "NodeMetrics" }
func (nodeStorage) NamespaceScoped() bool   { return false }
func (nodeStorage) GetSingularName() string { return "" }

// Get implements rest.Getter.
func (s nodeStorage) Get(_ context.Context, name string, _ *metav1.GetOptions) (runtime.Object, error) {
	if node, err := s.server.nodes.Get(name); err == nil {
		if metrics, ok := s.metrics(node); ok {
			return metrics, nil
		}
	}
	return nil, errors.NewNotFound(v1beta1.Resource("nodemetrics"), name)
}

// List implements rest.Lister.
func (s nodeStorage) List(_ context.Context, options *metainternalversion.ListOptions) (runtime.Object, error) {
	label, field := selectors(options)
	nodes, err := s.server.nodes.List(label)
	if err != nil {
		return nil, errors.NewInternalError(err)
	}
	slices.SortFunc(nodes, func(a, b *corev1.Node) int { return strings.Compare(a.Name, b.Name) })
	list := &metricsapi.NodeMetricsList{}
	for _, node := range nodes {
		if metrics, ok := s.metrics(node); ok && field.Matches(fields.Set{"metadata.name": node.Name}) {
			list.Items = append(list.Items, *metrics)
		}
	}
	return list, nil
}

func (s nodeStorage) metrics(node *corev1.Node) (*metricsapi.NodeMetrics, bool) {
	used, ok := s.server.points.node(node.Name)
	if !ok {
		return nil, false
	}
	return &metricsapi.NodeMetrics{
		ObjectMeta: metav1.ObjectMeta{Name: node.Name, CreationTimestamp: metav1.NewTime(time.Now()), Labels: node.Labels},
		Timestamp:  metav1.NewTime(used.at),
		Window:     metav1.Duration{Duration: used.window},
		Usage:      used.list,
	}, true
}

// ConvertToTable implements rest.TableConvertor.
func (nodeStorage) ConvertToTable(_ context.Context, object, _ runtime.Object) (*metav1.Table, error) {
	table := newTable()
	switch object := object.(type) {
	case *metricsapi.NodeMetrics:
		addRow(table, object, object.Usage, object.Window)
	case *metricsapi.NodeMetricsList:
		for i := range object.Items {
			addRow(table, &object.Items[i], object.Items[i].Usage, object.Items[i].Window)
		}
	}
	return table, nil
}

// podStorage serves PodMetrics.
type podStorage struct{ server *Server }

var (
	_ rest.Getter               = podStorage{}
	_ rest.Lister               = podStorage{}
	_ rest.Scoper               = podStorage{}
	_ rest.KindProvider         = podStorage{}
	_ rest.SingularNameProvider = podStorage{}
)

func (podStorage) New() runtime.Object     { return &metricsapi.PodMetrics{} }
func (podStorage) NewList() runtime.Object { return &metricsapi.PodMetricsList{} }
func (podStorage) Destroy()                {}
func (podStorage) Kind() string            { return "PodMetrics" }
func (podStorage) NamespaceScoped() bool   { return true }
func (podStorage) GetSingularName() string { return "" }

// Get implements rest.Getter.
func (s podStorage) Get(ctx context.Context, name string, _ *metav1.GetOptions) (runtime.Object, error) {
	namespace := genericrequest.NamespaceValue(ctx)
	if pod, err := s.server.pods.Pods(namespace).Get(name); err == nil {
		if metrics, ok := s.metrics(pod); ok {
			return metrics, nil
		}
	}
	return nil, errors.NewNotFound(v1beta1.Resource("podmetrics"), namespace+"/"+name)
}

// List implements rest.Lister.
func (s podStorage) List(ctx context.Context, options *metainternalversion.ListOptions) (runtime.Object, error) {
	label, field := selectors(options)
	pods, err := s.server.pods.Pods(genericrequest.NamespaceValue(ctx)).List(label)
	if err != nil {
		return nil, errors.NewInternalError(err)
	}
	slices.SortFunc(pods, func(a, b *corev1.Pod) int {
		if order := strings.Compare(a.Namespace, b.Namespace); order != 0 {
			return order
		}
		return strings.Compare(a.Name, b.Name)
	})
	list := &metricsapi.PodMetricsList{}
	for _, pod := range pods {
		set := fields.Set{"metadata.name": pod.Name, "metadata.namespace": pod.Namespace}
		if metrics, ok := s.metrics(pod); ok && field.Matches(set) {
			list.Items = append(list.Items, *metrics)
		}
	}
	return list, nil
}

func (s podStorage) metrics(pod *corev1.Pod) (*metricsapi.PodMetrics, bool) {
	if !running(pod) {
		return nil, false
	}
	usages, ok := s.server.points.pod(types.NamespacedName{Namespace: pod.Namespace, Name: pod.Name})
	if !ok {
		return nil, false
	}
	metrics := &metricsapi.PodMetrics{ObjectMeta: metav1.ObjectMeta{
		Namespace: pod.Namespace, Name: pod.Name, CreationTimestamp: metav1.NewTime(time.Now()), Labels: pod.Labels,
	}}
	for _, container := range slices.Sorted(maps.Keys(usages)) {
		used := usages[container]
		metrics.Containers = append(metrics.Containers, metricsapi.ContainerMetrics{Name: container, Usage: used.list})
		if metrics.Timestamp.IsZero() || used.at.Before(metrics.Timestamp.Time) {
			metrics.Timestamp, metrics.Window = metav1.NewTime(used.at), metav1.Duration{Duration: used.window}
		}
	}
	return metrics, true
}

// ConvertToTable implements rest.TableConvertor.
func (podStorage) ConvertToTable(_ context.Context, object, _ runtime.Object) (*metav1.Table, error) {
	table := newTable()
	add := func(pod *metricsapi.PodMetrics) {
		total := corev1.ResourceList{}
		for _, container := range pod.Containers {
			for name, quantity := range container.Usage {
				sum := total[name]
				sum.Add(quantity)
				total[name] = sum
			}
		}
		addRow(table, pod, total, pod.Window)
	}
	switch object := object.(type) {
	case *metricsapi.PodMetrics:
		add(object)
	case *metricsapi.PodMetricsList:
		for i := range object.Items {
			add(&object.Items[i])
		}
	}
	return table, nil
}

func selectors(options *metainternalversion.ListOptions) (labels.Selector, fields.Selector) {
	label, field := labels.Everything(), fields.Everything()
	if options != nil && options.LabelSelector != nil {
		label = options.LabelSelector
	}
	if options != nil && options.FieldSelector != nil {
		field = options.FieldSelector
	}
	return label, field
}

// newTable has the columns that metrics-server has.
func newTable() *metav1.Table {
	return &metav1.Table{ColumnDefinitions: []metav1.TableColumnDefinition{
		{Name: "Name", Type: "string", Format: "name", Description: "Name of the resource"},
		{Name: "cpu", Type: "string"},
		{Name: "memory", Type: "string"},
		{Name: "Window", Type: "string"},
	}}
}

func addRow(table *metav1.Table, object metav1.Object, used corev1.ResourceList, window metav1.Duration) {
	table.Rows = append(table.Rows, metav1.TableRow{
		Cells:  []any{object.GetName(), used.Cpu().String(), used.Memory().String(), window.Duration.String()},
		Object: runtime.RawExtension{Object: object.(runtime.Object)},
	})
}
