package reach_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	clientrest "k8s.io/client-go/rest"

	"tabernetes/engine/client/reach"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/userland/commands"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// TestCurl reaches a Service of a whole cluster with curl, by its name, its
// cluster IP and its node port, and meets the errors that a cluster has.
func TestCurl(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		client, err := kubernetes.NewForConfig(running.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		labels := map[string]string{"app": "web"}
		_, err = client.AppsV1().Deployments("default").Create(t.Context(), &appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Name: "web"},
			Spec: appsv1.DeploymentSpec{
				Selector: &metav1.LabelSelector{MatchLabels: labels},
				Template: corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{Labels: labels},
					Spec: corev1.PodSpec{Containers: []corev1.Container{{
						Name: "nginx", Image: "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1",
					}}},
				},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		service, err := client.CoreV1().Services("default").Create(t.Context(), &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "web"},
			Spec: corev1.ServiceSpec{
				Type: corev1.ServiceTypeNodePort, Selector: labels,
				Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(80)}},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		clustertest.Settle(t, running, 5*time.Minute)
		time.Sleep(5 * time.Second)

		transport, err := clientrest.TransportFor(running.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		system := &process.System{
			FileSystem: filesystem.New(filesystem.Options{}), Commands: commands.Table(),
			Network: reach.Network{Base: running.RESTConfig().Host, Transport: transport},
		}
		defer system.Close()
		run := func(script string) (string, int) {
			var output bytes.Buffer
			program := &process.Process{System: system, Args: []string{"sh", "-c", script}, Stdout: &output, Stderr: &output}
			code := program.Run(t.Context())
			return output.String(), code
		}
		nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{
			"web", "web.default.svc.cluster.local", service.Spec.ClusterIP,
			fmt.Sprintf("%s:%d", nodes.Items[0].Status.Addresses[0].Address, service.Spec.Ports[0].NodePort),
		} {
			if got, code := run("curl -s http://" + address); code != 0 || !strings.HasPrefix(got, "----------\nversion: v1\nhostname: web-") {
				t.Errorf("%s: got %q, %d", address, got, code)
			}
		}
		for script, want := range map[string]string{
			"curl http://nobody":                                    "curl: (6) Could not resolve host: nobody\n",
			"curl -s -m 2 http://10.244.250.250; echo $?":           "28\n",
			"wget -qO- http://web:81 2>&1 | cut -c1-5":              "wget:\n",
			"curl -sSk https://web:80; echo $?":                     "curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number\n35\n",
			"nslookup web | tail -n 3 | head -n 1":                  "Name:\tweb\n",
			"nc -z web 80 && echo open":                             "open\n",
			"curl -s -o /dev/null -w '%{http_code}' http://web/any": "200",
		} {
			if got, _ := run(script); got != want {
				t.Errorf("%s: got %q, want %q", script, got, want)
			}
		}
	})
}
