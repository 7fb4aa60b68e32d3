package process

import (
	"context"
	"net"
	"net/http"
)

// Network is what wget, curl, nc and nslookup reach. Its errors are told by their
// kind: a *net.DNSError (with IsNotFound) when there is no such name,
// syscall.ECONNREFUSED, syscall.ECONNRESET and syscall.EHOSTUNREACH (also inside
// others), and a net.Error with Timeout when nobody answered in time.
type Network interface {
	// RoundTrip carries an HTTP request; its URL's host is a name or an address.
	// It must end with the request's context.
	RoundTrip(*http.Request) (*http.Response, error)
	// Lookup gives the addresses of a name.
	Lookup(ctx context.Context, host string) ([]string, error)
	// Dial opens a TCP connection, of which commands learn only whether it is
	// accepted.
	Dial(ctx context.Context, address string) (net.Conn, error)
}
