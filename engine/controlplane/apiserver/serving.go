package apiserver

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	"k8s.io/client-go/util/cert"
	"k8s.io/kubernetes/pkg/controller/certificates/authority"
)

// RootCA is the certificate, in PEM, that clients in the cluster have to trust to speak
// with the API server, which kube-root-ca.crt gives them. It is the same in every
// cluster, see RATIONALE.
//
//go:embed ca.crt
var RootCA []byte

// rootKey returns the private key of RootCA, which is no secret: it signs nothing but
// the certificate of the API server on the simulated network. Nothing else may trust
// what it has signed; see certificateAuthority.
func rootKey() (*ecdsa.PrivateKey, error) {
	number := sha256.Sum256([]byte("the simulated network of Tabernetes"))
	return ecdsa.ParseRawPrivateKey(elliptic.P256(), number[:])
}

// The life of the API server's certificate, as with kubeadm, and when it is replaced.
const (
	servingLife     = 365 * 24 * time.Hour
	servingBackdate = 5 * time.Minute
	servingRest     = 30 * 24 * time.Hour
)

// ServingTLS is the API server's side of a handshake on the cluster's network. The
// certificate is made for the first client, and again a month before it ends. Clients may
// show one of their own, which authentication verifies.
func (*Server) ServingTLS() *tls.Config {
	serving := &servingCertificate{}
	return &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return serving.get() },
		MinVersion:     tls.VersionTLS12,
		ClientAuth:     tls.RequestClientCert,
	}
}

// servingCertificate is the certificate of the API server.
type servingCertificate struct {
	mu sync.Mutex
	// made is nil until it is needed. guarded by mu
	made *tls.Certificate
}

func (s *servingCertificate) get() (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made != nil && time.Until(s.made.Leaf.NotAfter) > servingRest {
		return s.made, nil
	}
	made, err := newServingCertificate()
	if err != nil {
		return nil, fmt.Errorf("make the certificate of the API server: %w", err)
	}
	s.made = made
	return made, nil
}

// newServingCertificate makes a certificate for the names that kubeadm's has.
func newServingCertificate() (*tls.Certificate, error) {
	by, err := rootAuthority()
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	request, err := cert.MakeCSR(key, &pkix.Name{CommonName: "kube-apiserver"}, []string{
		"control-plane", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
	}, []net.IP{apiServiceIP, controlPlaneIP})
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(request)
	if block == nil {
		return nil, errors.New("the request for it is no PEM")
	}
	signed, err := by.Sign(block.Bytes, authority.PermissiveSigningPolicy{
		TTL: servingLife, Backdate: servingBackdate,
		Usages: []certificatesv1.KeyUsage{certificatesv1.UsageDigitalSignature, certificatesv1.UsageKeyEncipherment, certificatesv1.UsageServerAuth},
	})
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(signed)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key, Leaf: leaf}, nil
}

// rootAuthority signs with the key of RootCA.
func rootAuthority() (*authority.CertificateAuthority, error) {
	key, err := rootKey()
	if err != nil {
		return nil, err
	}
	certificates, err := cert.ParseCertsPEM(RootCA)
	if err != nil {
		return nil, err
	}
	var signer crypto.Signer = key
	return &authority.CertificateAuthority{Certificate: certificates[0], PrivateKey: signer}, nil
}
