package volume

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"tabernetes/engine/node/syncloop/looptest"
)

// The volumes of a pod that runs already are there at once.
func TestAdopt(t *testing.T) {
	claimed := corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data", ReadOnly: true}}
	for name, test := range map[string]struct {
		source corev1.VolumeSource
		phase  corev1.PersistentVolumeClaimPhase
		want   bool
	}{
		"emptyDir":         {corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}, "", true},
		"ConfigMap":        {corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}, DefaultMode: ptr.To[int32](0o644)}}, "", true},
		"claim":            {claimed, corev1.ClaimBound, true},
		"lost claim":       {claimed, corev1.ClaimLost, false},
		"claim that is no": {claimed, "", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, test.source)
			w.configMaps["settings"] = &corev1.ConfigMap{Data: map[string]string{"colour": "blue"}}
			if test.phase != "" {
				w.claims = map[string]*corev1.PersistentVolumeClaim{"data": {
					ObjectMeta: metav1.ObjectMeta{UID: types.UID("1")},
					Spec:       corev1.PersistentVolumeClaimSpec{VolumeName: "disk"},
					Status:     corev1.PersistentVolumeClaimStatus{Phase: test.phase},
				}}
			}
			w.volumes = map[string]*corev1.PersistentVolume{"disk": {Spec: corev1.PersistentVolumeSpec{
				ClaimRef:               &corev1.ObjectReference{UID: types.UID("1")},
				PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var/log"}},
			}}}
			looptest.Turn(w.loop, w.set.Adopt)
			mounts, err := w.mounts(corev1.VolumeMount{MountPath: "/data"})
			if got := err == nil; got != test.want {
				t.Errorf("%s: got error %v, want a mount: %t", name, err, test.want)
			}
			if err == nil && strings.Contains(name, "claim") && (!mounts[0].Options.ReadOnly || mounts[0].Options.From != "/var/log") {
				t.Errorf("%s: got %+v, want /var/log to read", name, mounts[0].Options)
			}
			looptest.Pass(w.loop, time.Second)
		})
	}
}
