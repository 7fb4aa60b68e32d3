package start

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/traffic"
	"tabernetes/lessons/plan"
)

// settleLimit is how much cluster time the start may take until it has come to rest.
const settleLimit = 10 * time.Minute

// Nodes are the machines of a start; nil means the usual ones.
func Nodes(machines []plan.Node) ([]hardware.Options, error) {
	if len(machines) == 0 {
		return nil, nil
	}
	nodes := hardware.DefaultNodes(len(machines))
	for i, node := range machines {
		made := &nodes[i]
		made.Name, made.Labels, made.Pods = node.Name, node.Labels, int64(node.Pods)
		for _, one := range []struct {
			text     string
			quantity *resource.Quantity
		}{{node.CPU, &made.CPU}, {node.Memory, &made.Memory}} {
			if one.text == "" {
				continue
			}
			parsed, err := resource.ParseQuantity(one.text)
			if err != nil {
				return nil, fmt.Errorf("node %q: %w", node.Name, err)
			}
			*one.quantity = parsed
		}
	}
	return nodes, nil
}

// Begin makes what a lesson begins with in a new cluster, waits until it has come to
// rest, does what happened to it since, and starts the requests.
func Begin(ctx context.Context, running *cluster.Cluster, start plan.Start) error {
	applier, err := apply.New(running.RESTConfig())
	if err != nil {
		return err
	}
	put := func(name string, text []byte) error {
		for _, result := range applier.Apply(ctx, text, apply.Options{Source: name}) {
			if result.Error != nil {
				return fmt.Errorf("apply %q: %s", name, result.Error.Message)
			}
		}
		return nil
	}
	if err := pull(ctx, running, start.Images, put); err != nil {
		return err
	}
	since := slices.IndexFunc(start.Manifests, func(m plan.Manifest) bool { return m.Ago > 0 })
	if since < 0 {
		since = len(start.Manifests)
	}
	for _, manifest := range start.Manifests[:since] {
		if err := put(manifest.Name, manifest.Data); err != nil {
			return err
		}
	}
	if err := running.Settle(ctx, settleLimit); err != nil {
		return err
	}
	begin := time.Now()
	if since < len(start.Manifests) {
		begin = begin.Add(start.Manifests[since].Ago)
	}
	for _, manifest := range start.Manifests[since:] {
		time.Sleep(time.Until(begin.Add(-manifest.Ago)))
		if err := put(manifest.Name, manifest.Data); err != nil {
			return err
		}
	}
	time.Sleep(time.Until(begin))
	return Send(running, start.Traffic)
}

// Send starts the requests of a lesson, which no store keeps.
func Send(running *cluster.Cluster, clients []plan.Traffic) error {
	for _, one := range clients {
		if err := running.Traffic().Start(one.Service, one.PerSecond, traffic.Options{Path: one.Path, Timeout: one.Timeout}); err != nil {
			return err
		}
	}
	return nil
}
