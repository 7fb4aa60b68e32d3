package walkthrough

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// TestRollingUpdate walks through the lesson and checks each thing that its
// text tells the learner to look for.
func TestRollingUpdate(t *testing.T) {
	l := newLearner(t, "rolling-update")

	l.step("apply")
	l.reaches("one pod is available", []string{"revision 1: v1 wants 1, has 1, available 1"})
	l.checkLimits("1 max unavailable, 1 max surge")
	l.contains("look", l.step("look"), "image-deployment", "UP-TO-DATE", "DESIRED", "RESTARTS", "1/1")

	l.checkNames()
	l.contains("names", l.step("names"), "pod-template-hash")
	l.contains("events", l.step("events"),
		"ScalingReplicaSet", "deployment-controller", "SuccessfulCreate", "replicaset-controller",
		"Scheduled", "default-scheduler", "kubelet", "Pulling", "Pulled", "Created", "Started")

	l.step("scale")
	l.reaches("three pods of the same ReplicaSet", []string{"revision 1: v1 wants 3, has 3, available 3"})

	l.step("update")
	mixed := []string{
		"revision 1: v1 wants 2, has 2, available 2",
		"revision 2: v2 wants 2, has 2, available 2",
	}
	l.reaches("the rollout is held half-way", mixed)
	l.contains("mixed", l.step("mixed"), "nginx:v1", "nginx:v2")
	l.contains("history", l.step("history"), "REVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n")

	before := l.replicaSets()
	l.step("resume")
	l.reaches("the new version is there", []string{
		"revision 1: v1 wants 0, has 0, available 0",
		"revision 2: v2 wants 3, has 3, available 3",
	})

	l.step("undo")
	l.reaches("the old version is back as revision 3", []string{
		"revision 2: v2 wants 0, has 0, available 0",
		"revision 3: v1 wants 3, has 3, available 3",
	})
	if got, want := names(l.replicaSets()), names(before); !slices.Equal(got, want) {
		t.Errorf("after the undo there are ReplicaSets %q, want those from before, %q", got, want)
	}
}

// reaches waits until the ReplicaSets, in the order of their revisions, are as
// described.
func (l *learner) reaches(what string, want []string) {
	l.t.Helper()
	var got []string
	err := wait.PollUntilContextTimeout(l.t.Context(), 100*time.Millisecond, 2*time.Minute, true,
		func(context.Context) (bool, error) {
			got = got[:0]
			for _, set := range l.replicaSets() {
				image := set.Spec.Template.Spec.Containers[0].Image
				got = append(got, fmt.Sprintf("revision %s: %s wants %d, has %d, available %d",
					set.Annotations["deployment.kubernetes.io/revision"], image[strings.LastIndex(image, ":")+1:],
					*set.Spec.Replicas, set.Status.Replicas, set.Status.AvailableReplicas))
			}
			slices.Sort(got)
			return slices.Equal(got, want), nil
		})
	if err != nil {
		l.t.Fatalf("%s: got %q, want %q (%v)", what, got, want, err)
	}
}

func (l *learner) replicaSets() []appsv1.ReplicaSet {
	l.t.Helper()
	list, err := l.client.AppsV1().ReplicaSets("default").List(l.t.Context(), metav1.ListOptions{})
	if err != nil {
		l.t.Fatal(err)
	}
	return list.Items
}

func names(sets []appsv1.ReplicaSet) []string {
	var all []string
	for _, set := range sets {
		all = append(all, set.Name)
	}
	return all
}

// checkLimits checks the defaults that the lesson's table calls those of the
// manifest's API version.
func (l *learner) checkLimits(want string) {
	l.t.Helper()
	deployment, err := l.client.AppsV1().Deployments("default").Get(l.t.Context(), "image-deployment", metav1.GetOptions{})
	if err != nil {
		l.t.Fatal(err)
	}
	rolling := deployment.Spec.Strategy.RollingUpdate
	got := fmt.Sprintf("%s max unavailable, %s max surge", rolling.MaxUnavailable, rolling.MaxSurge)
	if got != want {
		l.t.Errorf("limits: got %q, want %q", got, want)
	}
}

// checkNames checks the table of the parts of a pod's name, and the labels and
// owners that the lesson speaks of.
func (l *learner) checkNames() {
	l.t.Helper()
	pods, err := l.client.CoreV1().Pods("default").List(l.t.Context(), metav1.ListOptions{})
	if err != nil {
		l.t.Fatal(err)
	}
	sets := l.replicaSets()
	if len(pods.Items) != 1 || len(sets) != 1 {
		l.t.Fatalf("got %d pods and %d ReplicaSets, want one of each", len(pods.Items), len(sets))
	}
	pod, set := pods.Items[0], sets[0]
	hash := set.Labels["pod-template-hash"]
	if set.Name != "image-deployment-"+hash || set.Spec.Selector.MatchLabels["pod-template-hash"] != hash {
		l.t.Errorf("ReplicaSet %q has hash %q and selector %v", set.Name, hash, set.Spec.Selector.MatchLabels)
	}
	ending, ok := strings.CutPrefix(pod.Name, set.Name+"-")
	if !ok || len(ending) != 5 || pod.Labels["pod-template-hash"] != hash {
		l.t.Errorf("pod %q of ReplicaSet %q has labels %v", pod.Name, set.Name, pod.Labels)
	}
	if owner := metav1.GetControllerOf(&pod); owner == nil || owner.Name != set.Name {
		l.t.Errorf("pod %q is owned by %v", pod.Name, owner)
	}
	if pod.Status.Phase != corev1.PodRunning {
		l.t.Errorf("pod %q is %s", pod.Name, pod.Status.Phase)
	}
}

// contains checks that what a step showed has every word.
func (l *learner) contains(step, shown string, words ...string) {
	l.t.Helper()
	for _, word := range words {
		if !strings.Contains(shown, word) {
			l.t.Errorf("step %q does not show %q; it shows\n%s", step, word, shown)
		}
	}
}
