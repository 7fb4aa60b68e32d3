// Package agnhost is agnhost, the test program of Kubernetes, by what its
// subcommands print, answer and exit with (test/images/agnhost, version 2.66).
//
// The catalogue of images names it as the entry point of its image; a container
// runs it like any program of the userland. It links nothing of Kubernetes.
package agnhost
