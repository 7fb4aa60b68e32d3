package volume

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/utils/ptr"

	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/syncloop/looptest"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/userland/filesystem"
)

// world is a pod with one volume "v", mounted at /data, and its node.
type world struct {
	loop       *syncloop.Loop
	pod        *corev1.Pod
	set        *Set
	disk       *filesystem.FileSystem
	configMaps map[string]*corev1.ConfigMap
	claims     map[string]*corev1.PersistentVolumeClaim
	volumes    map[string]*corev1.PersistentVolume
	events     []string
	// tokens are the requests for tokens, made how often the text of one was made.
	tokens  []string
	made    int
	refused error
	credentials
}

func newWorld(t *testing.T, source corev1.VolumeSource) *world {
	t.Helper()
	w := &world{loop: syncloop.New(false), disk: filesystem.New(filesystem.Options{}), configMaps: map[string]*corev1.ConfigMap{}}
	if err := w.disk.MkdirAll("/var/log", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := w.disk.WriteFile("/etc-hosts", []byte("127.0.0.1 localhost\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.pod = &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: types.UID("1234"), Labels: map[string]string{"tier": "front"}},
		Spec: corev1.PodSpec{
			Volumes:    []corev1.Volume{{Name: "v", VolumeSource: source}},
			Containers: []corev1.Container{{Name: "app", VolumeMounts: []corev1.VolumeMount{{Name: "v", MountPath: "/data"}}}},
		},
	}
	looptest.Turn(w.loop, func() { w.set = NewSet(w, w, w.loop.NewScope(), variation.New(1, "web", false)) })
	return w
}

func (w *world) Object() *corev1.Pod             { return w.pod }
func (w *world) NextSync() (time.Duration, bool) { return 20 * time.Second, true }
func (w *world) Name() string                    { return "node-1" }
func (w *world) UID() string                     { return "5678" }
func (w *world) Tokens() TokenRequester          { return w.issue }
func (w *world) Capacity() corev1.ResourceList   { return nil }
func (w *world) Disk() *filesystem.FileSystem    { return w.disk }
func (w *world) Client() kubernetes.Interface    { return nil }

// issue is a TokenRequester whose tokens say what was asked for.
func (w *world) issue(namespace, account string, request *authenticationv1.TokenRequest) (func() []byte, error) {
	if w.refused != nil {
		return nil, w.refused
	}
	bound := request.Spec.BoundObjectRef
	text := fmt.Sprintf("%d: %s/%s for %v, %s %s", len(w.tokens), namespace, account, request.Spec.Audiences, bound.Name, bound.UID)
	w.tokens = append(w.tokens, text)
	return func() []byte {
		w.made++
		return []byte(text)
	}, nil
}

func (w *world) Event(kind, reason, message string) {
	w.events = append(w.events, fmt.Sprintf("%s %s %s", kind, reason, message))
}

func (w *world) ConfigMap(_, name string) (*corev1.ConfigMap, error) {
	if found, ok := w.configMaps[name]; ok {
		return found, nil
	}
	return nil, apierrors.NewNotFound(corev1.Resource("configmaps"), name)
}

func (w *world) Claim(_, name string) (*corev1.PersistentVolumeClaim, error) {
	if found, ok := w.claims[name]; ok {
		return found, nil
	}
	return nil, apierrors.NewNotFound(corev1.Resource("persistentvolumeclaims"), name)
}

func (w *world) PersistentVolume(name string) (*corev1.PersistentVolume, error) {
	if found, ok := w.volumes[name]; ok {
		return found, nil
	}
	return nil, apierrors.NewNotFound(corev1.Resource("persistentvolumes"), name)
}

func (w *world) Secret(_, name string) (*corev1.Secret, error) {
	return nil, apierrors.NewNotFound(corev1.Resource("secrets"), name)
}

// waited is the result of the wait for the volumes.
type waited struct {
	calls int
	after time.Duration
	err   error
}

func (w *world) wait() *waited {
	began, end := time.Now(), &waited{}
	looptest.Turn(w.loop, func() {
		w.set.WaitFor(func(err error) { *end = waited{end.calls + 1, time.Since(began), err} })
	})
	return end
}

// mounts returns the mounts of a container that has the given volume mount.
func (w *world) mounts(mount corev1.VolumeMount, variables ...kubecontainer.EnvVar) ([]Mount, error) {
	mount.Name = "v"
	return w.set.Mounts(&corev1.Container{Name: "app", VolumeMounts: []corev1.VolumeMount{mount}}, variables, nil)
}

// read returns a file as a container that mounts the volume sees it.
func (w *world) read(t *testing.T, name string) string {
	t.Helper()
	mounts, err := w.mounts(corev1.VolumeMount{MountPath: "/data"})
	if err != nil {
		t.Fatal(err)
	}
	root := filesystem.New(filesystem.Options{})
	if err := root.MkdirAll("/data", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := root.Mount("/data", mounts[0].From, mounts[0].Options); err != nil {
		t.Fatal(err)
	}
	text, err := root.ReadFile("/data/" + name)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func hostPath(at string, kind corev1.HostPathType) corev1.VolumeSource {
	return corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: at, Type: &kind}}
}

func TestKinds(t *testing.T) {
	const failed = `Warning FailedMount MountVolume.SetUp failed for volume "v" : `
	labels := corev1.DownwardAPIVolumeSource{DefaultMode: ptr.To[int32](0o644), Items: []corev1.DownwardAPIVolumeFile{
		{Path: "labels", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.labels"}},
	}}
	optional := corev1.ConfigMapVolumeSource{DefaultMode: ptr.To[int32](0o644), Optional: ptr.To(true)}
	optional.Name = "settings"
	for name, test := range map[string]struct {
		source corev1.VolumeSource
		file   string // what is looked at, and what it has
		text   string
		event  string // the first; the volume is never mounted
		err    string // with which the wait ends at once
	}{
		"emptyDir":                   {source: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		"downward API":               {source: corev1.VolumeSource{DownwardAPI: &labels}, file: "labels", text: `tier="front"`},
		"optional ConfigMap":         {source: corev1.VolumeSource{ConfigMap: &optional}},
		"directory of the node":      {source: hostPath("/var/log", corev1.HostPathDirectory)},
		"directory is made":          {source: hostPath("/srv/new", corev1.HostPathDirectoryOrCreate)},
		"directory is missing":       {source: hostPath("/srv", corev1.HostPathDirectory), event: failed + "hostPath type check failed: /srv is not a directory"},
		"directory is a file":        {source: hostPath("/etc-hosts", corev1.HostPathDirectory), event: failed + "hostPath type check failed: /etc-hosts is not a directory, it's a File"},
		"file is a directory":        {source: hostPath("/var/log", corev1.HostPathFile), event: failed + "hostPath type check failed: /var/log is not a file, it's a Directory"},
		"socket is missing":          {source: hostPath("/run/sock", corev1.HostPathSocket), event: failed + "hostPath type check failed: /run/sock is not a socket file"},
		"no such type":               {source: hostPath("/var/log", "Folder"), event: failed + "Folder is an invalid volume type"},
		"path with backsteps":        {source: hostPath("/var/../etc", corev1.HostPathUnset), event: failed + "invalid HostPath `/var/../etc`: must not contain '..'"},
		"ConfigMap is missing":       {source: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "other"}}}, event: failed + `configmaps "other" not found`},
		"Secret is missing":          {source: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "login"}}, event: failed + `secrets "login" not found`},
		"driver is missing":          {source: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "csi.example"}}, event: failed + "kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name csi.example not found in the list of registered CSI drivers"},
		"kind that no node has here": {source: corev1.VolumeSource{RBD: &corev1.RBDVolumeSource{}}, err: `unmounted volumes=[v], unattached volumes=[], failed to process volumes=[v]: failed to get Plugin from volumeSpec for volume "v" err=no volume plugin matched`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, test.source)
				end := w.wait()
				looptest.Pass(w.loop, 2*time.Second)
				switch {
				case test.err != "":
					if end.calls != 1 || end.err == nil || end.err.Error() != test.err {
						t.Errorf("got %+v, want error %s", *end, test.err)
					}
				case test.event != "":
					if end.calls != 0 || len(w.events) == 0 || w.events[0] != test.event {
						t.Errorf("got events %q and %+v, want a wait and %q", w.events, *end, test.event)
					}
				case end.calls != 1 || end.err != nil || len(w.events) > 0:
					t.Errorf("got %+v with events %q, want it mounted", *end, w.events)
				case test.file != "":
					if got := w.read(t, test.file); got != test.text {
						t.Errorf("%s: got %q, want %q", test.file, got, test.text)
					}
				}
			})
		})
	}
}

