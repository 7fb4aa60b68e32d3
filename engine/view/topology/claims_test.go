package topology

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A volume says what became of it when its claim has gone.
func TestVolumes(t *testing.T) {
	made := &corev1.PersistentVolume{
		ObjectMeta: objectMeta("disk", 60),
		Spec: corev1.PersistentVolumeSpec{
			StorageClassName:              "slow",
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("7Gi")},
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			ClaimRef:                      &corev1.ObjectReference{Namespace: "default", Name: "diary"},
		},
		Status: corev1.PersistentVolumeStatus{Phase: corev1.VolumeBound},
	}
	made.Namespace = ""
	topology := newTopology(t)
	want := &VolumeItem{
		UID: "uid-disk", Kind: "PersistentVolume", Name: "disk", Created: startMilliseconds, RevisionSeen: 60,
		Status: "Bound", Bound: true, Capacity: "7Gi", Class: "slow", ReclaimPolicy: "Retain", Claim: "default/diary",
	}
	topology.observe(made)
	if diff := cmp.Diff([]Item{want}, topology.Frame().Upserts); diff != "" {
		t.Errorf("a bound volume, want - got +\n%s", diff)
	}
	released := made.DeepCopy()
	released.ResourceVersion, released.Status.Phase = "61", corev1.VolumeReleased
	want.RevisionSeen, want.Status, want.Bound = 61, "Released", false
	topology.replace(made, released)
	if diff := cmp.Diff([]Item{want}, topology.Frame().Upserts); diff != "" {
		t.Errorf("a released volume, want - got +\n%s", diff)
	}
	free := released.DeepCopy()
	free.ResourceVersion, free.Status.Phase, free.Spec.ClaimRef = "62", corev1.VolumeAvailable, nil
	want.RevisionSeen, want.Status, want.Claim = 62, "Available", ""
	topology.replace(released, free)
	if diff := cmp.Diff([]Item{want}, topology.Frame().Upserts); diff != "" {
		t.Errorf("a volume without its claim, want - got +\n%s", diff)
	}
	promised := free.DeepCopy()
	promised.ResourceVersion, promised.Spec.ClaimRef = "63", &corev1.ObjectReference{Namespace: "default", Name: "diary", UID: "uid-diary"}
	want.RevisionSeen, want.Bound, want.Claim = 63, true, "default/diary"
	topology.replace(free, promised)
	if diff := cmp.Diff([]Item{want}, topology.Frame().Upserts); diff != "" {
		t.Errorf("a volume that is promised to a claim, want - got +\n%s", diff)
	}
	topology.forget(promised)
	if removes := topology.Frame().Removes; len(removes) != 1 || removes[0] != "uid-disk" {
		t.Errorf("removed are %q, want the volume", removes)
	}
}

// Claims stand beside the workloads that mount them, by name in a template of pods
// or by a StatefulSet's own template of claims.
func TestClaims(t *testing.T) {
	claim := func(name, class string, revision int) *corev1.PersistentVolumeClaim {
		return &corev1.PersistentVolumeClaim{
			ObjectMeta: objectMeta(name, revision),
			Spec: corev1.PersistentVolumeClaimSpec{
				StorageClassName: &class,
				Resources:        corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("2Gi")}},
			},
			Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending},
		}
	}
	bound := claim("data-db-1", "standard", 40)
	bound.Spec.VolumeName = "pvc-1"
	bound.Status.Phase = corev1.ClaimBound
	bound.Status.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("3Gi")}
	set := completeStatefulSet()
	set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}}}
	template := template("nginx:v1")
	controller := &corev1.ReplicationController{
		ObjectMeta: objectMeta("old", 50),
		Spec:       corev1.ReplicationControllerSpec{Template: &template},
		Status:     corev1.ReplicationControllerStatus{Replicas: 1, ReadyReplicas: 1},
	}
	topology := newTopology(t)
	for _, object := range []any{set, controller, bound, claim("data-db-x", "standard", 41), claim("shared", "", 42)} {
		topology.observe(object)
	}
	item := func(name string, revision int64) *ClaimItem {
		return &ClaimItem{
			UID: "uid-" + name, Kind: "PersistentVolumeClaim", Namespace: "default", Name: name, Created: startMilliseconds, RevisionSeen: revision,
			Targets: []string{}, Status: "Pending", Capacity: "2Gi", Class: "standard",
		}
	}
	of, other, shared := item("data-db-1", 40), item("data-db-x", 41), item("shared", 42)
	of.Targets, of.Status, of.Bound, of.Capacity, of.Volume = []string{"uid-db"}, "Bound", true, "3Gi", "pvc-1"
	shared.Class = ""
	var claims, controllers []Item
	for _, upsert := range topology.Frame().Upserts {
		switch upsert := upsert.(type) {
		case *ClaimItem:
			claims = append(claims, upsert)
		case *WorkloadItem:
			if upsert.Kind == "ReplicationController" {
				controllers = append(controllers, upsert)
			}
		}
	}
	if diff := cmp.Diff([]Item{of, other, shared}, claims); diff != "" {
		t.Errorf("claims, want - got +\n%s", diff)
	}
	want := []Item{&WorkloadItem{
		UID: "uid-old", Kind: "ReplicationController", Namespace: "default", Name: "old", Created: startMilliseconds, RevisionSeen: 50,
		Desired: 1, Ready: 1, Current: 1, Images: []string{"nginx:v1"},
	}}
	if diff := cmp.Diff(want, controllers); diff != "" {
		t.Errorf("controllers, want - got +\n%s", diff)
	}

	// A Deployment that mounts a claim later takes it.
	deployment := completeDeployment(2, "nginx:v1")
	topology.observe(deployment)
	topology.Frame()
	mounting := deployment.DeepCopy()
	mounting.ResourceVersion = "300"
	mounting.Spec.Template.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "shared"},
	}}}
	topology.observe(mounting)
	found := false
	for _, upsert := range topology.Frame().Upserts {
		if claim, ok := upsert.(*ClaimItem); ok && claim.Name == "shared" {
			found = cmp.Equal(claim.Targets, []string{"uid-web"})
		}
	}
	if !found {
		t.Error("the claim of a Deployment does not stand beside it")
	}
}
