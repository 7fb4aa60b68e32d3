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

// Defaults of the kubelet's configuration: a lease lasts 40 s and is renewed four
// times in that period.
const (
	leaseSeconds = 40
	leaseRenew   = leaseSeconds * time.Second / 4
)

// RenewLease renews the node's lease, by which the control plane knows that the
// node is alive, from its registration until ctx ends. While the node is cut off,
// no renewal arrives.
func (k *Kubelet) RenewLease(ctx context.Context) error {
	select {
	case <-k.registered:
	case <-ctx.Done():
		return nil
	}
	for ctx.Err() == nil {
		renewing, stop := context.WithCancel(ctx)
		var loop sync.WaitGroup
		linked := !k.partitioned.Load()
		if linked {
			loop.Go(func() {
				lease.NewController(clock.RealClock{}, k.client, k.name, leaseSeconds, nil, leaseRenew, k.name,
					corev1.NamespaceNodeLease, kubeletutil.SetNodeOwnerFunc(renewing, k.client, k.name)).Run(renewing)
			})
		}
		for linked != k.partitioned.Load() && ctx.Err() == nil {
			select {
			case <-k.relinked:
			case <-ctx.Done():
			}
		}
		stop()
		loop.Wait()
	}
	return nil
}
