package topology

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
)

var startMilliseconds = start.UnixMilli()

func TestFrameShowsEveryKind(t *testing.T) {
	three, yes := int32(3), true
	cluster := newCluster()
	cluster.pods = cluster.pods[:1]
	service := &corev1.Service{
		ObjectMeta: objectMeta("front", 6),
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeClusterIP, ClusterIP: "10.96.0.7", ClusterIPs: []string{"10.96.0.7"},
			Ports: []corev1.ServicePort{{Port: 80, Protocol: corev1.ProtocolTCP}, {Port: 443, Protocol: corev1.ProtocolTCP, NodePort: 30443}},
		},
	}
	job := &batchv1.Job{
		ObjectMeta: objectMeta("nightly-1", 32),
		Spec:       batchv1.JobSpec{Completions: &three},
		Status:     batchv1.JobStatus{Active: 1, Succeeded: 2},
	}
	job.OwnerReferences = controlledBy("batch/v1", "CronJob", "nightly")
	cluster.others = []metav1.Object{
		service, completeStatefulSet(), completeDaemonSet(), job,
		&batchv1.CronJob{ObjectMeta: objectMeta("nightly", 31), Spec: batchv1.CronJobSpec{Suspend: &yes}},
	}
	topology := newTopology(t)
	cluster.observe(topology)
	frame := topology.Frame()
	want := []Item{
		&NodeItem{
			UID: "uid-node-1", Kind: "Node", Name: "node-1", Created: startMilliseconds, RevisionSeen: 5,
			Ready: true, Status: "Ready", PodCIDR: "10.244.0.0/24", InternalIP: "192.168.0.11", PodCount: 1,
		},
		&ServiceItem{
			UID: "uid-front", Kind: "Service", Namespace: "default", Name: "front", Created: startMilliseconds, RevisionSeen: 6,
			ClusterIP: "10.96.0.7", Type: "ClusterIP", Ports: "80/TCP,443:30443/TCP", Targets: []string{},
		},
		&DeploymentItem{
			UID: "uid-web", Kind: "Deployment", Namespace: "default", Name: "web", Created: startMilliseconds, RevisionSeen: 10,
			Desired: 2, Updated: 2, Ready: 2, Available: 2, Total: 2, Revision: 1,
			Strategy: "RollingUpdate", MaxSurge: 1, MaxSurgeText: "25%", MaxUnavailable: 1, MaxUnavailableText: "1",
			Progressing: "NewReplicaSetAvailable", Images: []string{"nginx:v1"},
		},
		&WorkloadItem{
			UID: "uid-nightly", Kind: "CronJob", Namespace: "default", Name: "nightly", Created: startMilliseconds, RevisionSeen: 31, Images: []string{},
		},
		&WorkloadItem{
			UID: "uid-agent", Kind: "DaemonSet", Namespace: "default", Name: "agent", Created: startMilliseconds, RevisionSeen: 210,
			Desired: 3, Ready: 3, Current: 3, Updated: 3, Images: []string{},
		},
		&WorkloadItem{
			UID: "uid-db", Kind: "StatefulSet", Namespace: "default", Name: "db", Created: startMilliseconds, RevisionSeen: 200,
			Desired: 2, Ready: 2, Current: 2, Updated: 2, Images: []string{},
		},
		&WorkloadItem{
			UID: "uid-nightly-1", Kind: "Job", Namespace: "default", Name: "nightly-1", Owner: "uid-nightly", Created: startMilliseconds, RevisionSeen: 32,
			Desired: 3, Ready: 2, Current: 1, Images: []string{},
		},
		&ReplicaSetItem{
			UID: "uid-web-aaa", Kind: "ReplicaSet", Namespace: "default", Name: "web-aaa", Owner: "uid-web", Created: startMilliseconds, RevisionSeen: 21,
			Desired: 2, Current: 2, Ready: 2, Available: 2, Revision: 1, Active: true, Images: []string{"nginx:v1"}, Hash: "aaa",
		},
		&PodItem{
			UID: "uid-web-aaa-1", Kind: "Pod", Namespace: "default", Name: "web-aaa-1", Owner: "uid-web-aaa", Created: startMilliseconds, RevisionSeen: 101,
			Phase: "Running", Status: "Running", ReadyText: "1/1", Ready: true, Node: "node-1", IP: "10.244.0.1",
			Images: []string{"nginx:v1"}, ReplicaSetHash: "aaa", Services: []string{},
		},
	}
	// DaemonSet and StatefulSet, both workloads, are sorted by name.
	if diff := cmp.Diff(want, frame.Upserts); diff != "" {
		t.Errorf("upserts, want - got +\n%s", diff)
	}
	if !frame.Reset || frame.Revision != 210 {
		t.Errorf("first frame has reset %v, revision %d; want true, 210", frame.Reset, frame.Revision)
	}
}

