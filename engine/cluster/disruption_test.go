package cluster_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/kubectl/pkg/drain"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// floor follows the pods of an app and records the minimum number of pods that
// were ready and not being deleted, from the moment when all were ready first.
type floor struct {
	mu     sync.Mutex
	all    int
	ready  map[string]bool // by name; guarded by mu
	full   bool            // guarded by mu
	fewest int             // guarded by mu
}

// follow begins to watch; the watch ends with the test.
func (u *user) follow(app string, all int) *floor {
	u.t.Helper()
	f := &floor{all: all, ready: map[string]bool{}, fewest: all}
	events, err := u.CoreV1().Pods("default").Watch(u.t.Context(), metav1.ListOptions{LabelSelector: "app=" + app})
	u.must(err)
	go func() {
		for event := range events.ResultChan() {
			f.take(event)
		}
	}()
	return f
}

func (f *floor) take(event watch.Event) {
	pod, ok := event.Object.(*corev1.Pod)
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.ready, pod.Name)
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue && event.Type != watch.Deleted && pod.DeletionTimestamp == nil {
			f.ready[pod.Name] = true
		}
	}
	f.full = f.full || len(f.ready) >= f.all
	if f.full {
		f.fewest = min(f.fewest, len(f.ready))
	}
}

func (f *floor) lowest() (fewest int, now int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fewest, len(f.ready)
}

// A budget blocks kubectl drain until it allows an eviction again, and the drain
// then continues by itself; there are never fewer ready pods than the budget
// demands.
func TestDrainRespectsTheBudget(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		two := intstr.FromInt32(2)
		_, err := u.PolicyV1().PodDisruptionBudgets("default").Create(t.Context(), &policyv1.PodDisruptionBudget{
			ObjectMeta: metav1.ObjectMeta{Name: "web"},
			Spec: policyv1.PodDisruptionBudgetSpec{
				MinAvailable: &two, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			},
		}, metav1.CreateOptions{})
		u.must(err)
		for _, name := range []string{"node-2", "node-3"} {
			u.cordon(name, true)
		}
		u.deploy("web", 3, func(template *corev1.PodTemplateSpec) {
			template.Spec.Containers[0].ReadinessProbe = &corev1.Probe{
				ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(80)}}, InitialDelaySeconds: 10,
			}
		})
		pods := u.follow("web", 3)
		u.until("three pods on node-1", 2*time.Minute, func() bool { _, ready := pods.lowest(); return ready == 3 })
		for _, name := range []string{"node-2", "node-3"} {
			u.cordon(name, false)
		}

		u.cordon("node-1", true)
		var output, problems bytes.Buffer
		helper := &drain.Helper{
			Ctx: t.Context(), Client: u, GracePeriodSeconds: -1, IgnoreAllDaemonSets: true,
			EvictErrorRetryDelay: 5 * time.Second, Out: &output, ErrOut: &problems,
		}
		began := time.Now()
		u.must(drain.RunNodeDrain(helper, "node-1"))
		took := time.Since(began)

		for _, pod := range u.pods("app=web") {
			if pod.Spec.NodeName == "node-1" {
				t.Errorf("pod %s is still there", pod.Name)
			}
		}
		if fewest, _ := pods.lowest(); fewest != 2 {
			t.Errorf("at the fewest %d pods were ready, want 2", fewest)
		}
		if refused := strings.Count(problems.String(), "Cannot evict pod as it would violate the pod's disruption budget."); refused < 2 {
			t.Errorf("%d evictions were refused, want some:\n%s", refused, &problems)
		}
		if evicted := strings.Count(output.String(), "evicting pod"); evicted < 3 {
			t.Errorf("%d evictions, want at least 3:\n%s", evicted, &output)
		}
		// Two pods had to become ready, each at least 10 s after it began, before the
		// last could go.
		between(t, "drained", took, 20*time.Second, 2*time.Minute)
	})
}

