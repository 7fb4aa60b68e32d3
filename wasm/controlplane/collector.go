//go:build js && wasm

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much the heap grows before it is collected. There is one thread: what the
// collector takes the cluster waits for. And a tab's memory never shrinks: what the
// heap grows to it keeps (RATIONALE.md, "Why is the heap collected later?").
const (
	// spareBytes is what a heap may grow by at least, whatever lives in it.
	spareBytes = 32 << 20
	// leastGrowth and mostGrowth bound the growth in percent of what lives.
	leastGrowth = 50
	mostGrowth  = 200
)

const liveHeap = "/gc/heap/live:bytes"

// tuneCollector makes the heap's growth depend on what lives in it, after each
// collection.
func tuneCollector() {
	debug.SetGCPercent(mostGrowth)
	// A finalizer runs once an object has been found dead by a collection.
	runtime.SetFinalizer(&collected{}, (*collected).tune)
}

// collected is dead after each collection. It is not of a size that is allocated
// together with others, which might keep it alive.
type collected struct {
	_ [32]byte
}

func (c *collected) tune() {
	live := []metrics.Sample{{Name: liveHeap}}
	metrics.Read(live)
	if live[0].Value.Kind() == metrics.KindUint64 {
		debug.SetGCPercent(growth(live[0].Value.Uint64()))
	}
	runtime.SetFinalizer(c, (*collected).tune)
}

// growth is how much a heap may grow before it is collected, in percent.
func growth(live uint64) int {
	return int(min(max(100*spareBytes/max(live, 1), leastGrowth), mostGrowth))
}
