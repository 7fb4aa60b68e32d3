//go:build js && wasm

package parking

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// collections is the number of runs of the collector that free all garbage:
// objects with a finalizer survive one run, and those in a sync.Pool two.
const collections = 3

// tidy makes the image of the memory as small as possible: garbage is collected,
// and free memory is zeroed, which an image leaves out. It depends only on the
// program's own state, so that every start that reaches the same point goes on
// alike, whether its memory is captured there or not.
func tidy() {
	collect()
	percent := debug.SetGCPercent(-1)
	clearFree()
	debug.SetGCPercent(percent)
	collect()
}

func collect() {
	for range collections {
		runtime.GC()
	}
}

// clearFree allocates all free memory, which Go zeroes on allocation, and drops
// it again.
func clearFree() {
	var taken []unsafe.Pointer
	for _, class := range memory().BySize {
		if class.Size == 0 {
			continue
		}
		for _, kind := range typesOf(uintptr(class.Size)) {
			taken = fill(taken, kind)
		}
	}
	// Free pages, which belong to no size class, from large runs to single ones.
	const page = 8 << 10
	for size := uint64(64 << 20); size >= page; size /= 2 {
		for memory().HeapIdle >= size {
			before := memory().HeapSys
			taken = append(taken, unsafe.Pointer(unsafe.SliceData(make([]byte, size))))
			if memory().HeapSys > before {
				// There was no free run of that length.
				break
			}
		}
	}
	runtime.KeepAlive(taken)
}

// typesOf are types whose objects are allocated in a size class: without and with
// pointers, which Go keeps apart.
func typesOf(size uintptr) []reflect.Type {
	kinds := []reflect.Type{reflect.ArrayOf(int(size), reflect.TypeFor[byte]())}
	pointer := reflect.TypeFor[*byte]()
	// Larger objects with pointers have a header of one word (runtime.minSizeForMallocHeader).
	const headerFrom = 512
	room := size
	if room > headerFrom {
		room -= pointer.Size()
	}
	if count := room / pointer.Size(); count > 0 {
		kinds = append(kinds, reflect.ArrayOf(int(count), pointer))
	}
	return kinds
}

// fill allocates objects until they fill the memory reserved for their kind:
// until the unused part does not shrink any more.
func fill(taken []unsafe.Pointer, kind reflect.Type) []unsafe.Pointer {
	batch := max(1, 4096/int(kind.Size()))
	for misses := 0; misses < 4; {
		before := unused()
		for range batch {
			taken = append(taken, reflect.New(kind).UnsafePointer())
		}
		if unused()+uint64(batch)*uint64(kind.Size())/2 > before {
			misses++
		}
	}
	return taken
}

// unused is the number of bytes that are reserved for objects and hold none.
func unused() uint64 {
	now := memory()
	return now.HeapInuse - now.HeapAlloc
}

func memory() (now runtime.MemStats) {
	runtime.ReadMemStats(&now)
	return now
}