// TestPodColumns shows that the columns are kubectl's, in states where they are
// not the phase.
func TestPodColumns(t *testing.T) {
	deleted := metav1.NewTime(start)
	for _, test := range []struct {
		name              string
		change            func(*corev1.Pod)
		status, readyText string
		restarts          int32
	}{
		{"running", func(*corev1.Pod) {}, "Running", "1/1", 0},
		{"terminating", func(pod *corev1.Pod) { pod.DeletionTimestamp = &deleted }, "Terminating", "1/1", 0},
		{
			"crash loop",
			func(pod *corev1.Pod) {
				status := &pod.Status.ContainerStatuses[0]
				status.Ready, status.RestartCount = false, 3
				status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
				status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{FinishedAt: metav1.NewTime(start)}
			},
			"CrashLoopBackOff", "0/1", 3,
		},
		{
			"no status yet",
			func(pod *corev1.Pod) { pod.Status = corev1.PodStatus{} },
			"", "0/1", 0,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			pod := readyPod("aaa", 1, "nginx:v1")
			test.change(pod)
			item := newTopology(t).podItem(pod)
			if item.Status != test.status || item.ReadyText != test.readyText || item.Restarts != test.restarts {
				t.Errorf("got %q %q %d, want %q %q %d", item.Status, item.ReadyText, item.Restarts, test.status, test.readyText, test.restarts)
			}
			if item.Phase == "" {
				t.Error("phase is empty")
			}
		})
	}
}

// TestActiveReplicaSet follows an image change: the old ReplicaSet stays the
// active one until the new one exists, and a rollback makes it so again.
func TestActiveReplicaSet(t *testing.T) {
	topology := newTopology(t)
	cluster := newCluster()
	cluster.observe(topology)
	active := func(frame *Frame) string {
		var names []string
		for _, item := range frame.Upserts {
			if replicaSet, ok := item.(*ReplicaSetItem); ok {
				names = append(names, fmt.Sprintf("%s=%v", replicaSet.Name, replicaSet.Active))
			}
		}
		return strings.Join(names, " ")
	}
	expect := func(step, want string) {
		t.Helper()
		if got := active(topology.Frame()); got != want {
			t.Errorf("%s: got %q, want %q", step, got, want)
		}
	}
	expect("first", "web-aaa=true")

	changed := cluster.deployment.DeepCopy()
	changed.ResourceVersion, changed.Generation = "501", 2
	changed.Spec.Template = template("nginx:v2")
	topology.observe(changed)
	expect("image changed", "") // the ReplicaSet is as before

	topology.observe(completeReplicaSet("bbb", 2, 0, "nginx:v2"))
	expect("new replica set", "web-aaa=false web-bbb=true")

	back := changed.DeepCopy()
	back.ResourceVersion, back.Generation = "502", 3
	back.Spec.Template = template("nginx:v1")
	topology.observe(back)
	expect("rolled back", "web-aaa=true web-bbb=false")

	topology.forget(back)
	old := cluster.replicaSet.DeepCopy()
	old.ResourceVersion = "503"
	topology.observe(old)
	expect("deployment gone, by revision", "web-aaa=false web-bbb=true")
}

func TestFrameCoalesces(t *testing.T) {
	topology := newTopology(t)
	topology.Frame()
	if frame := topology.Frame(); frame != nil {
		t.Fatalf("a frame of an idle cluster: %+v", frame)
	}
	pod := readyPod("aaa", 1, "nginx:v1")
	topology.observe(pod)
	changed := pod.DeepCopy()
	changed.ResourceVersion, changed.Status.PodIP = "700", "10.244.0.99"
	topology.observe(changed)
	gone := readyPod("aaa", 2, "nginx:v1")
	topology.observe(gone)
	topology.forget(gone)
	frame := topology.Frame()
	if len(frame.Upserts) != 1 || frame.Upserts[0].(*PodItem).IP != "10.244.0.99" || len(frame.Removes) != 0 || frame.Reset {
		t.Errorf("got %+v, want the pod's last state alone", frame)
	}
	topology.observe(changed) // a resync
	if frame := topology.Frame(); frame != nil {
		t.Errorf("a frame of a resync: %+v", frame)
	}
	topology.forget(cache.DeletedFinalStateUnknown{Key: "default/web-aaa-1", Obj: changed})
	frame = topology.Frame()
	if diff := cmp.Diff([]string{"uid-web-aaa-1"}, frame.Removes); diff != "" || len(frame.Upserts) != 0 {
		t.Errorf("after the deletion got %+v, want its removal", frame)
	}
}

