package process

import (
	"context"
	"net"
	"net/http"
)

// Network is the network of wget, curl, nc and nslookup. They recognise its
// errors by type: a *net.DNSError (with IsNotFound) when there is no such name,
// syscall.ECONNREFUSED, syscall.ECONNRESET and syscall.EHOSTUNREACH (also inside
// others), and a net.Error with Timeout when there was no answer in time.
type Network interface {
	// RoundTrip performs an HTTP request; its URL's host is a name or an address. It
	// must end with the request's context. The certificate of a server that it asks by
	// https is verified as the context says, see WithTrust; the errors of that are a
	// CertificateError and ErrNotTLS.
	RoundTrip(*http.Request) (*http.Response, error)
	// Lookup returns the addresses of a name.
	Lookup(ctx context.Context, host string) ([]string, error)
	// Dial opens a TCP connection; commands only learn whether it was accepted.
	Dial(ctx context.Context, address string) (net.Conn, error)
}
