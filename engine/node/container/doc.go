// Package container is what a container runtime is to a kubelet: containers with
// their files, processes, output and resources.
//
// A Container (container.go) is one run. Process 1 (process.go) is the image's own
// program, which the sync loop plays from the catalogue (program.go), or a program of
// the container's shell (engine/userland/shell), which runs in a goroutine and reports to the
// loop; commands.go is what of the image such a shell has as commands. Commands of
// probes and hooks run beside it (execute.go), and so does what clients execute and
// attach to (streams.go, terminal.go). Its root is made in files.go and names.go;
// what it prints goes to a Log (logs.go) and to whoever is attached (output.go). What
// it answers is in serve.go and what it takes in usage.go. adopt.go takes over
// containers that ran before the node did.
//
// The pod's worker (engine/node/pod) makes containers, starts and stops them. The
// package knows the pod and the node only as Pod and Host; it must not know when a
// container has to run, nor of probes, hooks and statuses of pods.
//
// A Container belongs to the sync loop and is used under the lock of that, but for
// ExecInContainer and AttachContainer, which take it. A Log, an output and a terminal
// are used by goroutines of processes and clients and have locks of their own; nobody
// who holds one of these takes the loop's.
package container
