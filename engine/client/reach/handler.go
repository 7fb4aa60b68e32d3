package reach

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"

	"tabernetes/engine/userland/process"
)

// Prefix is where Handler is served.
const Prefix = "/network.tabernetes.dev/"

// Paths below Prefix.
const (
	pathHTTP   = Prefix + "http"
	pathLookup = Prefix + "lookup"
	pathDial   = Prefix + "dial"
)

// trustParameter is the query parameter with the process.Trust of a request, as JSON.
const trustParameter = "trust"

// kind identifies an error to the other side.
type kind string

const (
	kindName        kind = "name"        // no such host
	kindRefused     kind = "refused"     // ECONNREFUSED
	kindReset       kind = "reset"       // ECONNRESET
	kindUnreachable kind = "unreachable" // EHOSTUNREACH, ENETUNREACH
	kindTimeout     kind = "timeout"
	kindClosed      kind = "closed"      // the server ended the connection without an answer
	kindNotTLS      kind = "plain"       // process.ErrNotTLS
	kindCertificate kind = "certificate" // process.CertificateError, which is the text
	kindOther       kind = "other"
)

// failure is a transmitted error, the body of an answer with the status 502.
type failure struct {
	Kind kind   `json:"kind"`
	Text string `json:"text"`
}

func kindOf(err error) kind {
	var name *net.DNSError
	var timeout net.Error
	var certificate process.CertificateError
	switch {
	case errors.Is(err, process.ErrNotTLS):
		return kindNotTLS
	case errors.As(err, &certificate):
		return kindCertificate
	case errors.As(err, &name):
		return kindName
	case errors.Is(err, syscall.ECONNREFUSED):
		return kindRefused
	case errors.Is(err, syscall.ECONNRESET):
		return kindReset
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return kindUnreachable
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return kindTimeout
	case errors.Is(err, io.EOF):
		return kindClosed
	}
	return kindOther
}

// Handler serves a network. It does not depend on the simulated network, so that
// the terminal's module does not contain that.
type Handler struct {
	// Network returns the network, for each request.
	Network func() process.Network
}

// ServeHTTP answers a Network.
func (h Handler) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	switch request.URL.Path {
	case pathHTTP:
		h.roundTrip(writer, request)
	case pathLookup:
		addresses, err := h.Network().Lookup(request.Context(), request.URL.Query().Get("host"))
		if err != nil {
			fail(writer, err)
			return
		}
		writer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(writer).Encode(addresses)
	case pathDial:
		connection, err := h.Network().Dial(request.Context(), request.URL.Query().Get("address"))
		if err != nil {
			fail(writer, err)
			return
		}
		_ = connection.Close()
		writer.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(writer, request)
	}
}

func (h Handler) roundTrip(writer http.ResponseWriter, request *http.Request) {
	inner, err := http.ReadRequest(bufio.NewReader(request.Body))
	if err != nil {
		http.Error(writer, "the request inside: "+err.Error(), http.StatusBadRequest)
		return
	}
	inner.RequestURI = "" // of a server; a client has URL
	ctx := request.Context()
	if text := request.URL.Query().Get(trustParameter); text != "" {
		var trust process.Trust
		if err := json.Unmarshal([]byte(text), &trust); err != nil {
			http.Error(writer, trustParameter+": "+err.Error(), http.StatusBadRequest)
			return
		}
		ctx = process.WithTrust(ctx, trust)
	}
	response, err := h.Network().RoundTrip(inner.WithContext(ctx))
	if err != nil {
		fail(writer, err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	writer.Header().Set("Content-Type", "message/http")
	_ = response.Write(writer)
}

func fail(writer http.ResponseWriter, err error) {
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(http.StatusBadGateway)
	text := err.Error()
	var certificate process.CertificateError
	if errors.As(err, &certificate) {
		text = string(certificate)
	}
	_ = json.NewEncoder(writer).Encode(failure{kindOf(err), text})
}
