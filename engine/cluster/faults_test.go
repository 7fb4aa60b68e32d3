package cluster_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// user has the tests' actions on a cluster.
type user struct {
	t       *testing.T
	running *cluster.Cluster
	kubernetes.Interface
}

func newUser(t *testing.T, running *cluster.Cluster) *user {
	return &user{t: t, running: running, Interface: kubernetes.NewForConfigOrDie(running.RESTConfig())}
}

// asUser waits until each of the three nodes accepts pods, so that they are
// spread.
func asUser(t *testing.T, running *cluster.Cluster) *user {
	t.Helper()
	u := newUser(t, running)
	u.until("three nodes that take pods", time.Minute, func() bool {
		nodes, err := u.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
		u.must(err)
		return len(nodes.Items) == 3 && !slices.ContainsFunc(nodes.Items, func(node corev1.Node) bool {
			return len(node.Spec.Taints) > 0
		})
	})
	return u
}

func (u *user) must(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
}

// machine annotates a Node; an empty value removes the annotation.
func (u *user) machine(node, setting, value string) {
	u.t.Helper()
	var annotation any = value
	if value == "" {
		annotation = nil
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{"sim.tabernetes.dev/" + setting: annotation}}})
	u.must(err)
	_, err = u.CoreV1().Nodes().Patch(u.t.Context(), node, types.MergePatchType, patch, metav1.PatchOptions{})
	u.must(err)
}

// deploy makes a Deployment of nginx.
func (u *user) deploy(name string, replicas int32, change func(*corev1.PodTemplateSpec)) {
	u.t.Helper()
	labels := map[string]string{"app": name}
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "nginx:1.27"}}},
			},
		},
	}
	if change != nil {
		change(&deployment.Spec.Template)
	}
	_, err := u.AppsV1().Deployments("default").Create(u.t.Context(), deployment, metav1.CreateOptions{})
	u.must(err)
}

func (u *user) pods(selector string) []corev1.Pod {
	u.t.Helper()
	list, err := u.CoreV1().Pods("default").List(u.t.Context(), metav1.ListOptions{LabelSelector: selector})
	u.must(err)
	return list.Items
}

func (u *user) node(name string) *corev1.Node {
	u.t.Helper()
	node, err := u.CoreV1().Nodes().Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	return node
}

// until waits for a condition and returns how long it took, to the second.
func (u *user) until(what string, limit time.Duration, condition func() bool) time.Duration {
	u.t.Helper()
	began := time.Now()
	for !condition() {
		if time.Since(began) > limit {
			u.t.Fatalf("%s: not within %s", what, limit)
		}
		time.Sleep(time.Second)
	}
	return time.Since(began)
}

func ready(node *corev1.Node) corev1.ConditionStatus {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status
		}
	}
	return ""
}

func tainted(node *corev1.Node, key string, effect corev1.TaintEffect) bool {
	for _, taint := range node.Spec.Taints {
		if taint.Key == key && taint.Effect == effect {
			return true
		}
	}
	return false
}

func between(t *testing.T, what string, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s after %s, want between %s and %s", what, got, least, most)
	}
}

// The power of a node fails: how upstream's defaults react, and when.
func TestKilledNode(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("web", 6, nil)
		clustertest.Settle(t, running, time.Minute)
		onNode := func(node string, deleted bool) (names []string) {
			for _, pod := range u.pods("app=web") {
				if pod.Spec.NodeName == node && (pod.DeletionTimestamp != nil) == deleted {
					names = append(names, pod.Name)
				}
			}
			return names
		}
		lost := onNode("node-2", false)
		if len(lost) == 0 {
			t.Fatal("no pod runs on node-2")
		}
		alive := func() (count int) {
			for _, pod := range u.pods("app=web") {
				if pod.DeletionTimestamp == nil && podReady(&pod) && pod.Spec.NodeName != "node-2" {
					count++
				}
			}
			return count
		}

		u.machine("node-2", "power", "off")
		// The last heartbeat was at most 10 s ago; the grace period is 50 s,
		// checked every 5 s.
		took := u.until("node-2 is Unknown", 2*time.Minute, func() bool { return ready(u.node("node-2")) == corev1.ConditionUnknown })
		between(t, "Unknown", took, 40*time.Second, 56*time.Second)
		took = u.until("the taint", time.Minute, func() bool {
			return tainted(u.node("node-2"), corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute)
		})
		between(t, "unreachable:NoExecute", took, 0, 10*time.Second)
		for _, pod := range u.pods("app=web") {
			if pod.Spec.NodeName == "node-2" && podReady(&pod) {
				t.Errorf("pod %s still counts as ready", pod.Name)
			}
		}
		took = u.until("the eviction", 10*time.Minute, func() bool { return len(onNode("node-2", true)) == len(lost) })
		between(t, "evicted", took, 295*time.Second, 305*time.Second)
		took = u.until("replacements", time.Minute, func() bool { return alive() == 6 })
		// The last eviction was seen up to a second late.
		between(t, "replaced", took, 0, 20*time.Second)

		// The kubelet is not there to end the old pods.
		time.Sleep(time.Hour)
		if still := onNode("node-2", true); len(still) != len(lost) {
			t.Errorf("%d pods are Terminating on the dead node after an hour, want %d", len(still), len(lost))
		}
		u.machine("node-2", "power", "")
		took = u.until("node-2 is Ready", 2*time.Minute, func() bool { return ready(u.node("node-2")) == corev1.ConditionTrue })
		between(t, "Ready", took, 10*time.Second, 25*time.Second)
		u.until("the old pods are gone", time.Minute, func() bool { return len(onNode("node-2", true)) == 0 })
		u.until("the taints are gone", time.Minute, func() bool { return len(u.node("node-2").Spec.Taints) == 0 })
	})
}

