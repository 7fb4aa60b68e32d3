package environment

import (
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/utils/ptr"
)

// fake is a pod and its node.
type fake struct {
	pod       *corev1.Pod
	addresses []string
	lookups   int // of ConfigMaps and Secrets
}

func (f *fake) Object() *corev1.Pod { return f.pod }
func (f *fake) Addresses() []string { return f.addresses }
func (f *fake) InternalIP() string  { return "172.18.0.3" }
func (f *fake) Capacity() corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("4"), corev1.ResourceMemory: resource.MustParse("8Gi")}
}

func (f *fake) Services() ([]*corev1.Service, error) {
	made := func(namespace, name, ip string) *corev1.Service {
		return &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Spec:       corev1.ServiceSpec{ClusterIP: ip, Ports: []corev1.ServicePort{{Port: 80, Protocol: corev1.ProtocolTCP}}},
		}
	}
	return []*corev1.Service{
		made("default", "kubernetes", "10.96.0.1"), made("default", "other", "10.96.0.2"),
		made("shop", "cart-api", "10.96.0.3"), made("shop", "headless", corev1.ClusterIPNone),
	}, nil
}

func (f *fake) ConfigMap(namespace, name string) (*corev1.ConfigMap, error) {
	f.lookups++
	if namespace != "shop" || name != "settings" {
		return nil, apierrors.NewNotFound(corev1.Resource("configmaps"), name)
	}
	return &corev1.ConfigMap{Data: map[string]string{"COLOUR": "blue", "SIZE": "9"}}, nil
}

func (f *fake) Secret(namespace, name string) (*corev1.Secret, error) {
	f.lookups++
	if namespace != "shop" || name != "login" {
		return nil, apierrors.NewNotFound(corev1.Resource("secrets"), name)
	}
	return &corev1.Secret{Data: map[string][]byte{"PASSWORD": []byte("secret")}}, nil
}

func newFake(links *bool) *fake {
	return &fake{addresses: []string{"10.244.1.5", "fd00::5"}, pod: &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0", Labels: map[string]string{"tier": "front"}},
		Spec:       corev1.PodSpec{NodeName: "node-1", ServiceAccountName: "runner", EnableServiceLinks: links},
	}}
}

// of returns the variables of a container, except those of Services, one per line.
func of(t *testing.T, spec corev1.Container) (string, error) {
	t.Helper()
	from := newFake(ptr.To(false))
	variables, err := Of(&spec, from, from)
	var lines []string
	for _, variable := range variables {
		if !strings.HasPrefix(variable.Name, "KUBERNETES_") {
			lines = append(lines, variable.Name+"="+variable.Value)
		}
	}
	return strings.Join(lines, "\n"), err
}

func field(path string) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: path}}
}

func configKey(name, key string, optional bool) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: ptr.To(optional),
	}}
}

func secretKey(name, key string, optional bool) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: ptr.To(optional),
	}}
}

func resourceOf(name string) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: name}}
}

