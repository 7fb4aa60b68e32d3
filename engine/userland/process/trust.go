package process

import (
	"context"
	"errors"
)

// Trust is which certificates of servers a program trusts.
type Trust struct {
	// Insecure means all.
	Insecure bool `json:"insecure,omitempty"`
	// Authorities are the certificates, in PEM, that must have signed those of servers,
	// beside the public ones, which have signed none of a cluster.
	Authorities string `json:"authorities,omitempty"`
}

type trustKey struct{}

// WithTrust returns a context for requests by https.
func WithTrust(ctx context.Context, trust Trust) context.Context {
	return context.WithValue(ctx, trustKey{}, trust)
}

// TrustOf is what WithTrust has added to a context.
func TrustOf(ctx context.Context) (trust Trust, ok bool) {
	trust, ok = ctx.Value(trustKey{}).(Trust)
	return trust, ok
}

// ErrNotTLS is the error of a request by https to a server that speaks something else.
var ErrNotTLS = errors.New("http: server gave HTTP response to HTTPS client")

// CertificateError is why the certificate of a server is not trusted.
type CertificateError string

// The reasons.
const (
	UnknownAuthority CertificateError = "unknown authority"
	SelfSigned       CertificateError = "self-signed"
	Expired          CertificateError = "expired"
	WrongName        CertificateError = "wrong name"
)

// Error says the reason.
func (e CertificateError) Error() string { return "tls: failed to verify certificate: " + string(e) }