// A failed mount is retried after 0.5 s, 1 s, 2 s, ...; the wait for it ends after
// two minutes and three seconds, with the kubelet's message.
func TestRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}, DefaultMode: ptr.To[int32](0o644),
		}})
		end := w.wait()
		looptest.Pass(w.loop, 3*time.Minute)
		if want := "unmounted volumes=[v], unattached volumes=[], failed to process volumes=[]: context deadline exceeded"; end.err == nil || end.err.Error() != want || end.after != volumeWaitLimit {
			t.Errorf("got %+v, want %s after %v", *end, want, volumeWaitLimit)
		}
		if got := len(w.events); got != 9 {
			t.Errorf("got %d tries in three minutes, want 9", got)
		}
		w.configMaps["settings"] = &corev1.ConfigMap{Data: map[string]string{"colour": "blue"}}
		again := w.wait()
		looptest.Pass(w.loop, 2*time.Minute)
		if again.calls != 1 || again.err != nil || w.read(t, "colour") != "blue" {
			t.Errorf("once it is there: got %+v and %q", *again, w.read(t, "colour"))
		}
	})
}

func TestInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "login"}})
		end := w.wait()
		looptest.Pass(w.loop, time.Second)
		looptest.Turn(w.loop, w.set.Interrupt)
		looptest.Turn(w.loop, w.set.Interrupt)
		if end.calls != 1 || end.after != time.Second || !strings.HasSuffix(end.err.Error(), ": context canceled") {
			t.Errorf("got %+v, want it canceled once after 1s", *end)
		}
	})
}

