package rollout_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	"k8s.io/kubernetes/pkg/apis/core"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/view/rollout"
)

// recorder keeps every version of the Deployment and its ReplicaSets, and the pods
// that were deleted, in the order of commits.
type recorder struct {
	mu       sync.Mutex
	versions []version // guarded by mu
}

type version struct {
	object runtime.Object
	time   time.Time
}

func (r *recorder) note(commit store.Commit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// The store holds the internal form.
	from := commit.Object
	if from == nil {
		from = commit.Previous
	}
	var object runtime.Object
	switch from.(type) {
	case *apps.Deployment:
		object = &appsv1.Deployment{}
	case *apps.ReplicaSet:
		object = &appsv1.ReplicaSet{}
	case *core.Pod:
		object = &corev1.Pod{}
	}
	if _, pod := object.(*corev1.Pod); object == nil || pod != (commit.Object == nil) {
		return
	}
	if err := legacyscheme.Scheme.Convert(from, object, nil); err == nil {
		r.versions = append(r.versions, version{object, time.Now()})
	}
}

// change is a change to apply, and the time for the cluster to react.
type change struct {
	replicas int
	image    string
	seconds  int
	paused   bool
}

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  paused: %t
  strategy: %s
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "%s"}]
`

func rolling(surge, unavailable string) string {
	return fmt.Sprintf("{rollingUpdate: {maxSurge: %s, maxUnavailable: %s}}", surge, unavailable)
}

// onward rolls out, gets stuck at an image that does not exist, and goes back.
func onward(replicas int) []change {
	return []change{
		{replicas: replicas, image: "nginx:1.27", seconds: 20},
		{replicas: replicas, image: "nginx:1.28", seconds: 20},
		{replicas: replicas, image: "nginx:nosuchtag", seconds: 20},
		{replicas: replicas, image: "nginx:1.27", seconds: 20},
	}
}

// paused pauses the rollout and sets one size after the other: each is shared
// among the ReplicaSets, and the remainder of the rounding goes to the largest.
func paused(image string, sizes ...int) (changes []change) {
	for _, replicas := range sizes {
		changes = append(changes, change{replicas: replicas, image: image, seconds: 5, paused: true})
	}
	return changes
}

// TestAgreesWithTheController follows rollouts of upstream's controller. Each size
// that the controller sets must be one that the arithmetic planned from an
// immediately earlier state, and whenever time passes, no planned size may be left
// to set.
func TestAgreesWithTheController(t *testing.T) {
	for _, test := range []struct {
		name     string
		strategy string
		changes  []change
		want     []rollout.Step
	}{
		{"25 % and 25 % of 5", rolling("25%", "25%"), onward(5), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown}},
		{"25 % and 25 % of 10", rolling("25%", "25%"), onward(10), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown}},
		{"surge 1, unavailable 0", rolling("1", "0"), onward(4), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown}},
		{"surge 0, unavailable 1", rolling("0", "1"), onward(3), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown}},
		{"50 % and 50 % of 5", rolling("50%", "50%"), onward(5), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown}},
		{"30 % and 40 % of 10", rolling("30%", "40%"), onward(10), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown}},
		{"numbers of pods", rolling("3", "2"), onward(10), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown}},
		{"a second set at once", rolling("100%", "50%"), onward(2), []rollout.Step{rollout.Create, rollout.ScaleDown}},
		{"scaled while it rolls", rolling("30%", "20%"), []change{
			{replicas: 10, image: "nginx:1.27", seconds: 20},
			{replicas: 10, image: "nginx:nosuchtag", seconds: 5},
			{replicas: 17, image: "nginx:nosuchtag", seconds: 10},
			{replicas: 6, image: "nginx:nosuchtag", seconds: 10},
			{replicas: 9, image: "nginx:1.28", seconds: 2},
			{replicas: 14, image: "nginx:1.28", seconds: 20},
			{replicas: 0, image: "nginx:1.28", seconds: 5},
			{replicas: 3, image: "nginx:1.28", seconds: 10},
		}, []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown, rollout.Share}},
		{"several old revisions", rolling("3", "3"), []change{
			{replicas: 10, image: "nginx:1.27", seconds: 20},
			{replicas: 10, image: "nginx:1.28", seconds: 3},
			{replicas: 10, image: "nginx:1.26", seconds: 3},
			{replicas: 10, image: "nginx:nosuchtag", seconds: 4},
			{replicas: 11, image: "nginx:nosuchtag", seconds: 3},
			{replicas: 13, image: "nginx:nosuchtag", seconds: 3},
			{replicas: 13, image: "nginx:1.25", seconds: 30},
		}, []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown, rollout.Share}},
		{"scaled while it is paused", rolling("2", "1"), []change{
			{replicas: 6, image: "nginx:1.27", seconds: 20},
			{replicas: 6, image: "nginx:1.28", seconds: 2},
			{replicas: 6, image: "nginx:1.28", seconds: 5, paused: true},
			{replicas: 11, image: "nginx:1.28", seconds: 5, paused: true},
			{replicas: 4, image: "nginx:1.28", seconds: 5, paused: true},
			{replicas: 4, image: "nginx:1.28", seconds: 20},
		}, []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown, rollout.Share}},
		{"several uneven old sets, scaled while it is paused", rolling("6", "2"), slices.Concat([]change{
			{replicas: 24, image: "nginx:1.27", seconds: 20},
			{replicas: 24, image: "nginx:1.28", seconds: 3},
			{replicas: 24, image: "nginx:1.26", seconds: 4},
			{replicas: 24, image: "nginx:1.25", seconds: 3},
		}, paused("nginx:1.25", 24, 31, 26, 40, 27, 42, 41, 20, 22, 16), []change{
			{replicas: 16, image: "nginx:1.25", seconds: 40},
		}), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown, rollout.Share}},
		{"recreated", "{type: Recreate}", append(onward(4),
			change{replicas: 6, image: "nginx:1.27", seconds: 10},
			change{replicas: 2, image: "nginx:1.28", seconds: 20},
		), []rollout.Step{rollout.Create, rollout.ScaleUp, rollout.ScaleDown, rollout.Share}},
	} {
		t.Run(test.name, func(t *testing.T) {
			record := &recorder{}
			clustertest.Virtual(t, cluster.Options{Seed: 1, OnCommit: record.note}, func(t *testing.T, running *cluster.Cluster) {
				time.Sleep(2 * time.Second) // the controllers have their first lists
				for _, change := range test.changes {
					text := fmt.Sprintf(manifest, change.replicas, change.paused, test.strategy, change.image)
					for _, result := range apply.Apply(t.Context(), running.RESTConfig(), []byte(text), apply.Options{}) {
						if result.Error != nil {
							t.Fatal(result.Error.Message)
						}
					}
					time.Sleep(time.Duration(change.seconds) * time.Second)
				}
			})
			record.mu.Lock()
			defer record.mu.Unlock()
			steps := compare(t, record.versions)
			for _, step := range test.want {
				if steps[step] == 0 {
					t.Errorf("no size was set by the step %q; seen: %v", step, steps)
				}
			}
		})
	}
}

// compare goes through the versions and counts the sizes set by each step. The
// controller works on the state of its informers, which may be slightly old, and
// sets several sizes from one state: the state that it used is one of those since
// its last write.
func compare(t *testing.T, versions []version) map[rollout.Step]int {
	t.Helper()
	var deployment *appsv1.Deployment
	sets := map[string]*appsv1.ReplicaSet{}
	var seen []rollout.Arithmetic
	steps := map[rollout.Step]int{}
	for index, version := range versions {
		if last := len(seen) - 1; last >= 0 && version.time.Sub(versions[index-1].time) >= time.Second && len(seen[last].Plan) > 0 {
			t.Errorf("for %s the controller left undone what was computed: %+v", version.time.Sub(versions[index-1].time), seen[last])
		}
		switch object := version.object.(type) {
		case *appsv1.Deployment:
			deployment = object
		case *appsv1.ReplicaSet:
			before, from := object.Name, int32(0)
			if known := sets[object.Name]; known != nil {
				from = *known.Spec.Replicas
			} else {
				before = ""
			}
			if *object.Spec.Replicas != from {
				want := rollout.Resize{ReplicaSet: before, From: from, To: *object.Spec.Replicas}
				agrees := slices.IndexFunc(seen, func(arithmetic rollout.Arithmetic) bool {
					return slices.Contains(arithmetic.Plan, want)
				})
				if agrees < 0 {
					t.Errorf("the controller set %+v; computed: %+v", want, seen)
				} else {
					steps[seen[agrees].Next]++
					seen = seen[agrees:]
				}
			}
			sets[object.Name] = object
		case *corev1.Pod:
			// A Deployment with the strategy Recreate waits for the pods themselves,
			// which are gone a moment before their ReplicaSet's status says so.
			if owner := metav1.GetControllerOf(object); owner != nil && sets[owner.Name] != nil {
				without := sets[owner.Name].DeepCopy()
				if count := without.Status.TerminatingReplicas; count != nil && *count > 0 {
					*count--
				}
				sets[owner.Name] = without
			}
		}
		if deployment != nil {
			seen = append(seen, rollout.Compute(deployment, slices.Collect(maps.Values(sets))))
		}
	}
	return steps
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
