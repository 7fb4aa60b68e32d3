package diagnose_test

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"

	"tabernetes/engine/view/diagnose"
)

// TestMissingConfiguration uses statuses as a kubelet writes them, for references
// that the simulated one does not refuse yet.
func TestMissingConfiguration(t *testing.T) {
	waiting := corev1.ContainerStatus{Name: "main", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
		Reason: "CreateContainerConfigError", Message: `configmap "settings" not found`,
	}}}
	for _, test := range []struct {
		name    string
		present []string // keys of the ConfigMap, nil for none
		from    corev1.EnvVar
		want    diagnose.Reason
	}{
		{"no ConfigMap", nil, fromConfigMap("settings", "color", false), diagnose.ReasonConfigMissing},
		{"no key", []string{"size"}, fromConfigMap("settings", "color", false), diagnose.ReasonConfigKeyMissing},
		{"optional", nil, fromConfigMap("settings", "color", true), diagnose.ReasonContainerCannotStart},
		{"all there", []string{"color"}, fromConfigMap("settings", "color", false), diagnose.ReasonContainerCannotStart},
	} {
		t.Run(test.name, func(t *testing.T) {
			factory := informers.NewSharedInformerFactory(fake.NewClientset(), 0)
			diagnoser, err := diagnose.New(diagnose.Options{Informers: factory})
			if err != nil {
				t.Fatal(err)
			}
			pod := &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "one", UID: "uid"},
				Spec: corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{
					Name: "main", Image: "nginx", Env: []corev1.EnvVar{test.from},
				}}},
				Status: corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{waiting}},
			}
			node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}}
			core := factory.Core().V1()
			for _, err := range []error{
				core.Pods().Informer().GetStore().Add(pod), core.Nodes().Informer().GetStore().Add(node),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if test.present != nil {
				data := map[string]string{}
				for _, key := range test.present {
					data[key] = "value"
				}
				settings := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "settings"}, Data: data}
				if err := core.ConfigMaps().Informer().GetStore().Add(settings); err != nil {
					t.Fatal(err)
				}
			}
			diagnosis, err := diagnoser.Explain("Pod", "default", "one")
			if err != nil {
				t.Fatal(err)
			}
			if want := []diagnose.Reason{diagnose.ReasonContainerWaiting, test.want}; !slices.Equal(reasonsOf(diagnosis), want) {
				t.Errorf("got %v, want %v", reasonsOf(diagnosis), want)
			}
			check(t, diagnosis)
		})
	}
}

func fromConfigMap(name, key string, optional bool) corev1.EnvVar {
	return corev1.EnvVar{Name: "COLOR", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: &optional,
	}}}
}
