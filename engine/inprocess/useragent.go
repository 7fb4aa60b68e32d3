package inprocess

import "fmt"

// UserAgent is the User-Agent of a program of Kubernetes of a version, such as
// "v1.37.2", in the form of client-go's DefaultKubernetesUserAgent, which takes the
// program's name from the process. Here many programs share one process, so each
// client says its own. The API server derives from it the manager of the fields
// that the client sets: what stands before the first slash.
//
// The platform is that of the simulated machines. Upstream writes "unknown" where a
// build does not know its commit.
func UserAgent(program, version string) string {
	return fmt.Sprintf("%s/%s (linux/amd64) kubernetes/unknown", program, version)
}
