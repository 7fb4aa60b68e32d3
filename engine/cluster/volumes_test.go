package cluster_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// The task of the documentation: a volume that an administrator makes on a node, a
// claim that it fits, a pod that reads from it.
const manualVolume = `
apiVersion: v1
kind: PersistentVolume
metadata: {name: task-pv}
spec:
  storageClassName: manual
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /mnt/data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: task-claim}
spec:
  storageClassName: manual
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 3Gi}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: too-large}
spec:
  storageClassName: manual
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 30Gi}}
`

func TestManualVolume(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		applyText(t, running, manualVolume)
		u.until("the claim is bound", time.Minute, func() bool { return u.claim("task-claim").Status.Phase == corev1.ClaimBound })
		claim := u.claim("task-claim")
		if claim.Spec.VolumeName != "task-pv" || claim.Status.Capacity[corev1.ResourceStorage] != resource.MustParse("10Gi") {
			t.Errorf("got volume %q of %v", claim.Spec.VolumeName, claim.Status.Capacity)
		}
		if !slices.Equal(claim.Finalizers, []string{"kubernetes.io/pvc-protection"}) {
			t.Errorf("finalizers of the claim: got %q", claim.Finalizers)
		}
		volume := u.volume("task-pv")
		if volume.Status.Phase != corev1.VolumeBound || !slices.Equal(volume.Finalizers, []string{"kubernetes.io/pv-protection"}) {
			t.Errorf("the volume: got %s with finalizers %q", volume.Status.Phase, volume.Finalizers)
		}
		if pending := u.claim("too-large"); pending.Status.Phase != corev1.ClaimPending {
			t.Errorf("a claim that no volume is large enough for: got %s", pending.Status.Phase)
		}
		u.expectEvent("too-large", "ProvisioningFailed", `storageclass.storage.k8s.io "manual" not found`)

		// Both are in use: they go when their user has gone.
		u.mountingPod("reader", "task-claim")
		u.until("the pod runs", time.Minute, func() bool { return u.pod("reader").Status.Phase == corev1.PodRunning })
		claims, volumes := u.CoreV1().PersistentVolumeClaims("default"), u.CoreV1().PersistentVolumes()
		u.must(claims.Delete(t.Context(), "task-claim", metav1.DeleteOptions{}))
		u.must(volumes.Delete(t.Context(), "task-pv", metav1.DeleteOptions{}))
		time.Sleep(time.Minute)
		if u.claim("task-claim").DeletionTimestamp == nil || u.volume("task-pv").DeletionTimestamp == nil {
			t.Error("claim and volume are not being deleted")
		}
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "reader", metav1.DeleteOptions{}))
		u.until("claim and volume are gone", 2*time.Minute, func() bool {
			_, noClaim := claims.Get(t.Context(), "task-claim", metav1.GetOptions{})
			_, noVolume := volumes.Get(t.Context(), "task-pv", metav1.GetOptions{})
			return apierrors.IsNotFound(noClaim) && apierrors.IsNotFound(noVolume)
		})
	})
}

const provisionedClaims = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shared}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
`

// The default StorageClass binds a claim when the scheduler has placed its first
// pod, on that pod's node.
func TestProvisionedVolume(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		applyText(t, running, provisionedClaims)
		time.Sleep(20 * time.Second)
		claim := u.claim("data")
		if claim.Status.Phase != corev1.ClaimPending || *claim.Spec.StorageClassName != "standard" {
			t.Errorf("before a pod: got %s of class %q", claim.Status.Phase, *claim.Spec.StorageClassName)
		}
		u.expectEvent("data", "WaitForFirstConsumer", "waiting for first consumer to be created before binding")

		u.mountingPod("writer", "data")
		u.until("the pod runs", time.Minute, func() bool { return u.pod("writer").Status.Phase == corev1.PodRunning })
		claim = u.claim("data")
		if claim.Status.Phase != corev1.ClaimBound || claim.Spec.VolumeName != "pvc-"+string(claim.UID) {
			t.Errorf("with its pod: got %s to %q", claim.Status.Phase, claim.Spec.VolumeName)
		}
		u.expectEvent("data", "ProvisioningSucceeded", "Successfully provisioned volume "+claim.Spec.VolumeName)
		volume := u.volume(claim.Spec.VolumeName)
		affinity := volume.Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0]
		node := u.pod("writer").Spec.NodeName
		if !slices.Equal(affinity.Values, []string{node}) || volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete {
			t.Errorf("the volume: got nodes %q, policy %s, want %s and Delete", affinity.Values, volume.Spec.PersistentVolumeReclaimPolicy, node)
		}

		// A larger request is refused: the class does not allow it.
		patch := []byte(`{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}`)
		_, err := u.CoreV1().PersistentVolumeClaims("default").Patch(t.Context(), "data", types.MergePatchType, patch, metav1.PatchOptions{})
		if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "the storageclass that provisions the pvc must support resize") {
			t.Errorf("resize: got %v", err)
		}

		u.mountingPod("reader", "shared")
		time.Sleep(time.Minute)
		u.expectEvent("shared", "ProvisioningFailed", `failed to provision volume with StorageClass "standard": NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes`)

		// Volume and files go with the claim.
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "writer", metav1.DeleteOptions{}))
		u.must(u.CoreV1().PersistentVolumeClaims("default").Delete(t.Context(), "data", metav1.DeleteOptions{}))
		u.until("the volume is gone", 2*time.Minute, func() bool {
			_, err := u.CoreV1().PersistentVolumes().Get(t.Context(), volume.Name, metav1.GetOptions{})
			return apierrors.IsNotFound(err)
		})
	})
}

const retainedVolume = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: keeps}
provisioner: rancher.io/local-path
reclaimPolicy: Retain
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: diary}
spec: {storageClassName: keeps, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

func TestRetainedVolume(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		applyText(t, running, retainedVolume)
		u.mountingPod("writer", "diary")
		u.until("the claim is bound", time.Minute, func() bool { return u.claim("diary").Status.Phase == corev1.ClaimBound })
		name := u.claim("diary").Spec.VolumeName
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "writer", metav1.DeleteOptions{}))
		u.must(u.CoreV1().PersistentVolumeClaims("default").Delete(t.Context(), "diary", metav1.DeleteOptions{}))
		u.until("the volume is released", 2*time.Minute, func() bool { return u.volume(name).Status.Phase == corev1.VolumeReleased })
		time.Sleep(5 * time.Minute)
		if volume := u.volume(name); volume.Status.Phase != corev1.VolumeReleased {
			t.Errorf("later: got %s", volume.Status.Phase)
		}
	})
}

const claimsOfWorkloads = `
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: web, image: "nginx:1.27", volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: scratch}
spec:
  containers: [{name: web, image: "nginx:1.27", volumeMounts: [{name: space, mountPath: /space}]}]
  volumes:
  - name: space
    ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}
