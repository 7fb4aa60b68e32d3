// Package timeline remembers what happened to each Deployment and when: series
// of its pods against the bounds of its strategy, and marks for what people
// asked for, what components reported and how conditions changed.
//
// engine/cluster makes one [Timeline] over its shared informers; wasm/bridge takes
// a [Delta] with every frame and sends it to the page, lessons read it for their
// checks. It knows only the API's objects: not the store, not the components. It
// starts no goroutine and keeps no clock: all time is package time.
//
// Informers report every change, so nothing between two frames is lost, however
// fast the clock runs.
package timeline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"tabernetes/engine/view/fields"
	"tabernetes/engine/view/rollout"
)

// Bounds of what is kept of one Deployment. When a bound is reached, the oldest
// entry is dropped: a timeline is about recent changes, and the API still has the
// objects.
const (
	MaxPoints = 600
	MaxMarks  = 300
)

// maxDeployments bounds the number of series. Beyond it, new Deployments have no
// series until others are deleted.
const maxDeployments = 100

// Options configures a Timeline.
type Options struct {
	// Informers is the factory whose informers are observed. The caller starts
	// and stops it, after New has added its handlers.
	Informers informers.SharedInformerFactory
}

// Timeline follows the cluster. It is safe for concurrent use.
type Timeline struct {
	pods cache.Store

	mu       sync.Mutex
	series   map[types.UID]*series // guarded by mu
	removed  []string              // series that were sent and are deleted, guarded by mu
	revision int64                 // highest resourceVersion seen, guarded by mu
	reset    bool                  // the next delta is the full state, guarded by mu
}

// series has the points and marks kept of one Deployment.
type series struct {
	deployment  *appsv1.Deployment
	replicaSets map[types.UID]*appsv1.ReplicaSet
	points      []Point
	marks       []Mark
	sentPoints  int // of points, from the front
	sentMarks   int // of marks, from the front
	sent        bool
}

// New adds handlers to the informers of Deployments, ReplicaSets and events. It
// fails when an informer has been stopped already.
func New(options Options) (*Timeline, error) {
	if options.Informers == nil {
		return nil, errors.New("make timeline: no informers")
	}
	factory := options.Informers
	timeline := &Timeline{
		pods:   factory.Core().V1().Pods().Informer().GetStore(),
		series: map[types.UID]*series{},
		reset:  true,
	}
	for _, informer := range []cache.SharedIndexInformer{
		factory.Apps().V1().Deployments().Informer(),
		factory.Apps().V1().ReplicaSets().Informer(),
		factory.Core().V1().Events().Informer(),
	} {
		_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    timeline.observe,
			UpdateFunc: func(_, object any) { timeline.observe(object) },
			DeleteFunc: timeline.forget,
		})
		if err != nil {
			return nil, fmt.Errorf("make timeline: observe an informer: %w", err)
		}
	}
	return timeline, nil
}

// Reset makes the next delta the full state, for a page that has just connected.
func (timeline *Timeline) Reset() {
	timeline.mu.Lock()
	defer timeline.mu.Unlock()
	timeline.reset = true
}

// Delta returns what has been added since the last call, or nil for nothing.
func (timeline *Timeline) Delta() *Delta {
	timeline.mu.Lock()
	defer timeline.mu.Unlock()
	delta := &Delta{
		Revision: timeline.revision,
		Time:     time.Now().UnixMilli(),
		Reset:    timeline.reset,
		Series:   []Series{},
		Removes:  append([]string{}, timeline.removed...),
	}
	for _, uid := range timeline.order() {
		kept := timeline.series[uid]
		if timeline.reset {
			kept.sent, kept.sentPoints, kept.sentMarks = false, 0, 0
		}
		if kept.sent && kept.sentPoints == len(kept.points) && kept.sentMarks == len(kept.marks) {
			continue
		}
		delta.Series = append(delta.Series, Series{
			UID:       string(uid),
			Namespace: kept.deployment.Namespace,
			Name:      kept.deployment.Name,
			Points:    append([]Point{}, kept.points[kept.sentPoints:]...),
			Marks:     append([]Mark{}, kept.marks[kept.sentMarks:]...),
		})
		kept.sent, kept.sentPoints, kept.sentMarks = true, len(kept.points), len(kept.marks)
	}
	timeline.removed, timeline.reset = nil, false
	if !delta.Reset && len(delta.Series) == 0 && len(delta.Removes) == 0 {
		return nil
	}
	return delta
}

// Points are those kept of a Deployment, oldest first; a Delta has them as well.
func (timeline *Timeline) Points(namespace, name string) []Point {
	timeline.mu.Lock()
	defer timeline.mu.Unlock()
	for _, kept := range timeline.series {
		if kept.deployment.Namespace == namespace && kept.deployment.Name == name {
			return slices.Clone(kept.points)
		}
	}
	return nil
}

// order returns the Deployments in the order of their creation, so that the same
// history gives the same delta.
func (timeline *Timeline) order() []types.UID {
	order := make([]types.UID, 0, len(timeline.series))
	for uid := range timeline.series {
		order = append(order, uid)
	}
	slices.SortFunc(order, func(a, b types.UID) int {
		one, other := timeline.series[a].deployment, timeline.series[b].deployment
		return cmp.Or(
			one.CreationTimestamp.Compare(other.CreationTimestamp.Time),
			cmp.Compare(one.Namespace, other.Namespace),
			cmp.Compare(one.Name, other.Name),
			cmp.Compare(a, b),
		)
	})
	return order
}