// TestReplacedObject: an informer may report a deletion and a creation under the
// same name as one update.
func TestReplacedObject(t *testing.T) {
	topology := newTopology(t)
	old := readyPod("aaa", 1, "nginx:v1")
	topology.observe(old)
	topology.Frame()
	successor := old.DeepCopy()
	successor.UID, successor.ResourceVersion = "uid-successor", "900"
	topology.replace(old, successor)
	frame := topology.Frame()
	if len(frame.Upserts) != 1 || frame.Upserts[0].(*PodItem).UID != "uid-successor" {
		t.Errorf("upserts %+v, want the successor", frame.Upserts)
	}
	if diff := cmp.Diff([]string{"uid-web-aaa-1"}, frame.Removes); diff != "" {
		t.Errorf("removes, want - got +\n%s", diff)
	}
}

func TestReset(t *testing.T) {
	topology := newTopology(t)
	cluster := newCluster()
	cluster.observe(topology)
	topology.observe(apiEvent("first", 1, start))
	first := topology.Frame()
	topology.forget(cluster.pods[0])
	topology.Reset()
	second := topology.Frame()
	if !second.Reset || len(second.Upserts) != len(first.Upserts)-1 || len(second.Removes) != 0 || len(second.Events) != 1 {
		t.Errorf("after Reset got %+v, want all items but the removed one, and the event", second)
	}
	if frame := topology.Frame(); frame != nil {
		t.Errorf("got a third frame: %+v", frame)
	}
}

func TestDirtyOnceUntilTaken(t *testing.T) {
	topology := newTopology(t)
	dirty := func() bool {
		select {
		case <-topology.Dirty():
			return true
		default:
			return false
		}
	}
	if !dirty() {
		t.Error("not dirty at first")
	}
	newCluster().observe(topology)
	if dirty() {
		t.Error("dirty again before the frame was taken")
	}
	topology.Frame()
	if dirty() {
		t.Error("dirty with nothing pending")
	}
	topology.observe(readyPod("aaa", 3, "nginx:v1"))
	topology.observe(readyPod("aaa", 4, "nginx:v1"))
	if !dirty() || dirty() {
		t.Error("want exactly one signal for two changes")
	}
	topology.Frame()
	topology.observe(readyPod("aaa", 5, "nginx:v1"))
	topology.Frame() // unasked, takes the signal with it
	if dirty() {
		t.Error("dirty with nothing pending, after an unasked frame")
	}
}

// TestNodeCountsPods: pods that have ended or gone do not count.
func TestNodeCountsPods(t *testing.T) {
	topology := newTopology(t)
	cluster := newCluster()
	cluster.observe(topology)
	podCount := func() int {
		t.Helper()
		if frame := topology.Frame(); frame != nil {
			for _, item := range frame.Upserts {
				if node, ok := item.(*NodeItem); ok {
					return node.PodCount
				}
			}
		}
		return -1
	}
	if got := podCount(); got != 2 {
		t.Errorf("got %d, want 2", got)
	}
	ended := cluster.pods[0].DeepCopy()
	ended.ResourceVersion, ended.Status.Phase = "600", corev1.PodFailed
	topology.observe(ended)
	if got := podCount(); got != 1 {
		t.Errorf("one ended: got %d, want 1", got)
	}
	topology.forget(cluster.pods[1])
	if got := podCount(); got != 0 {
		t.Errorf("the other gone: got %d, want 0", got)
	}
}

func apiEvent(name string, revision int, last time.Time) *corev1.Event {
	event := &corev1.Event{
		ObjectMeta:     objectMeta(name, revision),
		Type:           corev1.EventTypeNormal,
		Reason:         "Pulled",
		Message:        "Successfully pulled image\n",
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "default", Name: "web-aaa-1", UID: "uid-web-aaa-1"},
	}
	event.LastTimestamp = metav1.NewTime(last)
	return event
}

func TestEventsOfBothGenerations(t *testing.T) {
	later := start.Add(time.Minute)
	old := apiEvent("old", 7, start)
	old.Source, old.Count = corev1.EventSource{Component: "kubelet", Host: "node-1"}, 4
	modern := apiEvent("modern", 8, time.Time{})
	modern.EventTime = metav1.NewMicroTime(start.Add(time.Second))
	modern.ReportingController = "default-scheduler"
	series := apiEvent("series", 9, time.Time{})
	series.EventTime = metav1.NewMicroTime(start)
	series.Series = &corev1.EventSeries{Count: 6, LastObservedTime: metav1.NewMicroTime(later)}

	topology := newTopology(t)
	topology.Frame()
	for _, event := range []*corev1.Event{series, modern, old} {
		topology.observe(event)
	}
	involved := InvolvedObject{Kind: "Pod", Namespace: "default", Name: "web-aaa-1", UID: "uid-web-aaa-1"}
	base := ClusterEvent{Type: "Normal", Reason: "Pulled", Message: "Successfully pulled image", Involved: involved}
	want := []ClusterEvent{base, base, base}
	want[0].UID, want[0].Time, want[0].Count, want[0].Source = "uid-old", startMilliseconds, 4, "kubelet"
	want[1].UID, want[1].Time, want[1].Count, want[1].Source = "uid-modern", startMilliseconds+1000, 1, "default-scheduler"
	want[2].UID, want[2].Time, want[2].Count = "uid-series", later.UnixMilli(), 6
	if diff := cmp.Diff(want, topology.Frame().Events); diff != "" {
		t.Errorf("events, want - got +\n%s", diff)
	}
	counted := old.DeepCopy()
	counted.ResourceVersion, counted.Count = "10", 5
	topology.observe(counted)
	frame := topology.Frame()
	if len(frame.Events) != 1 || frame.Events[0].Count != 5 {
		t.Errorf("got %+v, want the event counted up", frame.Events)
	}
}

