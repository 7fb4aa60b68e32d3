// Package kubectl runs kubectl inside this process: many commands one after
// another, and several at once. The commands are those of k8s.io/kubectl,
// unabridged; this package adds what a process otherwise gives a program: its
// standard input and output, its exit status, Ctrl-C, a kubeconfig and the way
// to the API server.
//
// wasm/kubectl hosts it in the page's second worker and engine/client/terminal calls it
// as one command among those of a shell; tests call it natively. It knows no browser,
// and the cluster only as a transport.
//
// Upstream's code writes to files of package os (its cache, -f, edit, diff). On
// js/wasm these are the virtual files that wasm/kubectl puts there.
package kubectl
