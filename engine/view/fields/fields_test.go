package fields

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"
	"k8s.io/utils/ptr"
)

func TestNumbers(t *testing.T) {
	set := func(annotation string) *appsv1.ReplicaSet {
		made := &appsv1.ReplicaSet{}
		made.Spec.MinReadySeconds = 7
		if annotation != "" {
			made.Annotations = map[string]string{deploymentutil.RevisionAnnotation: annotation}
		}
		return made
	}
	daemons, stateful := &appsv1.DaemonSet{}, &appsv1.StatefulSet{}
	daemons.Spec.MinReadySeconds, stateful.Spec.MinReadySeconds = 5, 3
	for name, test := range map[string]struct{ got, want int64 }{
		"revision":                        {Revision(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "4711"}}), 4711},
		"no revision":                     {Revision(&corev1.Pod{}), 0},
		"rollout revision":                {RolloutRevision(set("12")), 12},
		"no rollout revision":             {RolloutRevision(set("")), 0},
		"rollout revision is no number":   {RolloutRevision(set("twelve")), 0},
		"replicas":                        {int64(Replicas(ptr.To[int32](0))), 0},
		"replicas by default":             {int64(Replicas(nil)), 1},
		"ready seconds of a ReplicaSet":   {int64(MinReadySeconds(set(""))), 7},
		"ready seconds of a DaemonSet":    {int64(MinReadySeconds(daemons)), 5},
		"ready seconds of a StatefulSet":  {int64(MinReadySeconds(stateful)), 3},
		"ready seconds of a Pod":          {int64(MinReadySeconds(&corev1.Pod{})), 0},
		"ready seconds without an object": {int64(MinReadySeconds(nil)), 0},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %d, want %d", name, test.got, test.want)
		}
	}
}

func TestLastSeen(t *testing.T) {
	second := func(number int64) time.Time { return time.Unix(number, 0) }
	event := &corev1.Event{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(second(1))}}
	check := func(what string, want int64) {
		t.Helper()
		if got := LastSeen(event); !got.Equal(second(want)) {
			t.Errorf("%s: got %v, want %v", what, got, second(want))
		}
	}
	check("created", 1)
	event.EventTime = metav1.NewMicroTime(second(2))
	check("of events.k8s.io/v1", 2)
	event.LastTimestamp = metav1.NewTime(second(3))
	check("of core/v1", 3)
	event.Series = &corev1.EventSeries{LastObservedTime: metav1.NewMicroTime(second(4))}
	check("a series", 4)
}
