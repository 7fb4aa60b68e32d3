package cluster_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
)

// createPod makes a pod of one container.
func (u *user) createPod(name string, change func(*corev1.Pod)) (*corev1.Pod, error) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "nginx:1.27"}}},
	}
	if change != nil {
		change(pod)
	}
	return u.CoreV1().Pods("default").Create(u.t.Context(), pod, metav1.CreateOptions{})
}

// refused checks that a request was forbidden, and why.
func (u *user) refused(err error, why string) {
	u.t.Helper()
	if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), why) {
		u.t.Errorf("got error %v, want forbidden: %s", err, why)
	}
}

func TestDefaultAdmissionPlugins(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)

		_, err := u.createPod("sandboxed", func(pod *corev1.Pod) { pod.Spec.RuntimeClassName = new("gvisor") })
		u.refused(err, `pods "sandboxed" is forbidden: pod rejected: RuntimeClass "gvisor" not found`)

		_, err = u.NetworkingV1().IngressClasses().Create(t.Context(), &networkingv1.IngressClass{
			ObjectMeta: metav1.ObjectMeta{Name: "usual", Annotations: map[string]string{networkingv1.AnnotationIsDefaultIngressClass: "true"}},
			Spec:       networkingv1.IngressClassSpec{Controller: "example.com/ingress"},
		}, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(time.Second)
		ingress, err := u.NetworkingV1().Ingresses("default").Create(t.Context(), &networkingv1.Ingress{
			ObjectMeta: metav1.ObjectMeta{Name: "shop"},
			Spec: networkingv1.IngressSpec{DefaultBackend: &networkingv1.IngressBackend{
				Service: &networkingv1.IngressServiceBackend{Name: "shop", Port: networkingv1.ServiceBackendPort{Number: 80}},
			}},
		}, metav1.CreateOptions{})
		u.must(err)
		if class := ingress.Spec.IngressClassName; class == nil || *class != "usual" {
			t.Errorf("the class of the ingress is %v, want usual", class)
		}

		_, err = u.createPod("grows", func(pod *corev1.Pod) {
			pod.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m")}
		})
		u.must(err)
		u.until("a pod that runs", time.Minute, func() bool {
			pod, err := u.CoreV1().Pods("default").Get(t.Context(), "grows", metav1.GetOptions{})
			u.must(err)
			return pod.Status.Phase == corev1.PodRunning
		})
		_, err = u.CoreV1().Pods("default").Patch(t.Context(), "grows", types.StrategicMergePatchType,
			[]byte(`{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"70"}}}]}}`), metav1.PatchOptions{}, "resize")
		u.refused(err, `pods "grows" is forbidden: node didn't have enough allocatable resources: cpu, requested: 70000, allocatable: 4000`)
		if !apierrors.HasStatusCause(err, "NodeCapacity") {
			t.Errorf("the causes of %v lack NodeCapacity", err)
		}
	})
}

// policies limit the replicas of Deployments by a parameter, and label them.
const policies = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: crowds}
spec:
  paramKind: {apiVersion: v1, kind: ConfigMap}
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments, deployments/scale]}]
  variables: [{name: most, expression: "int(params.data.most)"}]
  validations:
  - expression: object.spec.replicas <= variables.most
    messageExpression: "'at most ' + string(variables.most) + ' replicas'"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-crowds}
spec:
  policyName: crowds
  validationActions: [Deny]
  paramRef: {name: limits, namespace: default, parameterNotFoundAction: Deny}
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: limits}
data: {most: "3"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: owners}
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration: {expression: "Object{metadata: Object.metadata{labels: {'owner': request.userInfo.username}}}"}
  - patchType: JSONPatch
    jsonPatch: {expression: "[JSONPatch{op: 'add', path: '/metadata/annotations', value: {'seen': 'yes'}}]"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: owners}
spec: {policyName: owners}
`

func TestAdmissionPolicies(t *testing.T) {
	var stored store.Snapshot
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.deploy("before", 9, nil)
		applyText(t, running, policies)
		time.Sleep(2 * time.Second)

		u.deploy("small", 2, nil)
		deployment, err := u.AppsV1().Deployments("default").Get(t.Context(), "small", metav1.GetOptions{})
		u.must(err)
		if deployment.Labels["owner"] != "kubernetes-admin" || deployment.Annotations["seen"] != "yes" {
			t.Errorf("the policy made labels %v and annotations %v", deployment.Labels, deployment.Annotations)
		}
		deployment.Spec.Replicas = new(int32(4))
		_, err = u.AppsV1().Deployments("default").Update(t.Context(), deployment, metav1.UpdateOptions{})
		if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), `ValidatingAdmissionPolicy 'crowds' with binding 'no-crowds' denied request: at most 3 replicas`) {
			t.Errorf("4 replicas: got error %v", err)
		}
		scale, err := u.AppsV1().Deployments("default").GetScale(t.Context(), "before", metav1.GetOptions{})
		u.must(err)
		scale.Spec.Replicas = 10
		if _, err := u.AppsV1().Deployments("default").UpdateScale(t.Context(), "before", scale, metav1.UpdateOptions{}); err == nil {
			t.Error("a Deployment was scaled to 10")
		}
		policy, err := u.AdmissionregistrationV1().ValidatingAdmissionPolicies().Get(t.Context(), "crowds", metav1.GetOptions{})
		u.must(err)
		if policy.Status.TypeChecking == nil || policy.Status.ObservedGeneration != policy.Generation {
			t.Errorf("the status of the policy is %+v", policy.Status)
		}
		clustertest.Settle(t, running, 5*time.Minute)
		stored = running.Store().Snapshot()
	})
	clustertest.Virtual(t, cluster.Options{Seed: 5, Restore: &stored}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		deployment, err := u.AppsV1().Deployments("default").Get(t.Context(), "small", metav1.GetOptions{})
		u.must(err)
		deployment.Spec.Replicas = new(int32(5))
		if _, err = u.AppsV1().Deployments("default").Update(t.Context(), deployment, metav1.UpdateOptions{}); err == nil {
			t.Error("a stored policy does not hold from the start")
		}
		u.must(u.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Delete(t.Context(), "no-crowds", metav1.DeleteOptions{}))
		time.Sleep(2 * time.Second)
		_, err = u.AppsV1().Deployments("default").Update(t.Context(), deployment, metav1.UpdateOptions{})
		u.must(err)
	})
}

// warnings collects the Warning headers of a client's answers.
type warnings []string

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(_ int, _, text string) { *w = append(*w, text) }

func (w *warnings) has(text string) bool {
	return slices.ContainsFunc(*w, func(warning string) bool { return strings.Contains(warning, text) })
}
