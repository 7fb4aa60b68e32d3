package volume

import (
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/utils/ptr"

	"tabernetes/engine/node/syncloop/looptest"
	"tabernetes/engine/userland/filesystem"
)

// newTokenWorld is a world whose volume has a token that lives ten minutes.
func newTokenWorld(t *testing.T) *world {
	w := newWorld(t, corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		DefaultMode: ptr.To[int32](0o644),
		Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{
			Path: "token", Audience: "vault", ExpirationSeconds: ptr.To[int64](600),
		}}},
	}})
	w.pod.Spec.ServiceAccountName = "robot"
	return w
}

// A token is asked for when its volume is mounted and made when it is read, once; it is
// renewed after 80 % of its life.
func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTokenWorld(t)
		w.pod.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: ptr.To[int64](2000)}
		w.wait()
		looptest.Pass(w.loop, time.Second)
		looptest.Turn(w.loop, func() { w.set.WaitFor(func(error) {}) })
		looptest.Pass(w.loop, time.Second)
		if len(w.tokens) != 1 || w.made != 0 {
			t.Fatalf("%d tokens are asked for and %d made before one is read", len(w.tokens), w.made)
		}
		disk := w.set.list[0].disk
		info, err := disk.Stat("/token")
		if err != nil || info.Mode().Perm() != 0o640 || info.Sys().(*filesystem.Info).GID != 2000 {
			t.Fatalf("the file has mode %v, %v", info.Mode(), err)
		}
		if w.made != 0 {
			t.Error("to look at the mode makes the token")
		}
		const first = "0: shop/robot for [vault], web 1234"
		if info.Size() != int64(len(first)) {
			t.Errorf("its size is %d", info.Size())
		}
		for range 2 {
			if text, err := fs.ReadFile(disk, "/token"); err != nil || string(text) != first {
				t.Errorf("the token is %q, %v", text, err)
			}
		}
		if w.made != 1 {
			t.Errorf("the token was made %d times", w.made)
		}
		looptest.Pass(w.loop, 7*time.Minute)
		if text, _ := disk.ReadFile("/token"); string(text) != first {
			t.Errorf("it is renewed early: %q", text)
		}
		looptest.Pass(w.loop, 90*time.Second)
		if text, _ := disk.ReadFile("/token"); !strings.HasPrefix(string(text), "1: ") {
			t.Errorf("it is not renewed: %q", text)
		}
	})
}

// Without a service account there is no token, and the volume says so; a token that
// cannot be renewed stays until it has expired.
func TestTokensThatAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := apierrors.NewNotFound(corev1.Resource("serviceaccounts"), "robot")
		w := newTokenWorld(t)
		w.refused = gone
		w.wait()
		looptest.Pass(w.loop, time.Second)
		want := `Warning FailedMount MountVolume.SetUp failed for volume "v" : failed to fetch token: serviceaccounts "robot" not found`
		if len(w.events) == 0 || w.events[0] != want {
			t.Fatalf("the events are %q", w.events)
		}
		w.refused = nil
		looptest.Pass(w.loop, time.Minute)
		w.refused, w.events = gone, nil
		looptest.Pass(w.loop, 9*time.Minute)
		if text, err := w.set.list[0].disk.ReadFile("/token"); err != nil || !strings.HasPrefix(string(text), "0: ") || len(w.events) > 0 {
			t.Errorf("the old token is %q, %v; events %q", text, err, w.events)
		}
		looptest.Pass(w.loop, 3*time.Minute)
		want = `v1.BoundObjectReference{Kind:"Pod", APIVersion:"v1", Name:"web", UID:"1234"}/"" expired and refresh failed: serviceaccounts "robot" not found`
		if len(w.events) == 0 || !strings.HasSuffix(w.events[0], want) {
			t.Errorf("the events are %q", w.events)
		}
		w.refused = nil
		looptest.Pass(w.loop, 5*time.Minute)
		if text, _ := w.set.list[0].disk.ReadFile("/token"); !strings.HasPrefix(string(text), "1: ") {
			t.Errorf("it is not renewed: %q", text)
		}
	})
}