func (u *user) cordon(name string, desired bool) {
	u.t.Helper()
	helper := &drain.Helper{Ctx: u.t.Context(), Client: u, Out: &bytes.Buffer{}, ErrOut: &bytes.Buffer{}}
	u.must(drain.RunCordonOrUncordon(helper, u.node(name), desired))
}

// A tag that does not exist stops a rolling update at the bound of maxUnavailable,
// and the update is given up at the second set by progressDeadlineSeconds.
func TestABadTagLosesNoPodAndIsGivenUpInTime(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("web", 4, nil)
		pods := u.follow("web", 4)
		u.until("four pods ready", 2*time.Minute, func() bool { _, ready := pods.lowest(); return ready == 4 })

		u.changeDeployment("web", func(deployment *appsv1.Deployment) {
			one, none, deadline := intstr.FromInt32(1), intstr.FromInt32(0), int32(60)
			deployment.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{MaxSurge: &one, MaxUnavailable: &none}
			deployment.Spec.ProgressDeadlineSeconds = &deadline
		})
		time.Sleep(10 * time.Second)
		deployment := u.changeDeployment("web", func(deployment *appsv1.Deployment) {
			deployment.Spec.Template.Spec.Containers[0].Image = "nginx:1.161"
		})
		var progressed metav1.Time
		u.until("the deadline", 5*time.Minute, func() bool {
			var err error
			deployment, err = u.AppsV1().Deployments("default").Get(t.Context(), "web", metav1.GetOptions{})
			u.must(err)
			condition := progressing(deployment)
			if condition.Reason != "ProgressDeadlineExceeded" {
				progressed = condition.LastUpdateTime
			}
			return condition.Reason == "ProgressDeadlineExceeded"
		})
		exceeded := progressing(deployment)
		if exceeded.Status != corev1.ConditionFalse || !strings.HasSuffix(exceeded.Message, "has timed out progressing.") {
			t.Errorf("condition: %+v", exceeded)
		}
		// Times are kept in whole seconds, so upstream checks one second after the
		// deadline (pkg/controller/deployment/progress.go, requeueStuckDeployment).
		if after := exceeded.LastUpdateTime.Sub(progressed.Time); after != 61*time.Second {
			t.Errorf("the deadline of 60 s was exceeded %s after the last progress, want 61 s", after)
		}
		if !exceeded.LastTransitionTime.Equal(&exceeded.LastUpdateTime) {
			t.Errorf("condition: %+v", exceeded)
		}

		time.Sleep(30 * time.Minute)
		fewest, now := pods.lowest()
		if fewest != 4 || now != 4 {
			t.Errorf("%d pods are ready, at the fewest there were %d; want 4 at all times", now, fewest)
		}
		waiting := map[string]bool{}
		for _, pod := range u.pods("app=web") {
			for _, status := range pod.Status.ContainerStatuses {
				if status.State.Waiting != nil {
					waiting[status.State.Waiting.Reason] = true
				}
			}
		}
		if len(waiting) != 1 || !waiting["ImagePullBackOff"] && !waiting["ErrImagePull"] {
			t.Errorf("the new pod waits for %v", waiting)
		}
	})
}

func (u *user) changeDeployment(name string, change func(*appsv1.Deployment)) *appsv1.Deployment {
	u.t.Helper()
	client := u.AppsV1().Deployments("default")
	deployment, err := client.Get(context.Background(), name, metav1.GetOptions{})
	u.must(err)
	change(deployment)
	deployment, err = client.Update(u.t.Context(), deployment, metav1.UpdateOptions{})
	u.must(err)
	return deployment
}

func progressing(deployment *appsv1.Deployment) appsv1.DeploymentCondition {
	for _, condition := range deployment.Status.Conditions {
		if condition.Type == appsv1.DeploymentProgressing {
			return condition
		}
	}
	return appsv1.DeploymentCondition{}
}
