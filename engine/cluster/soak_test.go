//go:build unix

package cluster_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
)

// soaked is ten pods with probes and a job every minute; IMAGE changes every
// quarter of an hour.
const soaked = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 10
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: "IMAGE"
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}
        livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 10}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: minutely}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: job, image: "busybox:1.36", command: [sh, -c, "echo done"]}]}
`

var (
	soakHours = flag.Int("soak", 0, "hours of a small busy cluster that TestSoak lets pass")
	soakHeap  = flag.String("heap", "", "folder in which TestSoak leaves a profile of the heap after each hour")
)

// TestSoak runs a small busy cluster for hours, on the virtual clock. For each
// hour it prints the CPU seconds, the live heap after a collection, the memory
// that Go has obtained from the system, and the number of goroutines.
//
//	GOMAXPROCS=1 GOGC=200 go test ./engine/cluster -run Soak -v -args -soak 8
func TestSoak(t *testing.T) {
	if *soakHours == 0 {
		t.Skip("no hours given")
	}
	history := journal.NewHistory(1)
	clustertest.Virtual(t, cluster.Options{
		Seed: 1, OnCommit: func(commit store.Commit) { history.Commit(commit) },
	}, func(t *testing.T, running *cluster.Cluster) {
		report(t, running, "ready", measureUsage(t, running))
		for hour := range *soakHours {
			before := measureUsage(t, running)
			for quarter := range 4 {
				applyText(t, running, replaceImage(soaked, fmt.Sprintf("nginx:1.%d", 27+(hour*4+quarter)%3)))
				for range 15 * 60 {
					time.Sleep(time.Second)
					running.Topology().Frame()
					running.Timeline().Delta()
				}
			}
			report(t, running, fmt.Sprintf("hour %d", hour+1), before)
		}
	})
}

func report(t *testing.T, running *cluster.Cluster, when string, before usage) {
	used := measureUsage(t, running).minus(before)
	var system runtime.MemStats
	runtime.ReadMemStats(&system)
	synctest.Wait()
	runtime.GC()
	runtime.GC()
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	if *soakHeap != "" {
		file, err := os.Create(filepath.Join(*soakHeap, when+".heap"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(pprof.WriteHeapProfile(file), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s: %.1f s, %d revisions, %.0f MB allocated, %.1f MB live in %d objects, %.1f MB of stacks, %.0f MB of the system, %d goroutines",
		when, used.processor.Seconds(), used.revisions, float64(used.bytes)/1e6, float64(after.HeapAlloc)/1e6, after.HeapObjects,
		float64(after.StackInuse)/1e6, float64(system.Sys)/1e6, runtime.NumGoroutine())
}
