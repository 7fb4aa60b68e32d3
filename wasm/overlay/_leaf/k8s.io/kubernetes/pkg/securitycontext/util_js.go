//go:build js && wasm

package securitycontext

// possibleCPUs has no /sys to read; the default masked paths then name no CPU,
// as on every operating system other than Linux.
func possibleCPUs() []int {
	return nil
}
