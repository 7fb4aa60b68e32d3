// Package hardware describes a simulated machine: its capacity and address
// (Options), how the annotations of its Node change it (Settings: power, network,
// speed, additional load) and what runs on it besides pods.
//
// The fleet passes the values to machines, and the kubelet (engine/node/kubelet)
// reports them and behaves accordingly. Nothing here runs or has a lock.
package hardware