`

// A StatefulSet makes a claim for each of its pods, which stays; the claim of a
// generic ephemeral volume goes with its pod.
func TestClaimsOfWorkloads(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		applyText(t, running, claimsOfWorkloads)
		u.until("all pods run", 3*time.Minute, func() bool {
			all := u.pods("")
			return len(all) == 3 && !slices.ContainsFunc(all, func(pod corev1.Pod) bool { return pod.Status.Phase != corev1.PodRunning })
		})
		for _, name := range []string{"data-db-0", "data-db-1", "scratch-space"} {
			if claim := u.claim(name); claim.Status.Phase != corev1.ClaimBound {
				t.Errorf("%s: got %s", name, claim.Status.Phase)
			}
		}
		node := u.pod("db-1").Spec.NodeName
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "db-1", metav1.DeleteOptions{}))
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "scratch", metav1.DeleteOptions{}))
		u.until("the claim of the ephemeral volume is gone", 2*time.Minute, func() bool {
			_, err := u.CoreV1().PersistentVolumeClaims("default").Get(t.Context(), "scratch-space", metav1.GetOptions{})
			return apierrors.IsNotFound(err)
		})
		clustertest.Settle(t, running, 5*time.Minute)
		if again := u.pod("db-1"); again.Spec.NodeName != node || again.Status.Phase != corev1.PodRunning {
			t.Errorf("db-1 again: got %s on %s, want it where its volume is, on %s", again.Status.Phase, again.Spec.NodeName, node)
		}
	})
}

const withoutClass = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: alone}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

// Without a default class a claim says what it lacks, and gets a class that comes
// later.
func TestClaimWithoutAClass(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		u.must(u.StorageV1().StorageClasses().Delete(t.Context(), "standard", metav1.DeleteOptions{}))
		time.Sleep(time.Second)
		applyText(t, running, withoutClass)
		time.Sleep(20 * time.Second)
		u.expectEvent("alone", "FailedBinding", "no persistent volumes available for this claim and no storage class is set")
	})
}

func (u *user) claim(name string) *corev1.PersistentVolumeClaim {
	u.t.Helper()
	claim, err := u.CoreV1().PersistentVolumeClaims("default").Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	return claim
}

func (u *user) volume(name string) *corev1.PersistentVolume {
	u.t.Helper()
	volume, err := u.CoreV1().PersistentVolumes().Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	return volume
}

// mountingPod makes a pod that mounts a claim at /data.
func (u *user) mountingPod(name, claim string) {
	u.t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{
			Containers: []corev1.Container{{
				Name: "web", Image: "nginx:1.27", VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
			}},
			Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim},
			}}},
		},
	}
	_, err := u.CoreV1().Pods("default").Create(u.t.Context(), pod, metav1.CreateOptions{})
	u.must(err)
}

// events are those about an object of the namespace default.
func (u *user) events(object string) []corev1.Event {
	u.t.Helper()
	list, err := u.CoreV1().Events("default").List(u.t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.name=" + object})
	u.must(err)
	return list.Items
}

// expectEvent checks that an object of the namespace default has an event whose
// message begins with a text.
func (u *user) expectEvent(object, reason, text string) {
	u.t.Helper()
	var all []string
	for _, event := range u.events(object) {
		if event.Reason == reason && strings.HasPrefix(event.Message, text) {
			return
		}
		all = append(all, event.Reason+": "+event.Message)
	}
	u.t.Errorf("events of %s: got %q, want %s: %s", object, all, reason, text)
}
