package imagestore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/image"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/syncloop/looptest"
	"tabernetes/engine/node/variation"
)

// node is a host that has one pull secret, and the pods on it.
type node struct {
	loop   *syncloop.Loop
	store  *Store
	puller *Puller
	events []string
}

func newNode(t *testing.T) *node {
	t.Helper()
	catalogue, err := image.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	store, err := NewStore(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{loop: syncloop.New(false), store: store}
	n.puller = NewPuller(store, n, n.loop)
	return n
}

func (n *node) Secret(namespace, name string) (*corev1.Secret, error) {
	if name != "login" {
		return nil, apierrors.NewNotFound(corev1.Resource("secrets"), name)
	}
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Type: corev1.SecretTypeDockerConfigJson,
		Data: map[string][]byte{corev1.DockerConfigJsonKey: []byte(`{"auths": {"sim.tabernetes.dev": {"username": "learner", "password": "secret"}}}`)},
	}, nil
}

func (n *node) Exists(string) bool { return true }

func (n *node) OverNetwork(usual time.Duration) time.Duration { return usual }

type pod struct {
	on     *node
	object *corev1.Pod
}

func (p pod) Object() *corev1.Pod { return p.object }

func (p pod) ContainerEvent(_ *corev1.Container, kind, reason, message string) {
	p.on.events = append(p.on.events, fmt.Sprintf("%s %s %s", kind, reason, message))
}

// outcome is the result of a request.
type outcome struct {
	name, message string
	err           error
	after         time.Duration
	count         int
}

// ensure asks for an image for a pod.
func (n *node) ensure(uid, name string, policy corev1.PullPolicy, settings image.Settings, secrets ...string) *outcome {
	object := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: uid, UID: types.UID(uid)}}
	for _, secret := range secrets {
		object.Spec.ImagePullSecrets = append(object.Spec.ImagePullSecrets, corev1.LocalObjectReference{Name: secret})
	}
	began, found := time.Now(), &outcome{}
	looptest.Turn(n.loop, func() {
		n.puller.Ensure(Request{
			Pod: pod{n, object}, Scope: n.loop.NewScope(), Vary: variation.New(1, uid, false),
			Spec: &corev1.Container{Name: "web", Image: name, ImagePullPolicy: policy}, Settings: settings,
			Done: func(of image.Image, message string, err error) {
				*found = outcome{of.Name, message, err, time.Since(began), found.count + 1}
			},
		})
	})
	return found
}

func (n *node) takeEvents() []string {
	taken := n.events
	n.events = nil
	return taken
}

func seconds(count int) image.Settings {
	took := time.Duration(count) * time.Second
	return image.Settings{PullTime: &took}
}

func TestPolicies(t *testing.T) {
	const nginx = "docker.io/library/nginx:1.27"
	for name, test := range map[string]struct {
		image   string
		policy  corev1.PullPolicy
		present bool
		err     error
		message string
		events  []string
	}{
		"present": {
			image: "nginx:1.27", policy: corev1.PullIfNotPresent, present: true,
			events: []string{`Normal Pulled Container image "nginx:1.27" already present on machine and can be accessed by the pod`},
		},
		"present, always": {
			image: "nginx:1.27", policy: corev1.PullAlways, present: true,
			events: []string{`Normal Pulling Pulling image "nginx:1.27"`, `Normal Pulled Successfully pulled image "nginx:1.27" in 3s (3s including waiting). Image size: `},
		},
		"missing": {
			image: "nginx:1.27", policy: corev1.PullIfNotPresent,
			events: []string{`Normal Pulling Pulling image "nginx:1.27"`, `Normal Pulled Successfully pulled image "nginx:1.27" in 3s (3s including waiting). Image size: `},
		},
		"missing, never": {
			image: "nginx:1.27", policy: corev1.PullNever, err: errImageNeverPull,
			message: `Container image "nginx:1.27" is not present with pull policy of Never`,
			events:  []string{`Warning ErrImageNeverPull Container image "nginx:1.27" is not present with pull policy of Never`},
		},
		"no name": {
			image: "Nginx", policy: corev1.PullAlways, err: errInvalidImageName,
			message: `Failed to apply default image tag "Nginx": couldn't parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase`,
			events:  []string{`Warning InspectFailed Failed to apply default image tag "Nginx": `},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNode(t)
				if test.present {
					if _, err := n.store.TakeOver(nginx); err != nil {
						t.Fatal(err)
					}
				}
				got := n.ensure("a", test.image, test.policy, seconds(3))
				looptest.Pass(n.loop, time.Minute)
				if got.count != 1 || !errors.Is(got.err, test.err) || got.message != test.message || (test.err == nil && got.name != nginx) {
					t.Errorf("got %+v, want error %v with %q", *got, test.err, test.message)
				}
				if !slices.EqualFunc(n.events, test.events, strings.HasPrefix) {
					t.Errorf("got events %q, want %q", n.events, test.events)
				}
			})
		})
	}
}

