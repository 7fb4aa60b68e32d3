package volume

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/kubelet/clustertrustbundle"
	"k8s.io/kubernetes/pkg/kubelet/podcertificate"
	"k8s.io/utils/ptr"

	"tabernetes/engine/node/syncloop/looptest"
	"tabernetes/engine/userland/filesystem"
)

// credentials are the part of a node that knows bundles and certificates: bundles by
// upstream's manager, certificates by a table.
type credentials struct {
	stored  *fake.Clientset // nil: there are no bundles
	bundles clustertrustbundle.Manager
	issued  *issuer
	started []string // what the node was asked to start
	calls   []func(context.Context)
}

func (c *credentials) Call(do func(context.Context))            { c.calls = append(c.calls, do) }
func (c *credentials) TrustBundles() clustertrustbundle.Manager { return c.bundles }

func (c *credentials) PodCertificates() podcertificate.Manager {
	if c.issued == nil {
		return nil
	}
	return c.issued
}

func (c *credentials) StartTrustBundles(ctx context.Context) {
	c.started = append(c.started, "bundles")
	factory := informers.NewSharedInformerFactory(c.stored, 0)
	bundles, err := clustertrustbundle.NewGAInformerManager(ctx, factory, 10, time.Minute)
	if err != nil {
		panic(err)
	}
	factory.StartWithContext(ctx)
	factory.WaitForCacheSync(ctx.Done())
	c.bundles = bundles
}

func (c *credentials) StartPodCertificates(context.Context) {
	c.started = append(c.started, "certificates")
	c.issued = &issuer{err: errors.New("credential bundle is not issued yet")}
}

// turn makes the calls that a turn of the node has queued.
func (c *credentials) turn(ctx context.Context) {
	calls := c.calls
	c.calls = nil
	for _, call := range calls {
		call(ctx)
	}
}

// issuer has one credential bundle for all sources, or an error.
type issuer struct {
	podcertificate.NoOpManager
	key, chain string
	err        error
	asked      []string
}

func (i *issuer) GetPodCertificateCredentialBundle(_ context.Context, namespace, pod, uid, volume string, source int) (key, chain []byte, err error) {
	i.asked = append(i.asked, fmt.Sprint(namespace, " ", pod, " ", uid, " ", volume, " ", source))
	return []byte(i.key), []byte(i.chain), i.err
}

func projected(sources ...corev1.VolumeProjection) corev1.VolumeSource {
	return corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: sources, DefaultMode: ptr.To[int32](0o640)}}
}

func bundle(source corev1.ClusterTrustBundleProjection) corev1.VolumeProjection {
	source.Path = "anchors"
	return corev1.VolumeProjection{ClusterTrustBundle: &source}
}

// anchors is a bundle of blocks with these contents. Upstream's manager reads no further.
func anchors(contents ...string) string {
	var text strings.Builder
	for _, content := range contents {
		text.WriteString("# " + content + "\n")
		_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: []byte(content)})
	}
	return text.String()
}

func contents(text string) []string {
	var found []string
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		found = append(found, string(block.Bytes))
	}
	slices.Sort(found)
	return found
}

func stored(name, signer, stage, text string) *certificatesv1.ClusterTrustBundle {
	return &certificatesv1.ClusterTrustBundle{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"stage": stage}},
		Spec:       certificatesv1.ClusterTrustBundleSpec{SignerName: signer, TrustBundle: text},
	}
}

