package network

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"

	"tabernetes/engine/userland/process"
)

// trusted is the client's side of a handshake for a request.
func (t *Transport) trusted(ctx context.Context) *tls.Config {
	trust, ok := process.TrustOf(ctx)
	if !ok {
		return t.TLS
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM([]byte(trust.Authorities))
	return &tls.Config{InsecureSkipVerify: trust.Insecure, RootCAs: authorities} //nolint:gosec // curl -k
}

// certificateError is the error of a handshake as programs of the userland know it.
func certificateError(err error) error {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	switch {
	case errors.As(err, &authority) && authority.Cert != nil && bytes.Equal(authority.Cert.RawIssuer, authority.Cert.RawSubject):
		return errors.Join(process.SelfSigned, err)
	case errors.As(err, &authority):
		return errors.Join(process.UnknownAuthority, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return errors.Join(process.Expired, err)
	case errors.As(err, &name):
		return errors.Join(process.WrongName, err)
	}
	return err
}
