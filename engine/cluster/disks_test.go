package cluster_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/cluster/virtual"
	"tabernetes/engine/node"
)

const writer = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: writer}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: sh
    image: busybox:1.36
    command: [sh, -c, "[ -e /data/first ] || date > /data/first; while true; do echo line >> /data/log; sleep 10; done"]
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`

// The files of a volume outlive their pod, and the cluster when it is stored: a
// program that is run again up to the present writes nothing twice.
func TestFilesOfVolumesAreKept(t *testing.T) {
	var stored cluster.Options
	lines := func(running *cluster.Cluster) (first string, count int) {
		disks, err := running.Disks()
		if err != nil {
			t.Fatal(err)
		}
		kept, err := node.DecodeDisks(disks)
		if err != nil {
			t.Fatal(err)
		}
		for _, files := range kept {
			for _, file := range files {
				switch {
				case strings.HasSuffix(file.Path, "_default_data/first"):
					first = string(file.Data)
				case strings.HasSuffix(file.Path, "_default_data/log"):
					count = bytes.Count(file.Data, []byte("line\n"))
				}
			}
		}
		return first, count
	}
	var first string
	var closed time.Time
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		applyText(t, running, writer)
		u.until("the pod runs", time.Minute, func() bool { return u.pod("writer").Status.Phase == corev1.PodRunning })
		time.Sleep(55 * time.Second)
		before := running.DiskState()
		var count int
		if first, count = lines(running); first == "" || count != 6 {
			t.Fatalf("after 55 s: got first %q and %d lines, want 6", first, count)
		}
		time.Sleep(10 * time.Second)
		if running.DiskState() == before {
			t.Error("one more line did not change the state of the disks")
		}
		snapshot := running.Store().Snapshot()
		disks, err := running.Disks()
		u.must(err)
		stored, closed = cluster.Options{Seed: 1, Restore: &snapshot, Disks: disks}, time.Now()
	})
	for pause, want := range map[time.Duration]int{time.Second: 7, 31 * time.Second: 10} {
		err := virtual.Run(t.Context(), stored, closed, func(_ context.Context, running *cluster.Cluster) error {
			time.Sleep(pause)
			if again, count := lines(running); again != first || count != want {
				return fmt.Errorf("after %s: got the first file %q and %d lines, want %q and %d", pause, again, count, first, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	// Without what was kept the disks are empty.
	stored.Disks = nil
	clustertest.Virtual(t, stored, func(t *testing.T, running *cluster.Cluster) {
		time.Sleep(time.Second)
		if again, _ := lines(running); again == first {
			t.Error("the file is there without the contents of the disk")
		}
	})
}
