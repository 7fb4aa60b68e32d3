package cluster_test

import (
	"context"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	metricsclient "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/node/traffic"
)

// autoscale makes a HorizontalPodAutoscaler for a Deployment, by the utilization
// of CPU in percent.
func (u *user) autoscale(name string, target, most int32) {
	u.t.Helper()
	_, err := u.AutoscalingV2().HorizontalPodAutoscalers("default").Create(u.t.Context(), &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: name},
			MaxReplicas:    most,
			Metrics: []autoscalingv2.MetricSpec{{
				Type: autoscalingv2.ResourceMetricSourceType,
				Resource: &autoscalingv2.ResourceMetricSource{
					Name:   corev1.ResourceCPU,
					Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &target},
				},
			}},
		},
	}, metav1.CreateOptions{})
	u.must(err)
}

func (u *user) replicas(name string) int32 {
	u.t.Helper()
	deployment, err := u.AppsV1().Deployments("default").Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	return *deployment.Spec.Replicas
}

// The HorizontalPodAutoscaler follows the containers' consumption.
func TestHorizontalPodAutoscaler(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("web", 1, func(template *corev1.PodTemplateSpec) {
			template.Annotations = map[string]string{"sim.tabernetes.dev/cpu": "250m"}
			template.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("200m")}
		})
		u.autoscale("web", 50, 5)
		replicas := func() int32 { return u.replicas("web") }
		// 125 % of the request against 50 %: 3 pods for one, and each of them uses
		// as much, so the size goes up to the maximum.
		u.until("the first step", 3*time.Minute, func() bool { return replicas() == 3 })
		u.until("the maximum", 5*time.Minute, func() bool { return replicas() == 5 })

		_, err := u.AppsV1().Deployments("default").Patch(t.Context(), "web", types.MergePatchType,
			[]byte(`{"spec":{"template":{"metadata":{"annotations":{"sim.tabernetes.dev/cpu":"10m"}}}}}`), metav1.PatchOptions{})
		u.must(err)
		clustertest.Settle(t, running, 5*time.Minute)
		took := u.until("one pod is left", 15*time.Minute, func() bool { return replicas() == 1 })
		between(t, "scaled down", took, 4*time.Minute, 7*time.Minute)

		client := metricsclient.NewForConfigOrDie(running.RESTConfig())
		time.Sleep(time.Minute)
		pods, err := client.PodMetricses("default").List(context.Background(), metav1.ListOptions{LabelSelector: "app=web"})
		u.must(err)
		if len(pods.Items) != 1 || pods.Items[0].Containers[0].Usage.Cpu().MilliValue() != 10 || pods.Items[0].Window.Duration != 15*time.Second {
			t.Errorf("metrics of the pod left: %+v", pods.Items)
		}
		nodes, err := client.NodeMetricses().List(context.Background(), metav1.ListOptions{})
		u.must(err)
		for i := range nodes.Items {
			if cpu := nodes.Items[i].Usage.Cpu().MilliValue(); cpu < 60 || cpu > 80 {
				t.Errorf("%s uses %dm, want what the system and one pod use", nodes.Items[i].Name, cpu)
			}
		}
		if len(nodes.Items) != 3 {
			t.Errorf("metrics of %d nodes, want 3", len(nodes.Items))
		}
	})
}

// Requests of users cost CPU, so the autoscaler follows the traffic: 20 requests a
// second of 10 ms each are 200m, which four pods with a request of 100m carry at
// 50 %.
func TestHorizontalPodAutoscalerFollowsTraffic(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("web", 1, func(template *corev1.PodTemplateSpec) {
			template.Annotations = map[string]string{"sim.tabernetes.dev/cpu": "0", "sim.tabernetes.dev/cpu-per-request": "10ms"}
			template.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m")}
		})
		_, err := u.CoreV1().Services("default").Create(t.Context(), &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "web"},
			Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80}}},
		}, metav1.CreateOptions{})
		u.must(err)
		u.autoscale("web", 50, 10)
		clustertest.Settle(t, running, 5*time.Minute)
		time.Sleep(5 * time.Minute)
		if replicas := u.replicas("web"); replicas != 1 {
			t.Errorf("%d pods without a request, want 1", replicas)
		}
		u.must(running.Traffic().Start("web", 20, traffic.Options{}))
		u.until("four pods", 5*time.Minute, func() bool { return u.replicas("web") >= 4 })
		time.Sleep(20 * time.Minute) // the start of the new pods costs CPU, too, and may ask for a fifth for a while
		if replicas := u.replicas("web"); replicas != 4 {
			t.Errorf("%d pods under steady traffic, want 4", replicas)
		}
		u.must(running.Traffic().Stop("web"))
		took := u.until("one pod is left", 15*time.Minute, func() bool { return u.replicas("web") == 1 })
		between(t, "scaled down", took, 4*time.Minute, 7*time.Minute)
	})
}
