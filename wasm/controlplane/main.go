//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	_ "time/tzdata" // for CronJobs with a time zone, as kube-apiserver and kube-controller-manager have it

	utilrand "k8s.io/apimachinery/pkg/util/rand"

	"tabernetes/engine/cluster"
	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/node/hardware"
	"tabernetes/wasm/bridge"
	"tabernetes/wasm/parking"
)

// version is the release of this program; the linker sets it.
var version = "development"

// startSeed is the random seed of a new cluster until it is ready.
const startSeed = 1.0

func main() {
	host, err := bridge.OpenHost()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sendLog(host)
	tuneCollector(host)
	tuneAfterCollections(host)
	if err := run(host); err != nil {
		host.Fail(err)
	}
}

// run runs one cluster to its end, which is a reset or an error.
func run(host *bridge.Host) error {
	// 1. Everything that is independent of the options.
	foundation, err := cluster.Prepare()
	if err != nil {
		return fmt.Errorf("prepare cluster: %w", err)
	}
	host.Park(parking.Built)
	tuneCollector(host)

	// 2. The page's options.
	options, err := host.Options()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if reset, asked := host.PendingReset(); asked {
		// The stored data may be what makes the start fail, so they are not read.
		reset(clearStorage(ctx, host, options))
		return nil
	}

	// 3. The cluster's stored data, or the file from which it starts.
	var archive *journal.Archive
	if encoded := host.Archive(); encoded != nil {
		read, err := readArchive(encoded)
		if err != nil {
			return err
		}
		archive = &read
	}
	kept := openStorage(ctx, host, options, archive)

	// 4. The cluster. A new one is made from startSeed until it is ready.
	seed := startSeed
	if kept.stored != nil {
		seed = kept.seed
	}
	build := func() (*cluster.Cluster, error) {
		return foundation.Build(cluster.Options{
			Nodes:          hardware.DefaultNodes(options.Nodes),
			InstantKubelet: options.InstantKubelet,
			Seed:           math.Float64bits(seed),
			OnCommit:       kept.commit,
			Restore:        kept.snapshot(),
			Disks:          kept.disks(),
		})
	}
	running, err := build()
	if err != nil && kept.dropDamaged() {
		running, err = build()
	}
	if err != nil {
		return fmt.Errorf("create cluster: %w", err)
	}

	kept.adopt(ctx)

	// 5. Everything runs until the page ends it.
	journalContext, stopJournal := context.WithCancel(context.Background())
	defer stopJournal()
	written := make(chan struct{})
	go func() {
		defer close(written)
		kept.run(journalContext)
	}()
	ended := make(chan error, 1)
	host.Progress(bridge.StageControllers)
	go func() { ended <- running.Run(ctx) }()
	type ending struct {
		clear  bool
		answer chan<- error
	}
	end := make(chan ending)
	served := make(chan error, 1)
	go func() {
		served <- bridge.Serve(ctx, host, running, newKeeper(ctx, kept, running, func(clear bool) error {
			answer := make(chan error)
			end <- ending{clear, answer}
			return <-answer
		}))
	}()
	ready := running.Ready()
	for {
		select {
		case <-ready:
			ready = nil
			if kept.stored == nil {
				if err := begin(ctx, host, kept, running); err != nil {
					return err
				}
			}
			kept.ready(running)
			host.Ready(bridge.Version{Tabernetes: version, Kubernetes: apiserver.KubernetesVersion}, kept.stored != nil && kept.imported == nil)
		case err := <-ended:
			return errors.Join(errors.New("the cluster has ended"), err)
		case err := <-served:
			return errors.Join(errors.New("the bridge has ended"), err)
		case asked := <-end:
			stop()
			err := <-ended
			stopJournal()
			<-written
			if asked.clear {
				err = errors.Join(err, kept.clear(context.Background()))
			}
			asked.answer <- err
			<-served
			return nil
		}
	}
}

// begin turns a new cluster that is ready into the requested one: from here on it
// depends on the seed, and it is stored. Up to here all new clusters are the same,
// so that they can start from an image captured here.
func begin(ctx context.Context, host *bridge.Host, kept *storage, running *cluster.Cluster) error {
	host.Park(bridge.PointReady)
	tuneCollector(host)
	options, err := host.Options()
	if err != nil {
		return err
	}
	seed := math.Float64bits(options.Seed)
	utilrand.Seed(int64(seed))
	running.Reseed(seed)
	kept.begin(ctx, options, running.Store())
	return nil
}
