// Package container is what a container runtime is to a kubelet: containers with
// their files, processes, output and resources.
//
// A Container (container.go) is one run. Process 1 (process.go) is either the image's
// own program, which the sync loop simulates from the catalogue (program.go), or a
// program of the container's shell (engine/userland/shell), which runs in a goroutine
// and reports to the loop; commands.go provides the image's programs as commands of
// that shell. Commands of probes and hooks run beside process 1 (execute.go);
// streams.go and terminal.go serve kubectl exec and attach. The container's root is
// made in files.go and names.go; its output goes to a Log (logs.go) and to the
// attached clients (output.go). serve.go answers requests, usage.go counts what the
// container consumes, and adopt.go adopts containers that ran before the node did.
//
// The pod's worker (engine/node/pod) creates, starts and stops containers. The package
// knows the pod and the node only as Pod and Host; it must not know when a container
// has to run, nor probes, hooks and statuses of pods.
//
// A Container belongs to the sync loop and is used under the loop's lock. The
// exceptions are ExecInContainer and AttachContainer, which take the lock themselves.
// A Log, an output and a terminal are used by goroutines of processes and clients and
// have locks of their own; no goroutine that holds one of these takes the loop's lock.
package container