func TestTrustBundles(t *testing.T) {
	staged := func(stage string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchLabels: map[string]string{"stage": stage}}
	}
	for name, test := range map[string]struct {
		source corev1.ClusterTrustBundleProjection
		want   []string // the certificates
		event  string
	}{
		"by name, each certificate once":   {source: corev1.ClusterTrustBundleProjection{Name: ptr.To("office")}, want: []string{"oak", "yew"}},
		"by signer and label":              {source: corev1.ClusterTrustBundleProjection{SignerName: ptr.To("forest.example/tree"), LabelSelector: staged("test")}, want: []string{"elm", "fir"}},
		"all of a signer, each once":       {source: corev1.ClusterTrustBundleProjection{SignerName: ptr.To("forest.example/tree"), LabelSelector: &metav1.LabelSelector{}}, want: []string{"ash", "elm", "fir"}},
		"without a selector none":          {source: corev1.ClusterTrustBundleProjection{SignerName: ptr.To("forest.example/tree"), Optional: ptr.To(true)}},
		"optional and absent":              {source: corev1.ClusterTrustBundleProjection{Name: ptr.To("none"), Optional: ptr.To(true)}},
		"optional, nothing has the labels": {source: corev1.ClusterTrustBundleProjection{SignerName: ptr.To("forest.example/tree"), LabelSelector: staged("old"), Optional: ptr.To(true)}},
		"absent": {
			source: corev1.ClusterTrustBundleProjection{Name: ptr.To("none")},
			event:  `while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "none" not found`,
		},
		"nothing has the labels": {
			source: corev1.ClusterTrustBundleProjection{SignerName: ptr.To("forest.example/tree"), LabelSelector: staged("old"), Optional: ptr.To(false)},
			event:  "combination of signerName and labelSelector matched zero ClusterTrustBundles",
		},
		"neither": {event: "ClusterTrustBundle projection requires either name or signerName to be set"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				w := newWorld(t, projected(bundle(test.source)))
				w.stored = fake.NewClientset(
					stored("office", "", "test", anchors("oak", "yew", "oak")),
					stored("forest.example:tree:1", "forest.example/tree", "test", anchors("elm", "fir")),
					stored("forest.example:tree:2", "forest.example/tree", "live", anchors("ash", "elm")),
					stored("forest.example:leaf:1", "forest.example/leaf", "test", anchors("ivy")))
				end := w.wait()
				looptest.Pass(w.loop, time.Second)
				if len(w.events) > 0 || end.calls > 0 {
					t.Fatalf("before the node knows the bundles: got events %q and %+v", w.events, *end)
				}
				w.turn(ctx)
				looptest.Pass(w.loop, time.Second)
				if !slices.Equal(w.started, []string{"bundles"}) {
					t.Errorf("the node was asked to start %q", w.started)
				}
				if test.event != "" {
					if want := `Warning FailedMount MountVolume.SetUp failed for volume "v" : ` + test.event; end.calls > 0 || len(w.events) == 0 || w.events[0] != want {
						t.Errorf("got events %q and %+v, want a wait and %q", w.events, *end, want)
					}
					return
				}
				text := w.read(t, "anchors")
				if got := contents(text); !slices.Equal(got, test.want) || strings.Contains(text, "#") {
					t.Errorf("got %q, want the certificates %q and nothing else", text, test.want)
				}
				if mode := w.mode(t, "anchors"); mode != 0o640 {
					t.Errorf("got mode %v, want that of the volume", mode)
				}
			})
		})
	}
}

