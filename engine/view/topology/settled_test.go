package topology

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func notReady(pod *corev1.Pod) { pod.Status.Conditions[1].Status = corev1.ConditionFalse }

func unschedulable(pod *corev1.Pod) {
	pod.Spec.NodeName = ""
	pod.Status = corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable},
	}}
}

func barePod(name string) *corev1.Pod {
	pod := readyPod("aaa", 9, "nginx:v1")
	pod.ObjectMeta = objectMeta(name, 300)
	return pod
}

// TestObstacles changes one thing of a settled cluster in each case. An empty want
// means that the cluster is still settled.
func TestObstacles(t *testing.T) {
	one, two := int32(1), int32(2)
	yes := true
	deleted := metav1.NewTime(start)
	for _, test := range []struct {
		name   string
		change func(*cluster)
		want   string
	}{
		{"complete rollout", func(*cluster) {}, ""},
		{"no workloads", func(c *cluster) { c.deployment, c.replicaSet, c.pods = nil, nil, nil }, ""},
		{
			"deployment not observed",
			func(c *cluster) { c.deployment.Generation = 2 },
			`Deployment "default/web": its controller has observed generation 1 of 2`,
		},
		{
			"rollout half way",
			func(c *cluster) { c.deployment.Status.UpdatedReplicas = 1 },
			`Deployment "default/web": 1 of 2 replicas updated, 2 available, 2 in all`,
		},
		{
			"paused half way",
			func(c *cluster) { c.deployment.Status.UpdatedReplicas, c.deployment.Spec.Paused = 1, true },
			"",
		},
		{
			"paused, status behind its replica sets",
			func(c *cluster) { c.deployment.Status.AvailableReplicas, c.deployment.Spec.Paused = 1, true },
			`Deployment "default/web": its status does not yet say what its replica sets say`,
		},
		{
			"deployment with a terminating replica",
			func(c *cluster) { c.deployment.Status.TerminatingReplicas = &one },
			`Deployment "default/web": 1 replicas are terminating`,
		},
		{
			"progress deadline exceeded",
			func(c *cluster) {
				c.deployment.Status.Conditions[0].Reason = "ProgressDeadlineExceeded"
				c.deployment.Status.UpdatedReplicas = 1
			},
			"",
		},
		{
			"replica set not observed",
			func(c *cluster) { c.replicaSet.Generation = 2 },
			`ReplicaSet "default/web-aaa": its controller has observed generation 1 of 2`,
		},
		{
			"replica set short of pods",
			func(c *cluster) { three := int32(3); c.replicaSet.Spec.Replicas = &three },
			`ReplicaSet "default/web-aaa": 2 of 3 replicas`,
		},
		{
			"replica set with a terminating replica",
			func(c *cluster) { c.replicaSet.Status.TerminatingReplicas = &one },
			`ReplicaSet "default/web-aaa": 1 replicas are terminating`,
		},
		{
			"pod created, not yet counted",
			func(c *cluster) { c.pods = append(c.pods, readyPod("aaa", 3, "nginx:v1")) },
			`ReplicaSet "default/web-aaa": its status does not yet say what its pods say`,
		},
		{
			"pod not ready",
			func(c *cluster) {
				notReady(c.pods[1])
				c.replicaSet.Status.ReadyReplicas, c.replicaSet.Status.AvailableReplicas = 1, 1
				c.deployment.Status.ReadyReplicas, c.deployment.Status.AvailableReplicas = 1, 1
			},
			`Deployment "default/web": 2 of 2 replicas updated, 1 available, 2 in all; ` +
				`Pod "default/web-aaa-2": is not ready`,
		},
		{
			"unschedulable pod before the progress deadline",
			func(c *cluster) {
				unschedulable(c.pods[1])
				c.replicaSet.Status.ReadyReplicas, c.replicaSet.Status.AvailableReplicas = 1, 1
				c.deployment.Status.ReadyReplicas, c.deployment.Status.AvailableReplicas = 1, 1
			},
			`Deployment "default/web": 2 of 2 replicas updated, 1 available, 2 in all`,
		},
		{
			"unschedulable pod after the progress deadline",
			func(c *cluster) {
				unschedulable(c.pods[1])
				c.replicaSet.Status.ReadyReplicas, c.replicaSet.Status.AvailableReplicas = 1, 1
				c.deployment.Status.ReadyReplicas, c.deployment.Status.AvailableReplicas = 1, 1
				c.deployment.Status.Conditions[0].Reason = "ProgressDeadlineExceeded"
			},
			"",
		},
		{
			"pod waiting for the scheduler",
			func(c *cluster) {
				pod := barePod("lone")
				unschedulable(pod)
				pod.Status.Conditions = nil
				c.others = append(c.others, pod)
			},
			`Pod "default/lone": is not scheduled`,
		},
		{
			"completed pod",
			func(c *cluster) {
				pod := barePod("lone")
				notReady(pod)
				pod.Status.Phase = corev1.PodSucceeded
				c.others = append(c.others, pod)
			},
			"",
		},
		{
			"pod being deleted",
			func(c *cluster) {
				pod := barePod("lone")
				pod.DeletionTimestamp = &deleted
				c.others = append(c.others, pod)
			},
			`Pod "default/lone": is being deleted`,
		},
		{
			"deployment gone, the rest waits for the garbage collector",
			func(c *cluster) { c.deployment = nil },
			`ReplicaSet "default/web-aaa": waits for the garbage collector, its owner Deployment "web" is gone`,
		},
		{
			"owner of a kind that is not shown",
			func(c *cluster) {
				pod := barePod("lone")
				pod.OwnerReferences = controlledBy("argoproj.io/v1alpha1", "Rollout", "old")
				c.others = append(c.others, pod)
			},
			"",
		},
		{
			"node that has not reported",
			func(c *cluster) { c.node.Status.Conditions = nil },
			`Node "node-1": its condition Ready is "unset"`,
		},
		{
			"node ready, taint not yet lifted",
			func(c *cluster) { c.node.Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeNotReady}} },
			`Node "node-1": its taints do not yet follow its condition Ready`,
		},
		{
			"node lost",
			func(c *cluster) {
				c.node.Status.Conditions[0].Status = corev1.ConditionUnknown
				c.node.Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeUnreachable}}
			},
			"",
		},
		{
			"stateful set rolled out",
			func(c *cluster) { c.others = append(c.others, completeStatefulSet()) },
			"",
		},
		{
			"stateful set starting",
			func(c *cluster) {
				set := completeStatefulSet()
				set.Status.Replicas = 1
				c.others = append(c.others, set)
			},
			`StatefulSet "default/db": 1 of 2 replicas, 2 available`,
		},
		{
			"stateful set whose first pod finds no node",
			func(c *cluster) {
				set := completeStatefulSet()
				set.Status.Replicas, set.Status.AvailableReplicas = 1, 0
				pod := barePod("db-0")
				pod.OwnerReferences = controlledBy("apps/v1", "StatefulSet", "db")
				unschedulable(pod)
				c.others = append(c.others, set, pod)
			},
			"",
		},
		{
			"stateful set updating",
			func(c *cluster) {
				set := completeStatefulSet()
				set.Status.UpdatedReplicas, set.Status.UpdateRevision = 1, "db-2"
				c.others = append(c.others, set)
			},
			`StatefulSet "default/db": 1 of 2 replicas updated`,
		},
		{
			"stateful set updated down to its partition",
			func(c *cluster) {
				set := completeStatefulSet()
				set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: &one}
				set.Status.UpdatedReplicas, set.Status.UpdateRevision = 1, "db-2"
				c.others = append(c.others, set)
			},
			"",
		},
		{
			"stateful set updated only on delete",
			func(c *cluster) {
				set := completeStatefulSet()
				set.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType
				set.Status.UpdatedReplicas, set.Status.UpdateRevision = 0, "db-2"
				c.others = append(c.others, set)
			},
			"",
		},
		{
			"daemon set on every node",
			func(c *cluster) { c.others = append(c.others, completeDaemonSet()) },
			"",
		},
		{
			"daemon set short of a node",
			func(c *cluster) {
				set := completeDaemonSet()
				set.Status.NumberReady, set.Status.NumberAvailable = 2, 2
				c.others = append(c.others, set)
			},
			`DaemonSet "default/agent": 3 of 3 pods scheduled, 3 updated, 2 available`,
		},
		{
			"job running",
			func(c *cluster) {
				c.others = append(c.others, &batchv1.Job{ObjectMeta: objectMeta("batch", 400)})
			},
			`Job "default/batch": has not ended`,
		},
		{
			"job complete",
			func(c *cluster) {
				c.others = append(c.others, &batchv1.Job{
					ObjectMeta: objectMeta("batch", 400),
					Status:     batchv1.JobStatus{Conditions: []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}},
				})
			},
			"",
		},
		{
			"job suspended",
			func(c *cluster) {
				c.others = append(c.others, &batchv1.Job{ObjectMeta: objectMeta("batch", 400), Spec: batchv1.JobSpec{Suspend: &yes, Parallelism: &two}})
			},
			"",
		},
		{
			"cron job between its runs",
			func(c *cluster) {
				c.others = append(c.others, &batchv1.CronJob{ObjectMeta: objectMeta("nightly", 401)})
			},
			"",
		},
		{
			"cron job in a run",
			func(c *cluster) {
				c.others = append(c.others, &batchv1.CronJob{
					ObjectMeta: objectMeta("nightly", 401),
					Status:     batchv1.CronJobStatus{Active: []corev1.ObjectReference{{Name: "nightly-1"}}},
				})
			},
			`CronJob "default/nightly": has active jobs`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			cluster := newCluster()
			test.change(cluster)
			topology := newTopology(t)
			cluster.observe(topology)
			if got := strings.Join(topology.Obstacles(), "; "); got != test.want {
				t.Errorf("obstacles\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func completeStatefulSet() *appsv1.StatefulSet {
	two := int32(2)
	return &appsv1.StatefulSet{
		ObjectMeta: objectMeta("db", 200),
		Spec: appsv1.StatefulSetSpec{
			Replicas:       &two,
			UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType},
		},
		Status: appsv1.StatefulSetStatus{
			ObservedGeneration: 1, Replicas: 2, ReadyReplicas: 2, AvailableReplicas: 2, UpdatedReplicas: 2,
			CurrentRevision: "db-1", UpdateRevision: "db-1",
		},
	}
}

func completeDaemonSet() *appsv1.DaemonSet {
	return &appsv1.DaemonSet{
		ObjectMeta: objectMeta("agent", 210),
		Status: appsv1.DaemonSetStatus{
			ObservedGeneration: 1, DesiredNumberScheduled: 3, CurrentNumberScheduled: 3,
			UpdatedNumberScheduled: 3, NumberReady: 3, NumberAvailable: 3,
		},
	}
}

// TestObstaclesWithMinReadySeconds: a ready pod settles only with time, and its
// ReplicaSet only when the controller has counted it as available.
func TestObstaclesWithMinReadySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cluster := newCluster()
		cluster.deployment.Spec.MinReadySeconds = 10
		cluster.replicaSet.Spec.MinReadySeconds = 10
		cluster.replicaSet.Status.AvailableReplicas = 0
		cluster.deployment.Status.AvailableReplicas = 0
		for _, pod := range cluster.pods {
			pod.Status.Conditions[1].LastTransitionTime = metav1.Now()
		}
		topology := newTopology(t)
		cluster.observe(topology)
		expect := func(want ...string) {
			t.Helper()
			if got := topology.Obstacles(); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("obstacles after %v\n got %q\nwant %q", time.Since(cluster.pods[0].Status.Conditions[1].LastTransitionTime.Time), got, want)
			}
		}
		waiting := `Deployment "default/web": 2 of 2 replicas updated, 0 available, 2 in all`
		expect(waiting,
			`Pod "default/web-aaa-1": is not yet ready for 10 s`,
			`Pod "default/web-aaa-2": is not yet ready for 10 s`)
		time.Sleep(9 * time.Second)
		expect(waiting,
			`Pod "default/web-aaa-1": is not yet ready for 10 s`,
			`Pod "default/web-aaa-2": is not yet ready for 10 s`)
		time.Sleep(time.Second + time.Millisecond)
		expect(waiting, `ReplicaSet "default/web-aaa": its status does not yet say what its pods say`)

		replicaSet := cluster.replicaSet.DeepCopy()
		replicaSet.ResourceVersion, replicaSet.Status.AvailableReplicas = "500", 2
		topology.observe(replicaSet)
		deployment := cluster.deployment.DeepCopy()
		deployment.ResourceVersion, deployment.Status.AvailableReplicas = "501", 2
		topology.observe(deployment)
		expect()
	})
}
