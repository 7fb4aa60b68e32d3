package site

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Listen opens a TCP address such as "127.0.0.1:8080". Without a host, as in
// ":8080", it means the loopback address: other machines are let in only by
// naming an address of this one.
func Listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: want host:port: %w", address, err)
	}
	if host == "" {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("address %s is in use; set PORT=... or --listen", address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	return listener, nil
}

// IsLoopback reports whether only programs on this machine can reach an
// address.
func IsLoopback(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
