package network

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"tabernetes/engine/userland/process"
)

// networkText is the C library's text for a network error.
func networkText(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "bad address"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "Connection reset by peer"
	case errors.Is(err, syscall.EHOSTUNREACH):
		return "No route to host"
	case errors.Is(err, syscall.ENETUNREACH):
		return "Network unreachable"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "Connection timed out"
	}
	return err.Error()
}

// errNoNetwork is the error if a System has no Network.
var errNoNetwork = syscall.ENETUNREACH

func roundTrip(s *process.System, request *http.Request) (*http.Response, error) {
	if s.Network == nil {
		return nil, errNoNetwork
	}
	return s.Network.RoundTrip(request)
}

// parseURL reads an address as wget and curl do: http:// is understood.
func parseURL(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	address, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if address.Path == "" {
		address.Path = "/"
	}
	return address, nil
}

// hostPort is host and port of an address.
func hostPort(address *url.URL) (host, port string) {
	port = address.Port()
	if port == "" {
		port = "80"
		if address.Scheme == "https" {
			port = "443"
		}
	}
	return address.Hostname(), port
}

// headerLines are headers in the order of their names.
func headerLines(headers http.Header) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			lines = append(lines, name+": "+value)
		}
	}
	return lines
}
