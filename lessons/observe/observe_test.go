package observe_test

import (
	"testing"
	"time"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/node/traffic"
	"tabernetes/lessons/check"
	"tabernetes/lessons/observe"
)

// A result of the second in which a step begins, but before it, is none of the step.
func TestTrafficCountsFromTheMoment(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		observer, err := observe.New(running, func() []check.Command { return nil })
		if err != nil {
			t.Fatal(err)
		}
		// Nothing answers for the Service: each request fails at once.
		if err := running.Traffic().Start("kubernetes-none", 10, traffic.Options{}); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		time.Sleep(now.Truncate(time.Second).Add(1550 * time.Millisecond).Sub(now))
		began := time.Now()
		observer.Begin(began)
		if counts, ok := observer.Traffic("kubernetes-none", began); !ok || counts.Failed != 0 {
			t.Errorf("%d requests have failed since a step began, want none", counts.Failed)
		}
		time.Sleep(time.Second)
		if counts, _ := observer.Traffic("kubernetes-none", began); counts.Failed < 9 || counts.Failed > 11 {
			t.Errorf("%d requests have failed in a second, want 10", counts.Failed)
		}
	})
}
