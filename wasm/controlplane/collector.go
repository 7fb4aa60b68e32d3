//go:build js && wasm

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"tabernetes/wasm/bridge"
)

// How much the heap grows before a collection. There is only one thread, so the
// cluster waits while the collector runs. And the memory of a tab never shrinks: it
// keeps the largest size of the heap (RATIONALE.md, "Why does the heap grow by so
// much?").
const (
	// spareBytes is how much a heap may grow, within the bounds below.
	spareBytes = 24 << 20
	// leastGrowth and mostGrowth are in percent of the live heap.
	leastGrowth = 75
	mostGrowth  = 200
)

const liveHeap = "/gc/heap/live:bytes"

// tuneAfterCollections calls tuneCollector after each collection from now on.
func tuneAfterCollections(host *bridge.Host) {
	// A finalizer runs after a collection that found its object unreachable.
	runtime.SetFinalizer(&collected{host: host}, func(last *collected) {
		tuneCollector(last.host)
		tuneAfterCollections(last.host)
	})
}

// collected is an object that nothing refers to.
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

// growth is how much a heap may grow before a collection, in percent.
func growth(live uint64) int {
	return int(min(max(100*spareBytes/max(live, 1), leastGrowth), mostGrowth))
}
