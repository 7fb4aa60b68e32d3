// Package recorder writes events of one source to the API, with upstream's correlator.
//
// The kubelet (engine/node/kubelet) and the fleet have one each. A Recorder has no
// lock: it belongs to its owner, and may wait for the API while it writes.
package recorder
