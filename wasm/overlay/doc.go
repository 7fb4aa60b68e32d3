// Package overlay lets the unmodified control plane compile for js/wasm.
//
// A handful of upstream files call into an operating system that a browser tab
// does not have: terminal modes, signals, socket options, file locks, mount
// tables. Go's -overlay flag can replace files of the vendor directory; this
// package lists them ([Leaves]), holds our own files for them (under _leaf,
// which the go command does not build by itself) and writes the JSON that the
// flag wants ([Write]). The program in wasm/overlay/generate calls it from the
// Makefile.
//
// Other upstream files are registries: tables of every API version that exists.
// Versions that the page's API server does not serve are deleted from them
// ([Reduced]), so that the linker finds their code unused; it was a tenth of
// each module.
//
// The router's library compiles a regular expression for each route and never asks
// it in the API server; it is checked and dropped (routes.go).
//
// One file of Go's own runtime is changed to compute on wasm what it otherwise
// looks up in a table that is redundant there (runtime.go); wasm/compact leaves
// the table out.
//
// What it must never hold: behaviour. A leaf calls the operating system or the
// network, and is replaced by functions with the same signatures that report
// "not here"; a reduced file lacks entries that no request can name, and gains
// nothing. Nothing that decides what the API server, a controller or the
// scheduler does may be listed; the claim of the whole project is that those
// are upstream's.
//
// A new version of upstream can change a leaf. leaves.sum records the hash of
// every upstream file that a leaf stands in for, and the package's test fails
// when one differs, is gone, or when upstream has gained a js file of its own.
package overlay
