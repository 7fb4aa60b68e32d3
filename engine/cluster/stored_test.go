package cluster_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/client-go/kubernetes"
	"k8s.io/kubernetes/pkg/api/legacyscheme"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
)

// TestStoredJSON compares the JSON form of each stored value with what a store
// that keeps JSON would hold, and starts a cluster from it.
func TestStoredJSON(t *testing.T) {
	var mu sync.Mutex
	kinds := map[string]int{}
	compare := func(commit store.Commit) {
		if commit.Object == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		got, err := apiserver.StoredJSON(commit.Encoded)
		if err != nil {
			t.Errorf("%s: %v", commit.Key, err)
			return
		}
		if !apiserver.IsBuiltin(commit.Key) {
			if !bytes.Equal(got, commit.Encoded) {
				t.Errorf("%s: got\n%s\nwant what is stored, JSON already:\n%s", commit.Key, got, commit.Encoded)
			}
			return
		}
		object, kind, err := legacyscheme.Codecs.UniversalDeserializer().Decode(got, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", commit.Key, err)
			return
		}
		kinds[kind.Kind]++
		// The store's own object, which has not been encoded since, as JSON.
		current := commit.Object.DeepCopyObject()
		if err := (storage.APIObjectVersioner{}).PrepareObjectForStorage(current); err != nil {
			t.Error(err)
		}
		want, err := runtime.Encode(legacyscheme.Codecs.LegacyCodec(kind.GroupVersion()), current)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %T\n%s\nwant (error %v)\n%s", commit.Key, object, got, err, want)
		}
	}
	var restored store.Snapshot
	clustertest.Virtual(t, cluster.Options{Seed: 1, OnCommit: compare}, func(t *testing.T, running *cluster.Cluster) {
		applyEverything(t, running, "nginx:1.27")
		time.Sleep(aMinute)
		applyText(t, running, replaceImage(everything, "nginx:1.28"))
		time.Sleep(aMinute)
		restored = running.Store().Snapshot()
	})
	for _, kind := range []string{"Pod", "Deployment", "ReplicaSet", "Event", "Node", "Lease", "EndpointSlice", "HorizontalPodAutoscaler"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was compared", kind)
		}
	}
	var err error
	if restored.Values, err = apiserver.ReadableValues(restored.Values); err != nil {
		t.Fatal(err)
	}
	goesOn(t, restored)
}

// TestAFileOfAStoreOfJSON opens a file that was made when the store still kept
// JSON, and shows an earlier revision of it.
func TestAFileOfAStoreOfJSON(t *testing.T) {
	packed, err := os.ReadFile("testdata/json.tabernetes.gzip")
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := journal.DecodeArchive(encoded)
	if err != nil {
		t.Fatal(err)
	}
	history := journal.NewHistory(archive.Snapshot.Revision)
	history.Restore(archive.History)
	images := map[string]bool{}
	first, last := history.Revisions()
	for revision := first; revision <= last; revision++ {
		then, err := history.At(archive.Snapshot, revision)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range then.Values {
			if value.Key != "/registry/deployments/default/web" {
				continue
			}
			object, err := apiserver.DecodeStored(value)
			if err != nil {
				t.Fatal(err)
			}
			deployment := object.(*appsv1.Deployment)
			manifest, err := cluster.PastManifest(then, deployment.UID)
			if err != nil {
				t.Fatal(err)
			}
			for _, image := range []string{"nginx:1.27", "nginx:1.28"} {
				if strings.Contains(manifest, "image: "+image) {
					images[image] = true
				}
			}
		}
	}
	if len(images) != 2 {
		t.Errorf("in revisions %d to %d the Deployment had the images %v, want two", first, last, images)
	}
	goesOn(t, archive.Snapshot)
}

// aMinute ends at a moment at which nothing else happens.
const aMinute = time.Minute + 337*time.Millisecond

// goesOn checks that a cluster starts from a snapshot with the pods that are in
// it, and rolls them to another image.
func goesOn(t *testing.T, snapshot store.Snapshot) {
	t.Helper()
	for _, value := range snapshot.Values {
		if err := apiserver.CheckStored(value); err != nil {
			t.Error(err)
		}
		if !bytes.HasPrefix(value.Encoded, []byte("{")) {
			t.Errorf("%s is no JSON", value.Key)
		}
	}
	clustertest.Virtual(t, cluster.Options{Seed: 1, Restore: &snapshot}, func(t *testing.T, running *cluster.Cluster) {
		client := kubernetes.NewForConfigOrDie(running.RESTConfig())
		pods := func() map[types.UID]string {
			found := map[types.UID]string{}
			list, err := client.CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, pod := range list.Items {
				if pod.Status.Phase != corev1.PodRunning {
					t.Errorf("pod %q is %s", pod.Name, pod.Status.Phase)
				}
				found[pod.UID] = pod.Spec.Containers[0].Image
			}
			return found
		}
		before := pods()
		time.Sleep(aMinute)
		if after := pods(); len(before) != 5 || !reflect.DeepEqual(after, before) {
			t.Errorf("after a minute: got pods %v, want five, %v", after, before)
		}
		applyEverything(t, running, "nginx:1.29")
		time.Sleep(aMinute)
		rolled := 0
		for uid, image := range pods() {
			if before[uid] == "" && image == "nginx:1.29" {
				rolled++
			}
		}
		if rolled != 3 {
			t.Errorf("%d pods are new and of the new image, want 3", rolled)
		}
	})
}

// applyText applies manifests, each of which has to be accepted.
func applyText(t *testing.T, running *cluster.Cluster, text string) {
	t.Helper()
	for _, result := range apply.Apply(t.Context(), running.RESTConfig(), []byte(text), apply.Options{}) {
		if result.Error != nil {
			t.Fatal(result.Error.Message)
		}
	}
}

// applyEverything applies everything, with the definition of what is custom in it.
func applyEverything(t *testing.T, running *cluster.Cluster, image string) {
	t.Helper()
	applyText(t, running, bakeries)
	time.Sleep(time.Second)
	applyText(t, running, replaceImage(everything, image))
}
