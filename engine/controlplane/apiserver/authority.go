package apiserver

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	requestx509 "k8s.io/apiserver/pkg/authentication/request/x509"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/kubernetes/pkg/controller/certificates/authority"
)

// The Secret in kube-system that has the certificate and the key with which the cluster
// signs certificates. kubeadm keeps them in /etc/kubernetes/pki/ca.crt and ca.key on the
// control plane's machine, which has no disk here.
const (
	authoritySecret = "certificate-authority"
	authorityName   = "kubernetes" // as kubeadm calls it
)

// certificateAuthority signs certificates, with a key that is made when the first is
// asked for, and verifies those of clients.
type certificateAuthority struct {
	client kubernetes.Interface

	mu sync.Mutex
	// made is nil until it is needed. guarded by mu
	made *authority.CertificateAuthority
}

// Authority returns the cluster's certificate authority. The API has to answer.
func (s *Server) Authority(ctx context.Context) (*authority.CertificateAuthority, error) {
	return s.authority.get(ctx, true)
}

// get returns the authority, and makes it first if it is to. The error is NotFound if
// there is none.
func (c *certificateAuthority) get(ctx context.Context, create bool) (*authority.CertificateAuthority, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made != nil {
		return c.made, nil
	}
	secret, err := keptSecret(ctx, c.client, authoritySecret, create, newAuthority)
	if err != nil {
		return nil, err
	}
	read, err := readAuthority(secret)
	if err != nil {
		return nil, fmt.Errorf("read the certificate authority: %w", err)
	}
	c.made = read
	return read, nil
}

// verifyOptions trusts what the authority has signed, once there is one.
func (c *certificateAuthority) verifyOptions() (x509.VerifyOptions, bool) {
	made, err := c.get(context.Background(), false)
	if err != nil {
		if !apierrors.IsNotFound(err) {
			utilruntime.HandleError(err)
		}
		return x509.VerifyOptions{}, false
	}
	options := requestx509.DefaultVerifyOptions()
	options.Roots = x509.NewCertPool()
	options.Roots.AddCert(made.Certificate)
	return options, true
}

func newAuthority() (*corev1.Secret, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	certificate, err := cert.NewSelfSignedCACert(cert.Config{CommonName: authorityName}, key)
	if err != nil {
		return nil, err
	}
	encodedKey, err := keyutil.MarshalPrivateKeyToPEM(key)
	if err != nil {
		return nil, err
	}
	encoded, err := cert.EncodeCertificates(certificate)
	return &corev1.Secret{
		Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: encoded, corev1.TLSPrivateKeyKey: encodedKey},
	}, err
}

func readAuthority(secret *corev1.Secret) (*authority.CertificateAuthority, error) {
	encoded, encodedKey := secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey]
	certificates, err := cert.ParseCertsPEM(encoded)
	if err != nil {
		return nil, err
	}
	key, err := keyutil.ParsePrivateKeyPEM(encodedKey)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("its key cannot sign")
	}
	return &authority.CertificateAuthority{
		RawCert: encoded, RawKey: encodedKey, Certificate: certificates[0], PrivateKey: signer,
	}, nil
}
