//go:build js && wasm

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"tabernetes/wasm/bridge"
)

// How much the heap grows before it is collected. There is one thread: what the
// collector takes the cluster waits for. And the memory of a tab never shrinks: what
// the heap has grown to it keeps (RATIONALE.md, "Why does the heap grow by so much?").
const (
	// spareBytes is what a heap may grow by, within the bounds below.
	spareBytes = 24 << 20
	// leastGrowth and mostGrowth are in percent of what lives.
	leastGrowth = 75
	mostGrowth  = 200
)

const liveHeap = "/gc/heap/live:bytes"

// tuneAfterCollections calls tuneCollector after each collection from now on.
func tuneAfterCollections(host *bridge.Host) {
	// A finalizer runs when a collection has found its object dead.
	runtime.SetFinalizer(&collected{host: host}, func(last *collected) {
		tuneCollector(last.host)
		tuneAfterCollections(last.host)
	})
}

// collected is what nothing refers to.
type collected struct {
	host *bridge.Host
}

// tuneCollector sets how much the heap grows until the next collection.
func tuneCollector(host *bridge.Host) {
	percent := host.HeapGrowth()
	if percent == 0 {
		live := []metrics.Sample{{Name: liveHeap}}
		metrics.Read(live)
		percent = growth(live[0].Value.Uint64())
	}
	debug.SetGCPercent(percent)
}

// growth is how much a heap may grow before it is collected, in percent.
func growth(live uint64) int {
	return int(min(max(100*spareBytes/max(live, 1), leastGrowth), mostGrowth))
}