// A change of a ConfigMap appears in the volume after the next sync of the pod,
// all of it at one moment, and not before.
func TestChangeOfAConfigMap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}, DefaultMode: ptr.To[int32](0o644),
		}})
		w.configMaps["settings"] = &corev1.ConfigMap{Data: map[string]string{"colour": "blue", "size": "9"}}
		w.wait()
		looptest.Pass(w.loop, time.Second)
		if got := w.read(t, "colour") + w.read(t, "size"); got != "blue9" {
			t.Errorf("first: got %q", got)
		}
		w.configMaps["settings"] = &corev1.ConfigMap{Data: map[string]string{"colour": "green"}}
		changed := Object{Kind: ConfigMapKind, NamespacedName: types.NamespacedName{Namespace: "shop", Name: "settings"}}
		other := Object{Kind: SecretKind, NamespacedName: changed.NamespacedName}
		looptest.Turn(w.loop, func() { w.set.ObjectChanged(other) })
		looptest.Pass(w.loop, time.Minute)
		if got := w.read(t, "colour"); got != "blue" {
			t.Errorf("after a change of something else: got %q", got)
		}
		looptest.Turn(w.loop, func() { w.set.ObjectChanged(changed) })
		looptest.Pass(w.loop, 19*time.Second)
		if got := w.read(t, "colour"); got != "blue" {
			t.Errorf("before the next sync: got %q", got)
		}
		looptest.Pass(w.loop, 2*time.Second)
		if got, gone := w.read(t, "colour"), w.read(t, "size"); got != "green" || !strings.Contains(gone, "no such file") {
			t.Errorf("after the next sync: got %q and %q", got, gone)
		}
		mounts, err := w.mounts(corev1.VolumeMount{MountPath: "/data"})
		if err != nil {
			t.Fatal(err)
		}
		// The directory with the files, the link ..data to it, and the link that
		// users see.
		if entries, err := mounts[0].From.ReadDir("/"); err != nil || len(entries) != 3 {
			t.Errorf("after the next sync: got %v %v, want the directory of the old files gone", entries, err)
		}
	})
}

func TestMounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}})
		if _, err := w.mounts(corev1.VolumeMount{MountPath: "/data"}); err == nil || err.Error() != `cannot find volume "v" to mount into container "app"` {
			t.Errorf("not mounted yet: got %v", err)
		}
		w.wait()
		looptest.Pass(w.loop, time.Second)
		for name, test := range map[string]struct {
			mount corev1.VolumeMount
			from  string
			err   string
		}{
			"whole":                {corev1.VolumeMount{}, "/", ""},
			"part":                 {corev1.VolumeMount{SubPath: "logs/web"}, "/logs/web", ""},
			"part by a variable":   {corev1.VolumeMount{SubPathExpr: "logs/$(NAME)"}, "/logs/web-0", ""},
			"absolute part":        {corev1.VolumeMount{SubPath: "/logs"}, "", "error SubPath `/logs` must not be an absolute path"},
			"part with backsteps":  {corev1.VolumeMount{SubPath: "a/../b"}, "", "unable to provision SubPath `a/../b`: must not contain '..'"},
			"variable that is not": {corev1.VolumeMount{SubPathExpr: "$(OTHER)"}, "", "missing value for OTHER"},
		} {
			test.mount.MountPath = "/data"
			got, err := w.mounts(test.mount, kubecontainer.EnvVar{Name: "NAME", Value: "web-0"})
			switch {
			case test.err != "":
				if err == nil || err.Error() != test.err {
					t.Errorf("%s: got error %v, want %s", name, err, test.err)
				}
			case err != nil || got[0].Options.From != test.from || got[0].Options.ReadOnly:
				t.Errorf("%s: got %+v %v, want from %s", name, got, err, test.from)
			default:
				if made, err := got[0].From.Stat(test.from); err != nil || !made.IsDir() {
					t.Errorf("%s: got %v %v, want a directory", name, made, err)
				}
			}
		}
		spec := &corev1.Container{VolumeMounts: []corev1.VolumeMount{
			{Name: "v", MountPath: "/a/b/c"}, {Name: "v", MountPath: "/x", ReadOnly: true}, {Name: "v", MountPath: "/a/b"},
		}}
		mounts, err := w.set.Mounts(spec, nil, nil)
		var paths []string
		for _, mount := range mounts {
			paths = append(paths, fmt.Sprintf("%s %t", mount.Path, mount.Options.ReadOnly))
		}
		if want := []string{"/x true", "/a/b false", "/a/b/c false"}; err != nil || !slices.Equal(paths, want) {
			t.Errorf("order: got %q %v, want %q", paths, err, want)
		}
	})
}

// The files of an image are mounted read-only, whole or in part.
func TestMountsOfImages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "example.com/model:v1"}})
		w.wait()
		looptest.Pass(w.loop, time.Second)
		files := filesystem.New(filesystem.Options{})
		if err := files.MkdirAll("/weights", 0o755); err != nil {
			t.Fatal(err)
		}
		for subPath, want := range map[string]string{
			"":        "/ read-only true",
			"weights": "/weights read-only true",
			"gone":    `failed to mount image volume: failed to ensure image subpath "gone" in "example.com/model:v1": No such file or directory`,
		} {
			spec := &corev1.Container{Name: "app", VolumeMounts: []corev1.VolumeMount{{Name: "v", MountPath: "/data", SubPath: subPath}}}
			mounts, err := w.set.Mounts(spec, nil, map[string]*filesystem.FileSystem{"v": files})
			got := ""
			if err == nil {
				got = fmt.Sprintf("%s read-only %t", mounts[0].Options.From, mounts[0].Options.ReadOnly)
			} else {
				got = err.Error()
			}
			if got != want {
				t.Errorf("sub-path %q: got %s, want %s", subPath, got, want)
			}
		}
	})
}

// An emptyDir in memory has its size limit, and everybody may write to it.
func TestEmptyDirInMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := resource.MustParse("64Ki")
		w := newWorld(t, corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: &limit}})
		w.wait()
		looptest.Pass(w.loop, time.Second)
		mounts, err := w.mounts(corev1.VolumeMount{MountPath: "/data"})
		if err != nil {
			t.Fatal(err)
		}
		disk := mounts[0].From
		if err := disk.WriteFile("/little", make([]byte, 1<<10), 0o644); err != nil {
			t.Errorf("1 KiB: %v", err)
		}
		if err := disk.WriteFile("/much", make([]byte, 128<<10), 0o644); err == nil {
			t.Error("128 KiB: got no error")
		}
		if root, err := disk.Stat("/"); err != nil || root.Mode() != fs.ModeDir|0o777 {
			t.Errorf("got %v %v, want drwxrwxrwx", root.Mode(), err)
		}
	})
}
