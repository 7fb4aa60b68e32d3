package controllers

import (
	"context"
	"fmt"
	"net"

	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/nodeipam/ipam"
)

// clusterCIDR is the range of all pods and nodeMaskSize the prefix length of one
// node's range: kind's value and kube-controller-manager's default.
var clusterCIDR = net.IPNet{IP: net.IPv4(10, 244, 0, 0).To4(), Mask: net.CIDRMask(16, 32)}

const nodeMaskSize = 24

// newNodeIPAM assigns Nodes their ranges of pod addresses, with upstream's range
// allocator. The surrounding nodeipam.NewNodeIpamController is for clouds. The
// allocator lists the existing Nodes when it is made, so it is made when the API
// answers.
func newNodeIPAM(_ context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("node-controller")
	if err != nil {
		return nil, err
	}
	nodes := env.Informers.Core().V1().Nodes()
	nodes.Informer()
	return one(func(ctx context.Context) {
		allocator, err := ipam.New(ctx, client, nil, nodes, ipam.RangeAllocatorType, ipam.CIDRAllocatorParams{
			ClusterCIDRs:      []*net.IPNet{&clusterCIDR},
			NodeCIDRMaskSizes: []int{nodeMaskSize},
		})
		if err != nil {
			if ctx.Err() == nil {
				klog.FromContext(ctx).Error(fmt.Errorf("create range allocator: %w", err), "node IPAM is off")
			}
			return
		}
		allocator.Run(ctx)
	}), nil
}