// A kubelet pulls one image at a time; a waiting pod's event says how long it
// waited.
func TestPullsWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNode(t)
		first := n.ensure("a", "nginx:1.27", corev1.PullAlways, seconds(3))
		second := n.ensure("b", "redis:7", corev1.PullAlways, seconds(4))
		looptest.Pass(n.loop, time.Minute)
		if first.after != 3*time.Second || second.after != 7*time.Second {
			t.Errorf("got images after %v and %v, want 3s and 7s", first.after, second.after)
		}
		if want := "in 4s (7s including waiting)"; !strings.Contains(n.events[len(n.events)-1], want) {
			t.Errorf("got %q, want it to say %q", n.events[len(n.events)-1], want)
		}
	})
}

func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNode(t)
		faulty := image.Settings{PullFault: image.FaultNotFound}
		ask := func() *outcome {
			got := n.ensure("a", "nginx:1.27", corev1.PullAlways, faulty)
			looptest.Pass(n.loop, 0)
			return got
		}
		failed := ask()
		looptest.Pass(n.loop, time.Second)
		const text = `rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.27": failed to resolve reference "docker.io/library/nginx:1.27": docker.io/library/nginx:1.27: not found`
		if !errors.Is(failed.err, ErrImagePull) || failed.message != text {
			t.Errorf("first pull: got %v with %q", failed.err, failed.message)
		}
		n.takeEvents()
		held := ask()
		if want := `Back-off pulling image "nginx:1.27": ErrImagePull: ` + text; !errors.Is(held.err, ErrImagePullBackOff) || held.message != want {
			t.Errorf("soon after: got %v with %q, want %q", held.err, held.message, want)
		}
		if want := []string{`Normal BackOff Back-off pulling image "nginx:1.27"`}; !slices.Equal(n.takeEvents(), want) {
			t.Errorf("soon after: want events %q", want)
		}
		looptest.Pass(n.loop, 10*time.Second)
		again := ask()
		looptest.Pass(n.loop, time.Second)
		if !errors.Is(again.err, ErrImagePull) {
			t.Errorf("after 10 s: got %v, want another pull", again.err)
		}
		looptest.Pass(n.loop, 11*time.Second)
		if held := ask(); !errors.Is(held.err, ErrImagePullBackOff) {
			t.Errorf("11 s after the second failure: got %v, want a back-off of 20 s", held.err)
		}
		n.puller.Forget("a")
		if held := ask(); held.message != `Back-off pulling image "nginx:1.27"` {
			t.Errorf("after Forget: got %q, want it without the cause", held.message)
		}
	})
}

// An image that was pulled with a secret is only for pods that have it.
func TestPrivateImages(t *testing.T) {
	const private = "sim.tabernetes.dev/private:v1"
	synctest.Test(t, func(t *testing.T) {
		n := newNode(t)
		for _, step := range []struct {
			uid     string
			secrets []string
			err     error
			pulls   bool
		}{
			{"without", nil, ErrImagePull, true},
			{"with", []string{"login"}, nil, true},
			{"with too", []string{"absent", "login"}, nil, false},
			{"still without", nil, ErrImagePull, true},
		} {
			got := n.ensure(step.uid, private, corev1.PullIfNotPresent, image.Settings{}, step.secrets...)
			looptest.Pass(n.loop, time.Minute)
			pulls := slices.ContainsFunc(n.takeEvents(), func(event string) bool { return strings.HasPrefix(event, "Normal Pulling ") })
			if !errors.Is(got.err, step.err) || pulls != step.pulls {
				t.Errorf("%s: got %v, pulls %t; want %v, pulls %t", step.uid, got.err, pulls, step.err, step.pulls)
			}
		}
	})
}

func TestStoreCountsASharedLayerOnce(t *testing.T) {
	n := newNode(t)
	n.store.Keep(nil)
	if size := n.store.Size(); size != 0 || len(n.store.List()) != 0 {
		t.Errorf("nothing is kept: got %d bytes, %d images", size, len(n.store.List()))
	}
	var sum int64
	for _, name := range []string{"nginx:1.27", "nginx:1.26", "redis:7"} {
		taken, err := n.store.TakeOver(name)
		if err != nil {
			t.Fatal(err)
		}
		sum += taken.SizeBytes
	}
	list := n.store.List()
	if !slices.IsSortedFunc(list, func(a, b kubecontainer.Image) int { return int(b.Size - a.Size) }) || len(list) != 3 {
		t.Errorf("got %+v, want three, the largest first", list)
	}
	all := n.store.Size()
	if all >= sum {
		t.Errorf("got %d bytes, want less than the sum of the images, %d", all, sum)
	}
	n.store.Keep(map[string]bool{"docker.io/library/redis:7": true})
	if left := n.store.List(); len(left) != 1 || left[0].RepoTags[0] != "docker.io/library/redis:7" || n.store.Size() != left[0].Size {
		t.Errorf("got %+v of %d bytes, want redis alone", left, n.store.Size())
	}
}
