package timeline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/view/timeline"
)

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "%s"}]
`

// TestRollout follows a real rollout: every point keeps to the bounds, the
// revisions take turns, and what happened is marked in order.
func TestRollout(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		put := func(replicas int, image string) {
			for _, result := range apply.Apply(t.Context(), running.RESTConfig(), fmt.Appendf(nil, manifest, replicas, image), apply.Options{}) {
				if result.Error != nil {
					t.Fatal(result.Error.Message)
				}
			}
			time.Sleep(200 * time.Millisecond)
			clustertest.Settle(t, running, time.Minute)
		}
		put(4, "nginx:1.27")
		first := running.Timeline().Delta()
		if first == nil || !first.Reset || len(first.Series) != 1 || first.Series[0].Name != "web" {
			t.Fatalf("the first delta is %+v", first)
		}
		put(4, "nginx:1.28")
		put(2, "nginx:1.28")
		second := running.Timeline().Delta()
		if second == nil || second.Reset || len(second.Series) != 1 {
			t.Fatalf("the second delta is %+v", second)
		}
		series := second.Series[0]
		both := 0
		for index, point := range series.Points {
			if index > 0 && point.Time < series.Points[index-1].Time {
				t.Errorf("point %d is earlier than the one before it", index)
			}
			if point.Desired == 4 && (point.Available < point.Floor || point.Total > point.Ceiling || point.Floor != 3 || point.Ceiling != 5) {
				t.Errorf("out of bounds: %+v", point)
			}
			if len(point.Sets) == 2 {
				both++
			}
		}
		if both < 3 || len(series.Points) < 6 {
			t.Errorf("%d points, of them %d with two revisions: the rollout was not seen", len(series.Points), both)
		}
		last := series.Points[len(series.Points)-1]
		if last.Available != 2 || len(last.Sets) != 1 || last.Sets[0].Revision != 2 {
			t.Errorf("ended with %+v", last)
		}
		for _, want := range []timeline.Mark{
			{Source: "change", What: timeline.ChangeImage, From: "nginx:1.27", To: "nginx:1.28"},
			{Source: "change", What: timeline.ChangeReplicas, From: "4", To: "2"},
			{Source: "event", What: "ScalingReplicaSet", Who: "deployment-controller"},
			{Source: "condition", What: "Progressing=True", Who: "deployment-controller"},
		} {
			if !slices.ContainsFunc(series.Marks, func(mark timeline.Mark) bool {
				return mark.Source == want.Source && mark.What == want.What && mark.Who == want.Who &&
					(want.To == "" || mark.From == want.From && mark.To == want.To)
			}) {
				t.Errorf("no mark like %+v in %+v", want, series.Marks)
			}
		}
		if delta := running.Timeline().Delta(); delta != nil {
			t.Errorf("nothing has happened, and yet: %+v", delta)
		}
		running.Timeline().Reset()
		if again := running.Timeline().Delta(); len(again.Series[0].Points) != len(first.Series[0].Points)+len(series.Points) {
			t.Errorf("%d points after a reset, want %d", len(again.Series[0].Points), len(first.Series[0].Points)+len(series.Points))
		}
	})
}