func TestEventsAreBounded(t *testing.T) {
	topology := newTopology(t)
	for number := range maxEvents + 25 {
		topology.observe(apiEvent(fmt.Sprintf("event-%d", number), number+1, start.Add(time.Duration(number)*time.Second)))
	}
	events := topology.Frame().Events
	if len(events) != maxEvents {
		t.Fatalf("got %d events, want %d", len(events), maxEvents)
	}
	if events[0].UID != "uid-event-25" || events[maxEvents-1].UID != fmt.Sprintf("uid-event-%d", maxEvents+24) {
		t.Errorf("kept %s to %s, want the newest, oldest first", events[0].UID, events[maxEvents-1].UID)
	}
}

// TestThroughInformers calls the handlers through informers, as the cluster does.
func TestThroughInformers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := fake.NewClientset()
		factory := informers.NewSharedInformerFactory(client, 0)
		topology, err := New(Options{Informers: factory})
		if err != nil {
			t.Fatal(err)
		}
		if topology.Settled() {
			t.Error("settled before the informers have synced")
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer func() { cancel(); factory.Shutdown() }()
		factory.Start(ctx.Done())
		synctest.Wait()
		if !topology.Settled() {
			t.Errorf("an empty cluster is not settled: %q", topology.Obstacles())
		}
		topology.Frame()

		deployment := completeDeployment(2, "nginx:v1")
		deployment.Status = appsv1.DeploymentStatus{}
		if _, err := client.AppsV1().Deployments("default").Create(ctx, deployment, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		<-topology.Dirty()
		frame := topology.Frame()
		if len(frame.Upserts) != 1 || frame.Time != time.Now().UnixMilli() {
			t.Errorf("got %+v, want the deployment at the cluster's time", frame)
		}
		for range 2 { // the second call starts with the obstacle that the first has found
			if topology.Settled() {
				t.Error("settled with a deployment that no controller has seen")
			}
		}
		if err := client.AppsV1().Deployments("default").Delete(ctx, "web", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		<-topology.Dirty()
		if frame := topology.Frame(); len(frame.Removes) != 1 {
			t.Errorf("got %+v, want a removal", frame)
		}
		if !topology.Settled() {
			t.Errorf("not settled after the deletion: %q", topology.Obstacles())
		}
	})
}

func TestNewNeedsInformers(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("no error without informers")
	}
}

// BenchmarkFrame is a frame in which every one of 500 pods has changed.
func BenchmarkFrame(b *testing.B) {
	topology := newTopology(b)
	topology.observe(readyNode("node-1"))
	topology.observe(completeDeployment(500, "nginx:v1"))
	topology.observe(completeReplicaSet("aaa", 1, 500, "nginx:v1"))
	pods := make([]*corev1.Pod, 500)
	for number := range pods {
		pods[number] = readyPod("aaa", number, "nginx:v1")
	}
	revision := 1000
	for b.Loop() {
		for _, pod := range pods {
			revision++
			changed := *pod
			changed.ResourceVersion = fmt.Sprint(revision)
			topology.observe(&changed)
		}
		if frame := topology.Frame(); len(frame.Upserts) < 500 {
			b.Fatalf("%d upserts", len(frame.Upserts))
		}
	}
}

// BenchmarkSettled is the answer true, which requires a look at every object.
func BenchmarkSettled(b *testing.B) {
	topology := newTopology(b)
	topology.registrations = nil // never started, so never synced
	topology.observe(completeDeployment(500, "nginx:v1"))
	topology.observe(completeReplicaSet("aaa", 1, 500, "nginx:v1"))
	for number := range 500 {
		pod := readyPod("aaa", number, "nginx:v1")
		pod.UID = types.UID(fmt.Sprint(number))
		topology.observe(pod)
	}
	for b.Loop() {
		if !topology.Settled() {
			b.Fatal(topology.Obstacles())
		}
	}
}
