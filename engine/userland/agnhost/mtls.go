package agnhost

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// What mtlsserver grants a client, and how often mtlsclient asks.
const (
	mtlsLimit        = 30 * time.Second
	mtlsHeaderBytes  = 1 << 20
	mtlsClientPeriod = 10 * time.Second
)

// errMissingFlags is agnhost's.
var errMissingFlags = errors.New("missing required flags")

// commandFailed is the end of a subcommand that returns an error
// (k8s.io/component-base/cli).
func (c *call) commandFailed(err error) int {
	c.klogf('E', "run.go:72", "%q err=%q", "command failed", err.Error())
	return 1
}

// mtlsServer tells a client whose certificate a bundle of authorities has signed the
// identity that the certificate gives it (test/images/agnhost/mtlsserver).
func mtlsServer(ctx context.Context, c *call) int {
	if c.flags["listen"] == "" || c.flags["server-creds"] == "" || c.flags["spiffe-trust-bundle"] == "" {
		return c.commandFailed(errMissingFlags)
	}
	if err := c.serveIdentities(ctx); err != nil && ctx.Err() == nil {
		return c.commandFailed(fmt.Errorf("error while serving: %w", err))
	}
	return c.wait(ctx)
}

func (c *call) serveIdentities(ctx context.Context) error {
	trusted, err := c.readFile(c.flags["spiffe-trust-bundle"])
	if err != nil {
		return fmt.Errorf("while reading SPIFFE trust anchors: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM([]byte(trusted)) {
		return errors.New("failed to append client certs from PEM")
	}
	// The server reads its own certificate once.
	configuration, err := c.secured(c.flags["server-creds"], c.flags["server-creds"])
	if err != nil {
		return fmt.Errorf("while loading server key pair: %w", err)
	}
	configuration.ClientAuth = tls.RequestClientCert
	_, text, err := net.SplitHostPort(c.flags["listen"])
	if err != nil {
		return fmt.Errorf("while listening: listen tcp: %w", err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("while listening: listen tcp: lookup tcp/%s: unknown port", text)
	}
	if c.System.Listener == nil {
		return fmt.Errorf("while listening: listen tcp %s: socket: operation not permitted", c.flags["listen"])
	}
	listener, err := c.System.Listener.ListenConnections(ctx, port, configuration)
	if err != nil {
		return fmt.Errorf("while listening: listen tcp %s: bind: %w", c.flags["listen"], err)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /spiffe-echo", c.tellIdentity)
	server := &http.Server{
		Handler: routes, ReadTimeout: mtlsLimit, WriteTimeout: mtlsLimit, MaxHeaderBytes: mtlsHeaderBytes,
		ErrorLog: log.New(lineLog{c}, "", 0),
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("while listening: %w", err)
	}
	return nil
}

// lineLog is package log's destination, which has the time of the container.
type lineLog struct{ *call }

// Write implements io.Writer.
func (l lineLog) Write(line []byte) (int, error) {
	l.logf("%s", line[:max(0, len(line)-1)])
	return len(line), nil
}

// tellIdentity answers with the URI in the client's certificate. The bundle is read for
// each request, so that a new one counts.
func (c *call) tellIdentity(w http.ResponseWriter, r *http.Request) {
	refuse := func(why string) { http.Error(w, why, http.StatusUnauthorized) }
	const required = "SPIFFE client certificate authentication required"
	if len(r.TLS.PeerCertificates) == 0 {
		refuse(required)
		return
	}
	leaf, between := r.TLS.PeerCertificates[0], x509.NewCertPool()
	for _, certificate := range r.TLS.PeerCertificates[1:] {
		between.AddCert(certificate)
	}
	trusted, err := c.readFile(c.flags["spiffe-trust-bundle"])
	if err != nil {
		c.logf("Error while reading SPIFFE trust anchors: %v", err)
		http.Error(w, "Internal Error", http.StatusInternalServerError)
		return
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(trusted))
	// As agnhost's: a certificate that is for clients only is refused here, too.
	if _, err := leaf.Verify(x509.VerifyOptions{Intermediates: between, Roots: roots}); err != nil {
		c.logf("Error while verifying SPIFFE client certificate: %v", err)
		refuse(required)
		return
	}
	if len(leaf.URIs) != 1 {
		c.logf("SPIFFE client certificate did not have 1 URI SAN, count: %d", len(leaf.URIs))
		refuse("Malformed SPIFFE certificate")
		return
	}
	if _, err := io.WriteString(w, "Client Identity: "+leaf.URIs[0].String()); err != nil {
		c.logf("Error while writing response: %v", err)
	}
}

// mtlsClient asks a server every ten seconds, with a certificate of its own
// (test/images/agnhost/mtlsclient).
func mtlsClient(ctx context.Context, c *call) int {
	address := c.flags["fetch-url"]
	if address == "" || c.flags["server-trust-bundle"] == "" || c.flags["client-cred-bundle"] == "" {
		return c.commandFailed(errMissingFlags)
	}
	if _, err := url.ParseRequestURI(address); err != nil {
		return c.commandFailed(fmt.Errorf("invalid --fetch-url: %w", err))
	}
	for c.System.Sleep(ctx, mtlsClientPeriod) == nil {
		if err := c.pollIdentity(ctx, address); err != nil && ctx.Err() == nil {
			c.klogf('E', "client.go:71", "while sending requests to the server: %v", err)
		}
	}
	return c.wait(ctx)
}

// pollIdentity asks once. Both files are read for each request.
func (c *call) pollIdentity(ctx context.Context, address string) error {
	trusted, err := c.readFile(c.flags["server-trust-bundle"])
	if err != nil {
		return fmt.Errorf("while reading service trust bundle: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(trusted))
	credentials, err := c.readFile(c.flags["client-cred-bundle"])
	if err != nil {
		return fmt.Errorf("while reading client credential bundle: %w", err)
	}
	certificate, err := credentialBundle([]byte(credentials))
	if err != nil {
		return err
	}
	if c.System.Network == nil {
		return fmt.Errorf("while getting URL: Get %q: network is unreachable", address)
	}
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return c.System.Network.Dial(ctx, address)
		},
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
		DisableKeepAlives: true,
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("while getting URL: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("while getting URL: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // a body that was read
	if response.StatusCode < 200 || response.StatusCode >= 300 {
		return fmt.Errorf("non-2xx status %d %q", response.StatusCode, response.Status)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("while reading body: %w", err)
	}
	c.logf("Got response body: %s", body)
	return nil
}

// credentialBundle reads a key and a chain of certificates from one text in PEM.
func credentialBundle(text []byte) (tls.Certificate, error) {
	var found tls.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return found, fmt.Errorf("while parsing private key from credential bundle: %w", err)
			}
			found.PrivateKey = key
		case "CERTIFICATE":
			found.Certificate = append(found.Certificate, block.Bytes)
		}
	}
	switch {
	case found.PrivateKey == nil:
		return found, errors.New("client credential bundle had no private key")
	case len(found.Certificate) == 0:
		return found, errors.New("client credential bundle had no certificates")
	}
	return found, nil
}
