package observe

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
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

// Observer looks at a cluster. At each moment it is a check.Snapshot of that moment. It
// belongs to one goroutine.
type Observer struct {
	running *cluster.Cluster
	client  dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
	given   func() []check.Command
	// lists are those of a revision of the store, by resource and namespace: nothing
	// is listed twice while nothing changes.
	lists    map[string][]map[string]any
	revision int64
	mark     mark
}

// mark is what the clients had counted at a moment, by their services.
type mark struct {
	at      time.Time
	clients map[string]traffic.Stats
}

// New makes an observer; given returns the lines that the learner gave.
func New(running *cluster.Cluster, given func() []check.Command) (*Observer, error) {
	config := running.RESTConfig()
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("observe the cluster: %w", err)
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("observe the cluster: %w", err)
	}
	return &Observer{
		running: running, client: client, given: given,
		mapper: restmapper.NewDeferredDiscoveryRESTMapperWithContext(memory.NewMemCacheClientWithContext(discoverer)),
	}, nil
}

// Time implements check.Snapshot.
func (o *Observer) Time() time.Time { return time.Now() }

// Objects implements check.Snapshot.
func (o *Observer) Objects(resource, namespace string) ([]map[string]any, error) {
	if revision := o.running.Store().Revision(); revision != o.revision || o.lists == nil {
		o.lists, o.revision = map[string][]map[string]any{}, revision
	}
	key := resource + "/" + namespace
	if objects, ok := o.lists[key]; ok {
		return objects, nil
	}
	objects, err := o.list(resource, namespace)
	if err == nil {
		o.lists[key] = objects
	}
	return objects, err
}

func (o *Observer) list(resource, namespace string) ([]map[string]any, error) {
	// Looks are short, and nobody stops one.
	ctx := context.Background()
	known, err := o.mapper.ResourceForWithContext(ctx, schema.GroupVersionResource{Resource: resource})
	if err != nil {
		return nil, err
	}
	kind, err := o.mapper.KindForWithContext(ctx, known)
	if err != nil {
		return nil, err
	}
	mapping, err := o.mapper.RESTMappingWithContext(ctx, kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	var client dynamic.ResourceInterface = o.client.Resource(known)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		client = o.client.Resource(known).Namespace(namespace)
	}
	list, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	objects := make([]map[string]any, len(list.Items))
	for i := range list.Items {
		objects[i] = list.Items[i].Object
	}
	return objects, nil
}

// Begin notes that a step begins now: what Traffic counts since then are exactly the
// results that come later. Since another moment it counts those of whole seconds.
func (o *Observer) Begin(now time.Time) {
	o.mark = mark{at: now, clients: map[string]traffic.Stats{}}
	for _, stats := range o.running.Traffic().All() {
		o.mark.clients[stats.Service] = stats
	}
}

// Traffic implements check.Snapshot.
func (o *Observer) Traffic(service string, since time.Time) (check.Traffic, bool) {
	stats, err := o.running.Traffic().Stats(service)
	if err != nil {
		return check.Traffic{}, false
	}
	counts := check.Traffic{ByResult: map[string]int64{}, ByVersion: map[string]int64{}}
	switch {
	case since.IsZero():
		add(&counts, stats.ByResult, stats.ByVersion, 1)
	case since.Equal(o.mark.at):
		add(&counts, stats.ByResult, stats.ByVersion, 1)
		if before, ok := o.mark.clients[stats.Service]; ok && before.Started == stats.Started {
			add(&counts, before.ByResult, before.ByVersion, -1)
		}
	default:
		for _, second := range stats.Seconds {
			// The second of the moment counts.
			if second.Time >= since.Truncate(time.Second).UnixMilli() {
				add(&counts, second.ByResult, second.ByVersion, 1)
			}
		}
	}
	return counts, true
}

// add adds each result the given number of times; those that come to none are left out.
func add(counts *check.Traffic, results map[traffic.Result]int64, versions map[string]int64, times int64) {
	for result, number := range results {
		sum(counts.ByResult, string(result), times*number)
		if result == traffic.OK {
			counts.OK += times * number
		} else {
			counts.Failed += times * number
		}
	}
	for version, number := range versions {
		sum(counts.ByVersion, version, times*number)
	}
}

func sum(counts map[string]int64, name string, number int64) {
	if counts[name] += number; counts[name] == 0 {
		delete(counts, name)
	}
}

// Timeline implements check.Snapshot.
func (o *Observer) Timeline(namespace, name string, since time.Time) []check.Point {
	kept := o.running.Timeline().Points(namespace, name)
	from := 0
	for i, point := range kept {
		// The one that was there at the moment counts.
		if point.Time <= since.UnixMilli() {
			from = i
		}
	}
	points := make([]check.Point, 0, len(kept)-from)
	for _, point := range kept[from:] {
		points = append(points, pointOf(point))
	}
	return points
}

func pointOf(point timeline.Point) check.Point {
	return check.Point{
		Time: time.UnixMilli(point.Time).UTC(), Desired: int64(point.Desired), Floor: int64(point.Floor),
		Ceiling: int64(point.Ceiling), Total: int64(point.Total), Ready: int64(point.Ready), Available: int64(point.Available),
	}
}

// Commands implements check.Snapshot.
func (o *Observer) Commands() []check.Command { return o.given() }
