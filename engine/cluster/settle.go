package cluster

import (
	"context"
	"fmt"
	"time"
)

// Settle lets time pass until nothing of the cluster will change by itself; the error
// says what still does after limit. A recent change is seen once the informers have
// received it.
func (c *Cluster) Settle(ctx context.Context, limit time.Duration) error {
	const look = 100 * time.Millisecond
	deadline := time.Now().Add(limit)
	for {
		time.Sleep(look)
		switch {
		case c.topology.Settled():
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Now().After(deadline):
			return fmt.Errorf("not settled within %s: %q", limit, c.topology.Obstacles())
		}
	}
}