func TestSources(t *testing.T) {
	optional := ptr.To(true)
	fromMap := func(name, prefix string, optional *bool) corev1.EnvFromSource {
		return corev1.EnvFromSource{Prefix: prefix, ConfigMapRef: &corev1.ConfigMapEnvSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: name}, Optional: optional,
		}}
	}
	fromSecret := func(name string, optional *bool) corev1.EnvFromSource {
		return corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: name}, Optional: optional,
		}}
	}
	one := func(from *corev1.EnvVarSource) corev1.Container {
		return corev1.Container{Env: []corev1.EnvVar{{Name: "X", ValueFrom: from}}}
	}
	limited := one(resourceOf("limits.memory"))
	limited.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Mi")}
	for name, test := range map[string]struct {
		spec      corev1.Container
		want, err string
	}{
		"by name": {
			spec: corev1.Container{Env: []corev1.EnvVar{{Name: "B", Value: "2"}, {Name: "A", Value: "1"}}},
			want: "A=1\nB=2",
		},
		"refers to an earlier one": {
			spec: corev1.Container{Env: []corev1.EnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "$(A)$(C) $$(A)"}, {Name: "C", Value: "3"}}},
			want: "A=1\nB=1$(C) $(A)\nC=3",
		},
		"refers to a Service": {
			spec: corev1.Container{Env: []corev1.EnvVar{{Name: "A", Value: "$(KUBERNETES_SERVICE_HOST)"}}}, want: "A=10.96.0.1",
		},
		"all of a ConfigMap":        {spec: corev1.Container{EnvFrom: []corev1.EnvFromSource{fromMap("settings", "MY_", nil)}}, want: "MY_COLOUR=blue\nMY_SIZE=9"},
		"all of a Secret":           {spec: corev1.Container{EnvFrom: []corev1.EnvFromSource{fromSecret("login", nil)}}, want: "PASSWORD=secret"},
		"env hides envFrom":         {spec: corev1.Container{EnvFrom: []corev1.EnvFromSource{fromMap("settings", "", nil)}, Env: []corev1.EnvVar{{Name: "SIZE", Value: "1"}}}, want: "COLOUR=blue\nSIZE=1"},
		"no ConfigMap":              {spec: corev1.Container{EnvFrom: []corev1.EnvFromSource{fromMap("nothing", "", nil)}}, err: `configmaps "nothing" not found`},
		"no Secret":                 {spec: corev1.Container{EnvFrom: []corev1.EnvFromSource{fromSecret("nothing", nil)}}, err: `secrets "nothing" not found`},
		"no ConfigMap, optional":    {spec: corev1.Container{EnvFrom: []corev1.EnvFromSource{fromMap("nothing", "", optional)}}},
		"no Secret, optional":       {spec: corev1.Container{EnvFrom: []corev1.EnvFromSource{fromSecret("nothing", optional)}}},
		"key of a ConfigMap":        {spec: one(configKey("settings", "SIZE", false)), want: "X=9"},
		"key of a Secret":           {spec: one(secretKey("login", "PASSWORD", false)), want: "X=secret"},
		"no key of a ConfigMap":     {spec: one(configKey("settings", "WEIGHT", false)), err: "couldn't find key WEIGHT in ConfigMap shop/settings"},
		"no key of a Secret":        {spec: one(secretKey("login", "NAME", false)), err: "couldn't find key NAME in Secret shop/login"},
		"optional key":              {spec: one(configKey("settings", "WEIGHT", true))},
		"optional key of nothing":   {spec: one(secretKey("nothing", "NAME", true))},
		"label":                     {spec: one(field("metadata.labels['tier']")), want: "X=front"},
		"name of the node":          {spec: one(field("spec.nodeName")), want: "X=node-1"},
		"service account":           {spec: one(field("spec.serviceAccountName")), want: "X=runner"},
		"address of the node":       {spec: one(field("status.hostIP")), want: "X=172.18.0.3"},
		"address of the pod":        {spec: one(field("status.podIP")), want: "X=10.244.1.5"},
		"addresses of the pod":      {spec: one(field("status.podIPs")), want: "X=10.244.1.5,fd00::5"},
		"limit":                     {spec: limited, want: "X=1048576"},
		"limit is the node's":       {spec: one(resourceOf("limits.cpu")), want: "X=4"},
		"request that is not there": {spec: one(resourceOf("requests.cpu")), want: "X=0"},
	} {
		got, err := of(t, test.spec)
		switch {
		case test.err != "":
			if err == nil || err.Error() != test.err {
				t.Errorf("%s: got error %v, want %s", name, err, test.err)
			}
		case err != nil || got != test.want:
			t.Errorf("%s: got %q %v, want %q", name, got, err, test.want)
		}
	}
}

func TestVariablesOfServices(t *testing.T) {
	for name, test := range map[string]struct {
		links *bool
		hosts map[string]string
	}{
		"with links":    {ptr.To(true), map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1", "CART_API_SERVICE_HOST": "10.96.0.3"}},
		"without links": {ptr.To(false), map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1"}},
	} {
		from := newFake(test.links)
		variables, err := Of(&corev1.Container{}, from, from)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		hosts := map[string]string{}
		for _, variable := range variables {
			if strings.HasSuffix(variable.Name, "_SERVICE_HOST") {
				hosts[variable.Name] = variable.Value
			}
		}
		if !maps.Equal(hosts, test.hosts) {
			t.Errorf("%s: got %v, want %v", name, hosts, test.hosts)
		}
		if !slices.IsSortedFunc(variables, func(a, b kubecontainer.EnvVar) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("%s: got %v, want them by name", name, variables)
		}
	}
	from := newFake(nil)
	if _, err := Of(&corev1.Container{}, from, from); err == nil {
		t.Error("a pod that does not say whether it wants links: got no error")
	}
}

// An object is read once, however many variables come from it.
func TestEachObjectIsLookedUpOnce(t *testing.T) {
	from := newFake(ptr.To(false))
	spec := corev1.Container{Env: []corev1.EnvVar{
		{Name: "A", ValueFrom: configKey("settings", "SIZE", false)},
		{Name: "B", ValueFrom: configKey("settings", "COLOUR", false)},
		{Name: "C", ValueFrom: secretKey("login", "PASSWORD", false)},
		{Name: "D", ValueFrom: secretKey("login", "PASSWORD", false)},
	}}
	if _, err := Of(&spec, from, from); err != nil || from.lookups != 2 {
		t.Errorf("got %d lookups and error %v, want 2", from.lookups, err)
	}
}