// observe records an added or changed object.
func (timeline *Timeline) observe(object any) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return // the informers hold no other types
	}
	timeline.mu.Lock()
	defer timeline.mu.Unlock()
	timeline.revision = max(timeline.revision, fields.Revision(accessor))
	switch object := object.(type) {
	case *appsv1.Deployment:
		timeline.deployment(object)
	case *appsv1.ReplicaSet:
		if owner := timeline.ownerOf(object); owner != nil {
			owner.replicaSets[object.UID] = object
			owner.point(fields.Revision(object))
		}
	case *corev1.Event:
		timeline.event(object)
	}
}

func (timeline *Timeline) forget(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	timeline.mu.Lock()
	defer timeline.mu.Unlock()
	switch object := object.(type) {
	case *appsv1.Deployment:
		if kept := timeline.series[object.UID]; kept != nil {
			delete(timeline.series, object.UID)
			if kept.sent {
				timeline.removed = append(timeline.removed, string(object.UID))
			}
		}
	case *appsv1.ReplicaSet:
		if owner := timeline.ownerOf(object); owner != nil {
			delete(owner.replicaSets, object.UID)
			owner.point(max(timeline.revision, fields.Revision(object)))
		}
	}
}

func (timeline *Timeline) ownerOf(object metav1.Object) *series {
	controller := metav1.GetControllerOfNoCopy(object)
	if controller == nil {
		return nil
	}
	return timeline.series[controller.UID]
}

func (timeline *Timeline) deployment(deployment *appsv1.Deployment) {
	kept := timeline.series[deployment.UID]
	if kept == nil {
		if len(timeline.series) >= maxDeployments {
			return
		}
		kept = &series{replicaSets: map[types.UID]*appsv1.ReplicaSet{}}
		timeline.series[deployment.UID] = kept
	}
	before := kept.deployment
	kept.deployment = deployment
	for _, mark := range changes(before, deployment) {
		kept.mark(mark)
	}
	kept.point(fields.Revision(deployment))
}

// event marks an event about a Deployment, a ReplicaSet of it, or a pod of those.
func (timeline *Timeline) event(event *corev1.Event) {
	kept := timeline.involved(event)
	if kept == nil {
		return
	}
	kept.mark(Mark{
		Time: milliseconds(fields.LastSeen(event)), Revision: fields.Revision(event), Source: "event",
		Who: cmp.Or(event.Source.Component, event.ReportingController), What: event.Reason, To: event.Message,
		Warning: event.Type == corev1.EventTypeWarning, Kind: event.InvolvedObject.Kind, Name: event.InvolvedObject.Name,
	})
}

func (timeline *Timeline) involved(event *corev1.Event) *series {
	uid := event.InvolvedObject.UID
	if kept := timeline.series[uid]; kept != nil {
		return kept
	}
	if event.InvolvedObject.Kind == "Pod" {
		stored, exists, err := timeline.pods.GetByKey(event.InvolvedObject.Namespace + "/" + event.InvolvedObject.Name)
		pod, ok := stored.(*corev1.Pod)
		if err != nil || !exists || !ok {
			return nil // deleted since, so its owner is unknown
		}
		if controller := metav1.GetControllerOfNoCopy(pod); controller != nil {
			uid = controller.UID
		}
	}
	for _, kept := range timeline.series {
		if kept.replicaSets[uid] != nil {
			return kept
		}
	}
	return nil
}

// point adds the current numbers, unless they equal those of the last point. Of
// several changes within one millisecond of cluster time the last one counts.
func (kept *series) point(revision int64) {
	replicaSets := make([]*appsv1.ReplicaSet, 0, len(kept.replicaSets))
	for _, replicaSet := range kept.replicaSets {
		replicaSets = append(replicaSets, replicaSet)
	}
	slices.SortFunc(replicaSets, func(a, b *appsv1.ReplicaSet) int {
		return cmp.Or(cmp.Compare(fields.RolloutRevision(a), fields.RolloutRevision(b)), cmp.Compare(a.UID, b.UID))
	})
	arithmetic := rollout.Compute(kept.deployment, replicaSets)
	point := Point{
		Time: time.Now().UnixMilli(), Revision: revision,
		Desired: arithmetic.Desired, Floor: arithmetic.Floor, Ceiling: arithmetic.Ceiling,
		Sets: []SetPoint{},
	}
	for _, replicaSet := range replicaSets {
		if replicaSet.Status.Replicas == 0 && fields.Replicas(replicaSet.Spec.Replicas) == 0 {
			continue
		}
		// When a ReplicaSet shrinks, its status has the old numbers for a moment
		// longer. Pods beyond the desired number are about to go.
		desired := fields.Replicas(replicaSet.Spec.Replicas)
		set := SetPoint{
			Revision: fields.RolloutRevision(replicaSet), Desired: desired,
			Total:     min(desired, replicaSet.Status.Replicas),
			Ready:     min(desired, replicaSet.Status.ReadyReplicas),
			Available: min(desired, replicaSet.Status.AvailableReplicas),
		}
		point.Sets = append(point.Sets, set)
		point.Total += set.Total
		point.Ready += set.Ready
		point.Available += set.Available
	}
	if last := len(kept.points) - 1; last >= 0 {
		if kept.points[last].equal(point) {
			return
		}
		if kept.points[last].Time == point.Time && last >= kept.sentPoints {
			kept.points[last] = point
			return
		}
	}
	kept.points = append(kept.points, point)
	if over := len(kept.points) - MaxPoints; over > 0 {
		kept.points = slices.Delete(kept.points, 0, over)
		kept.sentPoints = max(0, kept.sentPoints-over)
	}
}

func (kept *series) mark(mark Mark) {
	kept.marks = append(kept.marks, mark)
	if over := len(kept.marks) - MaxMarks; over > 0 {
		kept.marks = slices.Delete(kept.marks, 0, over)
		kept.sentMarks = max(0, kept.sentMarks-over)
	}
}

// milliseconds returns a time in milliseconds since 1970, 0 for the zero time.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
