package play

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"

	"tabernetes/engine/cluster"
	"tabernetes/engine/node/traffic"
	"tabernetes/engine/view/timeline"
	"tabernetes/lessons/check"
)

// observer looks at a cluster for checks. It is a check.Snapshot of each moment at
// which it is asked.
type observer struct {
	ctx     context.Context
	running *cluster.Cluster
	client  dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
	given   func() []check.Command
	// points are those of each Deployment, "namespace/name".
	points map[string][]check.Point
}

func newObserver(ctx context.Context, running *cluster.Cluster, given func() []check.Command) (*observer, error) {
	client, err := dynamic.NewForConfig(running.RESTConfig())
	if err != nil {
		return nil, fmt.Errorf("observe the cluster: %w", err)
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(running.RESTConfig())
	if err != nil {
		return nil, fmt.Errorf("observe the cluster: %w", err)
	}
	return &observer{
		ctx: ctx, running: running, client: client, given: given, points: map[string][]check.Point{},
		mapper: restmapper.NewDeferredDiscoveryRESTMapperWithContext(memory.NewMemCacheClientWithContext(discoverer)),
	}, nil
}

// Time implements check.Snapshot.
func (o *observer) Time() time.Time { return time.Now() }

// Objects implements check.Snapshot.
func (o *observer) Objects(resource, namespace string) ([]map[string]any, error) {
	known, err := o.mapper.ResourceForWithContext(o.ctx, schema.GroupVersionResource{Resource: resource})
	if err != nil {
		return nil, err
	}
	kind, err := o.mapper.KindForWithContext(o.ctx, known)
	if err != nil {
		return nil, err
	}
	mapping, err := o.mapper.RESTMappingWithContext(o.ctx, kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	var client dynamic.ResourceInterface = o.client.Resource(known)
	if mapping.Scope.Name() == "namespace" {
		client = o.client.Resource(known).Namespace(namespace)
	}
	list, err := client.List(o.ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	objects := make([]map[string]any, len(list.Items))
	for i := range list.Items {
		objects[i] = list.Items[i].Object
	}
	return objects, nil
}

// Traffic implements check.Snapshot.
func (o *observer) Traffic(service string, since time.Time) (check.Traffic, bool) {
	stats, err := o.running.Traffic().Stats(service)
	if err != nil {
		return check.Traffic{}, false
	}
	counts := check.Traffic{ByResult: map[string]int64{}, ByVersion: map[string]int64{}}
	add := func(results map[traffic.Result]int64, versions map[string]int64) {
		for result, number := range results {
			counts.ByResult[string(result)] += number
			if result == traffic.OK {
				counts.OK += number
			} else {
				counts.Failed += number
			}
		}
		for version, number := range versions {
			counts.ByVersion[version] += number
		}
	}
	if since.IsZero() {
		add(stats.ByResult, stats.ByVersion)
		return counts, true
	}
	for _, second := range stats.Seconds {
		// The second in which it began counts.
		if second.Time >= since.Truncate(time.Second).UnixMilli() {
			add(second.ByResult, second.ByVersion)
		}
	}
	return counts, true
}

// Timeline implements check.Snapshot.
func (o *observer) Timeline(namespace, name string, since time.Time) []check.Point {
	if delta := o.running.Timeline().Delta(); delta != nil {
		for _, series := range delta.Series {
			key := series.Namespace + "/" + series.Name
			for _, point := range series.Points {
				o.points[key] = append(o.points[key], pointOf(point))
			}
		}
	}
	points := o.points[namespace+"/"+name]
	from := 0
	for i, point := range points {
		// The one that was there at the moment counts.
		if !point.Time.After(since) {
			from = i
		}
	}
	return points[min(from, len(points)):]
}

func pointOf(point timeline.Point) check.Point {
	return check.Point{
		Time: time.UnixMilli(point.Time).UTC(), Desired: int64(point.Desired), Floor: int64(point.Floor),
		Ceiling: int64(point.Ceiling), Total: int64(point.Total), Ready: int64(point.Ready), Available: int64(point.Available),
	}
}

// Commands implements check.Snapshot.
func (o *observer) Commands() []check.Command { return o.given() }