// A dead node is marked as out of service: the pod garbage collector deletes its
// pods by force.
func TestOutOfService(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("web", 6, nil)
		clustertest.Settle(t, running, time.Minute)
		u.machine("node-2", "power", "off")
		u.until("node-2 is Unknown", 2*time.Minute, func() bool { return ready(u.node("node-2")) == corev1.ConditionUnknown })
		node := u.node("node-2")
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeOutOfService, Value: "nodeshutdown", Effect: corev1.TaintEffectNoExecute})
		_, err := u.CoreV1().Nodes().Update(t.Context(), node, metav1.UpdateOptions{})
		u.must(err)
		u.until("no pod is left on node-2", 2*time.Minute, func() bool {
			for _, pod := range u.pods("app=web") {
				if pod.Spec.NodeName == "node-2" {
					return false
				}
			}
			return true
		})
	})
}

// A partition shorter than the toleration: the node is Unknown in the meantime,
// and nothing is lost.
func TestPartitionHeals(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("web", 3, nil)
		clustertest.Settle(t, running, time.Minute)
		before := u.pods("app=web")
		u.machine("node-1", "network", "partitioned")
		u.until("node-1 is Unknown", 2*time.Minute, func() bool { return ready(u.node("node-1")) == corev1.ConditionUnknown })
		u.machine("node-1", "network", "connected")
		u.until("node-1 is Ready", time.Minute, func() bool { return ready(u.node("node-1")) == corev1.ConditionTrue })
		u.until("all pods are ready", time.Minute, func() bool {
			for _, pod := range u.pods("app=web") {
				if !podReady(&pod) {
					return false
				}
			}
			return true
		})
		after := u.pods("app=web")
		for i := range before {
			if after[i].UID != before[i].UID || after[i].Status.ContainerStatuses[0].RestartCount != 0 {
				t.Errorf("pod %s did not live through the partition", before[i].Name)
			}
		}
	})
}

// A node is added, used, removed and added again.
func TestAddAndDeleteNode(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		clustertest.Settle(t, running, time.Minute)
		add := func() {
			_, err := u.CoreV1().Nodes().Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{
				Name: "node-4", Annotations: map[string]string{"sim.tabernetes.dev/node": "", "sim.tabernetes.dev/cpu": "2"},
			}}, metav1.CreateOptions{})
			u.must(err)
			took := u.until("node-4 is Ready", time.Minute, func() bool { return ready(u.node("node-4")) == corev1.ConditionTrue })
			between(t, "Ready", took, 10*time.Second, 25*time.Second)
		}
		add()
		node := u.node("node-4")
		if node.Spec.PodCIDR == "" || node.Status.Addresses[0].Address != "172.18.0.5" || node.Status.Capacity.Cpu().String() != "2" {
			t.Errorf("node-4 has range %q, addresses %v, CPUs %s", node.Spec.PodCIDR, node.Status.Addresses, node.Status.Capacity.Cpu())
		}
		u.deploy("web", 4, func(template *corev1.PodTemplateSpec) {
			template.Spec.NodeSelector = map[string]string{corev1.LabelHostname: "node-4"}
		})
		clustertest.Settle(t, running, time.Minute)
		u.must(u.CoreV1().Nodes().Delete(t.Context(), "node-4", metav1.DeleteOptions{}))
		time.Sleep(15 * time.Second)
		if _, err := u.CoreV1().Nodes().Get(t.Context(), "node-4", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("node-4 came back: %v", err)
		}
		took := u.until("its pods are deleted", 5*time.Minute, func() bool {
			for _, pod := range u.pods("app=web") {
				if pod.Spec.NodeName != "" {
					return false
				}
			}
			return true
		})
		between(t, "deleted by the pod garbage collector", took, 0, 2*time.Minute)
		// The kubelet ends the pods, and then the machine is no longer needed.
		// Until then, a new Node of this name would be that of the running kubelet.
		time.Sleep(time.Minute)
		add()
		u.until("the pods run again", time.Minute, func() bool {
			count := 0
			for _, pod := range u.pods("app=web") {
				if podReady(&pod) {
					count++
				}
			}
			return count == 4
		})
	})
}

// A stored cluster continues with its machines, which are off if they were off.
func TestMachinesAreRestored(t *testing.T) {
	var stored cluster.Options
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		clustertest.Settle(t, running, time.Minute)
		u.must(u.CoreV1().Nodes().Delete(t.Context(), "node-3", metav1.DeleteOptions{}))
		u.machine("node-2", "power", "off")
		u.until("node-2 is Unknown", 2*time.Minute, func() bool { return ready(u.node("node-2")) == corev1.ConditionUnknown })
		snapshot := running.Store().Snapshot()
		stored = cluster.Options{Seed: 1, Restore: &snapshot}
	})
	clustertest.Virtual(t, stored, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		time.Sleep(5 * time.Minute)
		if got := ready(u.node("node-2")); got != corev1.ConditionUnknown {
			t.Errorf("node-2 is off, but Ready is %s", got)
		}
		if got := ready(u.node("node-1")); got != corev1.ConditionTrue {
			t.Errorf("Ready of node-1 is %s, want True", got)
		}
		if _, err := u.CoreV1().Nodes().Get(t.Context(), "node-3", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("the deleted node-3 is there again: %v", err)
		}
		u.machine("node-2", "power", "on")
		u.until("node-2 is Ready", time.Minute, func() bool { return ready(u.node("node-2")) == corev1.ConditionTrue })
	})
}

func podReady(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
