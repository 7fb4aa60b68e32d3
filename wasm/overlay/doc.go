// Package overlay lets the unmodified control plane compile for js/wasm.
//
// A handful of upstream files call into an operating system that a browser tab
// does not have: terminal modes, signals, socket options, file locks, mount
// tables. Go's -overlay flag can put a file in the
// place of another one of the vendor directory; this package lists which
// ([Leaves]), holds our own files for them (under _leaf, which the go command
// does not build by itself) and writes the JSON that the flag wants ([Write]).
// The program in wasm/overlay/generate calls it from the Makefile.
//
// Other upstream files are registries: tables of every API version that exists.
// What the page's API server does not serve is deleted from them ([Reduced]), so
// that the linker finds it unused; a tenth of each module was that.
//
// One file of Go's own runtime computes on wasm what it otherwise finds in a table
// that says nothing there (runtime.go); wasm/compact leaves the table out.
//
// What it must never hold: behaviour. A leaf reaches the operating system or
// the network and in its place stands the same signature that says "not here";
// a reduced file lacks entries that no request can name, and gains nothing.
// Nothing that decides what the API server, a controller or the scheduler does
// may be listed; the claim of the whole project is that those are upstream's.
//
// An upstream bump can change a leaf under us. leaves.sum records the hash of
// every upstream file that a leaf stands in for, and the package's test fails
// when one differs, is gone, or when upstream has gained a js file of its own.
package overlay
