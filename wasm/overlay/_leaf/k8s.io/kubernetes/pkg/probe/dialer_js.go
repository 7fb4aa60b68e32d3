//go:build js && wasm

package probe

import "net"

// ProbeDialer is a plain dialer: there are no socket options to set.
func ProbeDialer() *net.Dialer {
	return &net.Dialer{}
}
