// Package manifests distinguishes the objects that a user has made from those
// that a cluster makes by itself, and writes the former as YAML that kubectl
// apply takes on any cluster.
//
// wasm/controlplane calls it for the page. It reads stored objects as JSON and
// knows no kind's Go type, so that it needs no change when a kind is added: all
// it knows about a kind is which of its fields a cluster fills in.
package manifests
