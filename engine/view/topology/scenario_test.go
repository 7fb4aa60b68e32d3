package topology

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
)

// start is the creation time of every object in the tests.
var start = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// newTopology makes a Topology whose handlers the test calls itself, instead of
// informers.
func newTopology(t testing.TB) *Topology {
	t.Helper()
	topology, err := New(Options{Informers: informers.NewSharedInformerFactory(fake.NewClientset(), 0)})
	if err != nil {
		t.Fatal(err)
	}
	return topology
}

func objectMeta(name string, revision int) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name:              name,
		Namespace:         "default",
		UID:               types.UID("uid-" + name),
		ResourceVersion:   fmt.Sprint(revision),
		Generation:        1,
		CreationTimestamp: metav1.NewTime(start),
	}
}

func controlledBy(apiVersion, kind, name string) []metav1.OwnerReference {
	controller := true
	return []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: name, UID: types.UID("uid-" + name), Controller: &controller}}
}

func template(image string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "nginx", Image: image}}},
	}
}

// completeDeployment is rolled out with count replicas of image.
func completeDeployment(count int32, image string) *appsv1.Deployment {
	surge, unavailable := intstr.FromString("25%"), intstr.FromInt32(1)
	deployment := &appsv1.Deployment{
		ObjectMeta: objectMeta("web", 10),
		Spec: appsv1.DeploymentSpec{
			Replicas: &count,
			Template: template(image),
			Strategy: appsv1.DeploymentStrategy{
				Type:          appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable},
			},
		},
		Status: appsv1.DeploymentStatus{
			ObservedGeneration: 1,
			Replicas:           count,
			UpdatedReplicas:    count,
			ReadyReplicas:      count,
			AvailableReplicas:  count,
			Conditions: []appsv1.DeploymentCondition{
				{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable"},
			},
		},
	}
	deployment.Annotations = map[string]string{"deployment.kubernetes.io/revision": "1"}
	return deployment
}

// completeReplicaSet belongs to the Deployment of completeDeployment.
func completeReplicaSet(hash string, revision int, count int32, image string) *appsv1.ReplicaSet {
	replicaSet := &appsv1.ReplicaSet{
		ObjectMeta: objectMeta("web-"+hash, 20+revision),
		Spec:       appsv1.ReplicaSetSpec{Replicas: &count, Template: template(image)},
		Status: appsv1.ReplicaSetStatus{
			ObservedGeneration: 1, Replicas: count, ReadyReplicas: count, AvailableReplicas: count,
		},
	}
	replicaSet.OwnerReferences = controlledBy("apps/v1", "Deployment", "web")
	replicaSet.Labels = map[string]string{appsv1.DefaultDeploymentUniqueLabelKey: hash}
	replicaSet.Annotations = map[string]string{"deployment.kubernetes.io/revision": fmt.Sprint(revision)}
	replicaSet.Spec.Template.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = hash
	return replicaSet
}

// readyPod belongs to the ReplicaSet web-hash and is ready since start.
func readyPod(hash string, number int, image string) *corev1.Pod {
	started := true
	pod := &corev1.Pod{
		ObjectMeta: objectMeta(fmt.Sprintf("web-%s-%d", hash, number), 100+number),
		Spec:       template(image).Spec,
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning,
			PodIP: fmt.Sprintf("10.244.0.%d", number),
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue},
				{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(start)},
			},
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: "nginx", Image: image, Ready: true, Started: &started,
				State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(start)}},
			}},
		},
	}
	pod.Spec.NodeName = "node-1"
	pod.OwnerReferences = controlledBy("apps/v1", "ReplicaSet", "web-"+hash)
	pod.Labels = map[string]string{appsv1.DefaultDeploymentUniqueLabelKey: hash}
	return pod
}

func readyNode(name string) *corev1.Node {
	node := &corev1.Node{
		ObjectMeta: objectMeta(name, 5),
		Spec:       corev1.NodeSpec{PodCIDR: "10.244.0.0/24"},
		Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeHostName, Address: name},
				{Type: corev1.NodeInternalIP, Address: "192.168.0.11"},
			},
		},
	}
	node.Namespace = ""
	return node
}

// cluster is a rolled-out Deployment of two pods on one node.
type cluster struct {
	node       *corev1.Node
	deployment *appsv1.Deployment
	replicaSet *appsv1.ReplicaSet
	pods       []*corev1.Pod
	others     []metav1.Object
}

func newCluster() *cluster {
	return &cluster{
		node:       readyNode("node-1"),
		deployment: completeDeployment(2, "nginx:v1"),
		replicaSet: completeReplicaSet("aaa", 1, 2, "nginx:v1"),
		pods:       []*corev1.Pod{readyPod("aaa", 1, "nginx:v1"), readyPod("aaa", 2, "nginx:v1")},
	}
}

func (cluster *cluster) observe(topology *Topology) {
	topology.observe(cluster.node)
	if cluster.deployment != nil {
		topology.observe(cluster.deployment)
	}
	if cluster.replicaSet != nil {
		topology.observe(cluster.replicaSet)
	}
	for _, pod := range cluster.pods {
		topology.observe(pod)
	}
	for _, other := range cluster.others {
		topology.observe(other)
	}
}
