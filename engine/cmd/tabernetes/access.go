package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/pkiutil"
	"k8s.io/kubernetes/pkg/controller/certificates/authority"
)

// access is how clients reach the API.
type access struct {
	server string
	// tls is nil over HTTP.
	tls *tls.Config
	// authority is the certificate that clients have to trust, as PEM; empty over HTTP.
	authority []byte
	// administrator is who clients are; empty over HTTP.
	administrator *api.AuthInfo
}

// newAccess is access over HTTP, where all clients are the administrator.
func newAccess(address net.Addr) *access {
	return &access{server: "http://" + address.String(), administrator: api.NewAuthInfo()}
}

// newSecureAccess has the cluster's authority sign a certificate for the address, its
// loopback names and the names that the API server has within a cluster, and one for the
// administrator, as kubeadm does.
func newSecureAccess(address net.Addr, by *authority.CertificateAuthority) (*access, error) {
	issue := func(config cert.Config) (certificate, privateKey []byte, err error) {
		issued, signer, err := pkiutil.NewCertAndKey(by.Certificate, by.PrivateKey, &pkiutil.CertConfig{Config: config, EncryptionAlgorithm: kubeadm.EncryptionAlgorithmECDSAP256})
		if err != nil {
			return nil, nil, err
		}
		privateKey, err = keyutil.MarshalPrivateKeyToPEM(signer)
		return pkiutil.EncodeCertPEM(issued), privateKey, err
	}
	host, _, err := net.SplitHostPort(address.String())
	if err != nil {
		return nil, err
	}
	serving, servingKey, err := issue(cert.Config{
		CommonName: "kube-apiserver",
		AltNames: cert.AltNames{
			DNSNames: []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"},
			IPs:      []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback, net.ParseIP(host)},
		},
		Usages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(serving, servingKey)
	if err != nil {
		return nil, err
	}
	administrator := api.NewAuthInfo()
	administrator.ClientCertificateData, administrator.ClientKeyData, err = issue(cert.Config{
		CommonName:   "kubernetes-admin",
		Organization: []string{"kubeadm:cluster-admins"},
		Usages:       []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return nil, err
	}
	return &access{
		server: "https://" + address.String(),
		// The API server verifies what a client shows, and says itself what it refuses.
		tls:           &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequestClientCert},
		authority:     by.RawCert,
		administrator: administrator,
	}, nil
}

// write writes a kubeconfig whose only context is this cluster.
func (a *access) write(file string) error {
	const name = "tabernetes"
	config := api.NewConfig()
	config.Clusters[name] = &api.Cluster{Server: a.server, CertificateAuthorityData: a.authority}
	config.AuthInfos[name] = a.administrator
	config.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		return fmt.Errorf("write the kubeconfig %s: %w", file, err)
	}
	return nil
}