// stat describes a file in the volume.
func (w *world) stat(t *testing.T, name string) fs.FileInfo {
	t.Helper()
	mounts, err := w.mounts(corev1.VolumeMount{MountPath: "/data"})
	if err != nil {
		t.Fatal(err)
	}
	info, err := mounts[0].From.Stat("/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// mode is the permissions of a file in the volume.
func (w *world) mode(t *testing.T, name string) fs.FileMode {
	t.Helper()
	return w.stat(t, name).Mode()
}

// A bundle that is changed, and one of the signer that is new, show after the next sync.
func TestChangeOfATrustBundle(t *testing.T) {
	for name, test := range map[string]struct {
		source  corev1.ClusterTrustBundleProjection
		changed Object
		want    []string
	}{
		"by name":   {corev1.ClusterTrustBundleProjection{Name: ptr.To("park")}, Object{Kind: TrustBundleKind, NamespacedName: types.NamespacedName{Name: "park"}}, []string{"fig"}},
		"by signer": {corev1.ClusterTrustBundleProjection{SignerName: ptr.To("a.example/b"), LabelSelector: &metav1.LabelSelector{}}, Object{Kind: TrustSignerKind, NamespacedName: types.NamespacedName{Name: "a.example/b"}}, []string{"box", "nut"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				w := newWorld(t, projected(bundle(test.source)))
				w.stored = fake.NewClientset(stored("park", "", "", anchors("elm")), stored("a.example:b:1", "a.example/b", "", anchors("nut")))
				w.wait()
				looptest.Pass(w.loop, time.Second)
				w.turn(ctx)
				before := w.read(t, "anchors")
				bundles := w.stored.CertificatesV1().ClusterTrustBundles()
				if _, err := bundles.Update(ctx, stored("park", "", "", anchors("fig")), metav1.UpdateOptions{}); err != nil {
					t.Fatal(err)
				}
				if _, err := bundles.Create(ctx, stored("a.example:b:2", "a.example/b", "", anchors("box")), metav1.CreateOptions{}); err != nil {
					t.Fatal(err)
				}
				looptest.Turn(w.loop, func() {
					w.set.ObjectChanged(Object{Kind: TrustBundleKind, NamespacedName: types.NamespacedName{Name: "other"}})
				})
				looptest.Pass(w.loop, time.Minute)
				if got := w.read(t, "anchors"); got != before {
					t.Errorf("after a change of something else: got %q, want %q", got, before)
				}
				looptest.Turn(w.loop, func() { w.set.ObjectChanged(test.changed) })
				looptest.Pass(w.loop, 30*time.Second)
				if got := contents(w.read(t, "anchors")); !slices.Equal(got, test.want) {
					t.Errorf("after the next sync: got %q, want %q", got, test.want)
				}
			})
		})
	}
}

// A key and its certificates are in one file or in two, the pod waits until they are
// there, and new ones show after the next sync.
func TestPodCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, projected(
			corev1.VolumeProjection{DownwardAPI: &corev1.DownwardAPIProjection{}},
			corev1.VolumeProjection{PodCertificate: &corev1.PodCertificateProjection{
				SignerName: "a.example/b", KeyType: "ED25519", CredentialBundlePath: "both", KeyPath: "tls/key", CertificateChainPath: "tls/chain",
			}},
		))
		w.pod.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: ptr.To[int64](1234)}
		end := w.wait()
		looptest.Pass(w.loop, time.Second)
		w.turn(t.Context())
		looptest.Pass(w.loop, time.Second)
		if want := `Warning FailedMount MountVolume.SetUp failed for volume "v" : credential bundle is not issued yet`; end.calls > 0 || len(w.events) == 0 || w.events[0] != want {
			t.Errorf("got events %q and %+v, want a wait and %q", w.events, *end, want)
		}
		if want := "shop web 1234 v 1"; w.issued.asked[0] != want {
			t.Errorf("asked for %q, want %q", w.issued.asked[0], want)
		}
		w.issued.key, w.issued.chain, w.issued.err = "key one\n", "chain one\n", nil
		looptest.Pass(w.loop, 3*time.Second)
		show := func() string {
			return w.read(t, "both") + w.read(t, "tls/key") + w.read(t, "tls/chain")
		}
		if want := "key one\nchain one\nkey one\nchain one\n"; end.calls != 1 || end.err != nil || show() != want {
			t.Errorf("issued: got %+v and %q, want %q", *end, show(), want)
		}
		if mode := w.mode(t, "both"); mode != 0o600 || w.owner(t, "both") != 1234 {
			t.Errorf("got mode %v of user %d, want only the containers' user to read it", mode, w.owner(t, "both"))
		}
		w.issued.key, w.issued.chain = "key two\n", "chain two\n"
		looptest.Turn(w.loop, func() {
			w.set.ObjectChanged(Object{Kind: PodCertificateKind, NamespacedName: types.NamespacedName{Namespace: "shop", Name: "web"}})
		})
		looptest.Pass(w.loop, 30*time.Second)
		if want := "key two\nchain two\nkey two\nchain two\n"; show() != want {
			t.Errorf("renewed: got %q, want %q", show(), want)
		}
		if !slices.Equal(w.started, []string{"certificates"}) {
			t.Errorf("the node was asked to start %q", w.started)
		}
	})
}

func (w *world) owner(t *testing.T, name string) int {
	t.Helper()
	return w.stat(t, name).Sys().(*filesystem.Info).UID
}
