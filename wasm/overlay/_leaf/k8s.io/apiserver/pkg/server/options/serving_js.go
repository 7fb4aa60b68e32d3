//go:build js && wasm

package options

import (
	"errors"
	"syscall"
)

// errNoSocket answers the socket options: a browser tab opens no listener.
var errNoSocket = errors.New("no sockets in a browser")

func permitPortReuse(string, string, syscall.RawConn) error    { return errNoSocket }
func permitAddressReuse(string, string, syscall.RawConn) error { return errNoSocket }
