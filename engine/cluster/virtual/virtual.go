// Package virtual runs a native program's cluster on the virtual clock of
// testing/synctest: time moves when every goroutine of the cluster waits, so that
// hours pass instantly and timers fire at exact times.
//
// engine/cluster/clustertest uses it for tests, the player of lessons for its
// recordings. The page has a clock of its own. Goroutines still run on several
// processors: the order of what happens at one instant is not fixed.
package virtual

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apiserver/pkg/server/healthz"

	"tabernetes/engine/cluster"
)

// startLimit is how long a cluster may take until it is ready.
const startLimit = time.Minute

// Run runs a cluster whose clock begins at start, which must be a moment after the
// beginning of the year 2000, and calls do with it once it is ready. A start that
// lies in the host's future is moved back by whole weeks, see past. When nothing
// of the cluster runs any more, Run returns the result of do, or why the cluster
// did not run. It must not be called from a bubble of synctest.
func Run(ctx context.Context, options cluster.Options, start time.Time, do func(ctx context.Context, running *cluster.Cluster) error) error {
	OutsideOfBubbles()
	start = past(start, time.Now())
	var err error
	// A bubble needs a test, but only as an argument.
	synctest.Test(new(testing.T), func(t *testing.T) {
		time.Sleep(time.Until(start))
		// A context from outside would wake goroutines of the bubble from outside.
		err = run(t.Context(), func() bool { return ctx.Err() != nil }, options, do)
		// A handler whose client has gone pauses after the error (engine/cluster,
		// errors.go). Time stops in a bubble whose test has returned.
		time.Sleep(time.Second)
	})
	return errors.Join(ctx.Err(), err)
}

// past returns start, or the same hour of the same weekday in a week before the
// host's now: upstream's health check of the log compares the time with one
// recorded by a goroutine outside the bubble, and fails when that is minutes ago.
func past(start, now time.Time) time.Time {
	for start.After(now.Add(-24 * time.Hour)) {
		start = start.Add(-7 * 24 * time.Hour)
	}
	return start
}

func run(ctx context.Context, isOver func() bool, options cluster.Options, do func(context.Context, *cluster.Cluster) error) error {
	running, err := cluster.New(options)
	if err != nil {
		return err
	}
	// Checks ten times a second of cluster time whether the caller's context has
	// ended.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if isOver() {
					cancel()
				}
			}
		}
	}()
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- running.Run(serving) }()
	select {
	case <-running.Ready():
		err = do(ctx, running)
	case failure := <-ended:
		ended <- failure
		err = errors.New("the cluster ended before it was ready")
	case <-time.After(startLimit):
		err = fmt.Errorf("the cluster was not ready within %s", startLimit)
	}
	stop()
	cancel()
	<-watching
	return errors.Join(err, <-ended)
}

// OutsideOfBubbles starts the goroutines that upstream starts once per process and
// never ends. A goroutine of a bubble that waits for one outside it would keep the
// bubble's time from moving.
var OutsideOfBubbles = sync.OnceFunc(func() {
	// The health check of the log (apiserver/pkg/server/healthz, log.Check).
	_ = healthz.LogHealthz.Check(nil)
	// The first signal.Notify, which is otherwise that of the scheduler's debugger.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2)
	signal.Stop(signals)
})
