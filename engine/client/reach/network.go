package reach

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"tabernetes/engine/userland/process"
)

// Network is a simulated network in another process. It implements process.Network.
type Network struct {
	// Base is the URL of the Kubernetes API, without a path, and Transport leads
	// there.
	Base      string
	Transport http.RoundTripper
}

// RoundTrip carries an HTTP request into the network.
func (n Network) RoundTrip(request *http.Request) (*http.Response, error) {
	var text bytes.Buffer
	if err := request.WriteProxy(&text); err != nil {
		return nil, fmt.Errorf("write the request for %q: %w", request.URL, err)
	}
	query := url.Values{}
	if trust, ok := process.TrustOf(request.Context()); ok {
		encoded, err := json.Marshal(trust)
		if err != nil {
			return nil, err
		}
		query.Set(trustParameter, string(encoded))
	}
	answer, err := n.ask(request.Context(), http.MethodPost, pathHTTP, query, &text)
	if err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(bufio.NewReader(answer.Body), request)
	if err != nil {
		_ = answer.Body.Close()
		return nil, fmt.Errorf("read the answer of %q: %w", request.URL, err)
	}
	response.Body = both{response.Body, answer.Body}
	return response, nil
}

// both closes the answer with the response inside it.
type both struct {
	io.ReadCloser
	outer io.Closer
}

func (b both) Close() error { return errors.Join(b.ReadCloser.Close(), b.outer.Close()) }

// Lookup returns the addresses of a name.
func (n Network) Lookup(ctx context.Context, host string) ([]string, error) {
	answer, err := n.ask(ctx, http.MethodGet, pathLookup, url.Values{"host": {host}}, nil)
	if err != nil {
		var name *net.DNSError
		if errors.As(err, &name) {
			name.Name = host
		}
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	var addresses []string
	if err := json.NewDecoder(answer.Body).Decode(&addresses); err != nil {
		return nil, fmt.Errorf("read the addresses of %q: %w", host, err)
	}
	return addresses, nil
}

// Dial opens a connection and tells whether it was accepted; it carries no data.
func (n Network) Dial(ctx context.Context, address string) (net.Conn, error) {
	answer, err := n.ask(ctx, http.MethodGet, pathDial, url.Values{"address": {address}}, nil)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	client, server := net.Pipe()
	return client, server.Close()
}

// ask sends a request to the Handler and extracts its error from the answer.
func (n Network) ask(ctx context.Context, method, path string, query url.Values, body *bytes.Buffer) (*http.Response, error) {
	var reader io.Reader
	if body != nil {
		reader = body
	}
	address := n.Base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return nil, err
	}
	answer, err := n.Transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil {
		return nil, err
	}
	var failed failure
	if answer.StatusCode != http.StatusBadGateway || json.Unmarshal(text, &failed) != nil {
		return nil, fmt.Errorf("the network of the cluster: %s: %s", answer.Status, bytes.TrimSpace(text))
	}
	return nil, failed.error()
}

// error is the original error of a failure.
func (f failure) error() error {
	switch f.Kind {
	case kindName:
		return &net.DNSError{Err: "no such host", IsNotFound: true}
	case kindRefused:
		return remoteError{f.Text, syscall.ECONNREFUSED}
	case kindReset:
		return remoteError{f.Text, syscall.ECONNRESET}
	case kindUnreachable:
		return remoteError{f.Text, syscall.EHOSTUNREACH}
	case kindTimeout:
		return remoteError{f.Text, syscall.ETIMEDOUT}
	case kindClosed:
		return io.EOF
	case kindNotTLS:
		return process.ErrNotTLS
	case kindCertificate:
		return process.CertificateError(f.Text)
	}
	return errors.New(f.Text)
}

// remoteError has the text and the number of the original error.
type remoteError struct {
	text   string
	number syscall.Errno
}

func (e remoteError) Error() string { return e.text }

// Unwrap lets errors.Is find the number.
func (e remoteError) Unwrap() error { return e.number }

// Timeout implements net.Error.
func (e remoteError) Timeout() bool { return e.number == syscall.ETIMEDOUT }

// Temporary implements net.Error.
func (e remoteError) Temporary() bool { return false }
