package rollout_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"

	"tabernetes/engine/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/rollout"
	"tabernetes/engine/store"
)

// recorder keeps every version of the Deployment and its ReplicaSets, in the
// order of commits.
type recorder struct {
	mu       sync.Mutex
	versions []runtime.Object // guarded by mu
}

func (r *recorder) note(commit store.Commit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// The store holds the internal form.
	var version runtime.Object
	switch commit.Object.(type) {
	case *apps.Deployment:
		version = &appsv1.Deployment{}
	case *apps.ReplicaSet:
		version = &appsv1.ReplicaSet{}
	default:
		return
	}
	if err := legacyscheme.Scheme.Convert(commit.Object, version, nil); err == nil {
		r.versions = append(r.versions, version)
	}
}

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  strategy: {rollingUpdate: {maxSurge: %s, maxUnavailable: %s}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "%s"}]
`

// TestAgreesWithTheController follows rollouts of upstream's controller, and sees
// at every change of a ReplicaSet's size that the arithmetic of what the
// controller had seen asked for just that.
func TestAgreesWithTheController(t *testing.T) {
	for _, test := range []struct {
		replicas           int
		surge, unavailable string
	}{
		{5, "25%", "25%"},
		{4, "1", "0"},
		{3, "0", "2"},
		{10, "30%", "40%"},
		{2, "100%", "50%"},
	} {
		t.Run(fmt.Sprintf("%d replicas, surge %s, unavailable %s", test.replicas, test.surge, test.unavailable), func(t *testing.T) {
			record := &recorder{}
			clustertest.Virtual(t, cluster.Options{Seed: 1, OnCommit: record.note}, func(t *testing.T, running *cluster.Cluster) {
				time.Sleep(2 * time.Second) // the controllers have their first lists
				for _, image := range []string{"nginx:1.27", "nginx:1.28", "nginx:nosuchtag", "nginx:1.27"} {
					text := fmt.Sprintf(manifest, test.replicas, test.surge, test.unavailable, image)
					for _, result := range apply.Apply(t.Context(), running.RESTConfig(), []byte(text), apply.Options{}) {
						if result.Error != nil {
							t.Fatal(result.Error.Message)
						}
					}
					time.Sleep(20 * time.Second)
				}
			})
			record.mu.Lock()
			defer record.mu.Unlock()
			compare(t, record.versions)
		})
	}
}

// compare goes through the versions. The controller works on what its informers
// have, which may be a little old: the state that it saw is one of those since
// the last size it set.
func compare(t *testing.T, versions []runtime.Object) {
	t.Helper()
	var deployment *appsv1.Deployment
	sets := map[string]*appsv1.ReplicaSet{}
	var seen []rollout.Arithmetic
	steps := map[rollout.Step]int{}
	look := func() {
		if deployment == nil {
			return
		}
		list := make([]*appsv1.ReplicaSet, 0, len(sets))
		for _, set := range sets {
			list = append(list, set)
		}
		seen = append(seen, rollout.Compute(deployment, list))
	}
	for _, version := range versions {
		switch object := version.(type) {
		case *appsv1.Deployment:
			deployment = object
			look()
		case *appsv1.ReplicaSet:
			before := sets[object.Name]
			from := int32(0)
			if before != nil {
				from = *before.Spec.Replicas
			}
			if by := *object.Spec.Replicas - from; by != 0 {
				agrees := slices.IndexFunc(seen, func(arithmetic rollout.Arithmetic) bool {
					switch arithmetic.Next {
					case rollout.Create, rollout.ScaleUp:
						return by == arithmetic.ScaleUp
					case rollout.ScaleDown:
						// Several old ReplicaSets share it, one write each.
						return by < 0 && -by <= max(arithmetic.ScaleDown, arithmetic.New-arithmetic.Desired)
					default:
						return false
					}
				})
				if agrees < 0 {
					t.Errorf("the controller scaled %s by %d; computed: %+v", object.Name, by, seen)
				} else {
					steps[seen[agrees].Next]++
				}
				seen = nil
			}
			sets[object.Name] = object
			look()
		}
	}
	if steps[rollout.Create]+steps[rollout.ScaleUp] < 3 || steps[rollout.ScaleDown] < 2 {
		t.Errorf("too few steps were seen to compare: %v", steps)
	}
}

// TestRounding is what a learner is shown: 25 % of 5 is rounded up for the surge
// and down for the unavailable.
func TestRounding(t *testing.T) {
	for _, test := range []struct {
		replicas                   int32
		surge, unavailable         string
		exact                      string
		wantSurge, wantUnavailable int32
		wantCeiling, wantFloor     int32
	}{
		{5, "25%", "25%", "1.25", 2, 1, 7, 4},
		{1, "25%", "25%", "0.25", 1, 0, 2, 1},
		{2, "0%", "10%", "0", 0, 1, 2, 1}, // both would be 0: one pod may be missing
		{4, "1", "50%", "", 1, 2, 5, 2},
	} {
		surge, unavailable := intstr.Parse(test.surge), intstr.Parse(test.unavailable)
		deployment := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{
			Replicas: &test.replicas,
			Strategy: appsv1.DeploymentStrategy{
				Type:          appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable},
			},
		}}
		got := rollout.Compute(deployment, nil)
		if got.Surge.Pods != test.wantSurge || got.Unavailable.Pods != test.wantUnavailable || got.Surge.Exact != test.exact ||
			got.Ceiling != test.wantCeiling || got.Floor != test.wantFloor || got.Next != rollout.Create {
			t.Errorf("%d replicas, surge %s, unavailable %s: got %+v", test.replicas, test.surge, test.unavailable, got)
		}
	}
}
