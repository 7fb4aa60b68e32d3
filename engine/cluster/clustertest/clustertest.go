// Package clustertest runs whole clusters in tests: on the host's clock with
// Start, on the virtual clock of testing/synctest with Virtual, where an hour of
// an idle cluster takes some seconds.
//
// It is called by tests of any package and must not be linked into a program.
package clustertest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/virtual"
)

// startLimit is how long a cluster may take until it is ready.
const startLimit = time.Minute

// Start runs a cluster until the test ends and returns once it is ready.
func Start(t testing.TB, options cluster.Options) *cluster.Cluster {
	t.Helper()
	running, stop := run(t, options)
	t.Cleanup(stop)
	return running
}

// Virtual calls test with a cluster that is ready, both in one bubble of
// testing/synctest: time moves when every goroutine of the cluster and the test
// waits, so that test sleeps through hours in no time and at exact times.
// Goroutines still run on several processors: what happens at one instant
// happens in no given order.
func Virtual(t *testing.T, options cluster.Options, test func(t *testing.T, running *cluster.Cluster)) {
	t.Helper()
	virtual.OutsideOfBubbles()
	synctest.Test(t, func(t *testing.T) {
		running, stop := run(t, options)
		defer func() {
			stop()
			// A handler whose client has gone pauses after the error (engine/cluster,
			// errors.go), both ends of a TLS connection wait five seconds for each other to
			// read that they close (crypto/tls, Conn.Close), and a dial that nobody answers
			// ends after two minutes (engine/node/network), though its request was given up.
			// No time passes in a bubble whose test has returned.
			time.Sleep(3 * time.Minute)
		}()
		test(t, running)
	})
}

// Settle lets time pass until nothing of the cluster will move by itself, and
// fails the test when that is not so after limit. What was changed a moment ago
// is seen once the informers have been told.
func Settle(t *testing.T, running *cluster.Cluster, limit time.Duration) {
	t.Helper()
	if err := running.Settle(t.Context(), limit); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, options cluster.Options) (running *cluster.Cluster, stop func()) {
	t.Helper()
	running, err := cluster.New(options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- running.Run(ctx) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run cluster: %v", err)
		}
	}
	select {
	case <-running.Ready():
	case err := <-ended:
		cancel()
		t.Fatalf("the cluster ended before it was ready: %v", err)
	case <-time.After(startLimit):
		stop()
		t.Fatalf("the cluster was not ready within %s", startLimit)
	}
	return running, stop
}
