// Package hardware is what a simulated machine is: its capacity and address (Options),
// what the annotations of its Node do to it (Settings: power, network, speed, what
// else it has to carry) and what runs on it besides pods.
//
// The fleet gives it to machines, the kubelet (engine/node/kubelet) reports it and
// lives with it. These are values: nothing here runs, and nothing has a lock.
package hardware
