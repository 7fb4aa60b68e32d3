package kubelet

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/apimachinery/lease"
	kubeletutil "k8s.io/kubernetes/pkg/kubelet/util"
	"k8s.io/utils/clock"
)

// Defaults of the kubelet's configuration: a lease holds 40 s and is renewed
// four times in that.
const (
	leaseSeconds = 40
	leaseRenew   = leaseSeconds * time.Second / 4
)

// renewLease keeps the node's lease, by which the control plane knows that the
// node lives, from its registration until ctx ends. While the node is cut off,
// none of its renewals arrives.
func (n *node) renewLease(ctx context.Context) error {
	select {
	case <-n.registered:
	case <-ctx.Done():
		return nil
	}
	for ctx.Err() == nil {
		renewing, stop := context.WithCancel(ctx)
		var loop sync.WaitGroup
		linked := !n.partitioned.Load()
		if linked {
			loop.Go(func() {
				lease.NewController(clock.RealClock{}, n.client, n.name, leaseSeconds, nil, leaseRenew, n.name,
					corev1.NamespaceNodeLease, kubeletutil.SetNodeOwnerFunc(renewing, n.client, n.name)).Run(renewing)
			})
		}
		for linked != n.partitioned.Load() && ctx.Err() == nil {
			select {
			case <-n.relinked:
			case <-ctx.Done():
			}
		}
		stop()
		loop.Wait()
	}
	return nil
}
