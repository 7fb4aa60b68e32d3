package apiserver

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"math/big"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/util/cert"
)

var update = flag.Bool("update", false, "write ca.crt")

// ca.crt belongs to rootKey, and to no time that a cluster's calendar may show.
func TestRootCertificate(t *testing.T) {
	key, err := rootKey()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: authorityName}, DNSNames: []string{authorityName},
			NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC),
			KeyUsage:              x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
			BasicConstraintsValid: true, IsCA: true,
		}
		encoded, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(encoded)
		if err != nil {
			t.Fatal(err)
		}
		text, err := cert.EncodeCertificates(made)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("ca.crt", text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	found, err := rootAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if !key.PublicKey.Equal(found.Certificate.PublicKey) {
		t.Error("ca.crt is of another key; see -update")
	}
	if err := found.Certificate.CheckSignatureFrom(found.Certificate); err != nil {
		t.Error(err)
	}
}

// The certificate of the API server is trusted by who trusts RootCA, and by nobody else;
// it is made once, and again before it ends.
func TestServingCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		configuration := (*Server)(nil).ServingTLS()
		get := func() *tls.Certificate {
			made, err := configuration.GetCertificate(nil)
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(RootCA)
		first := get()
		for _, name := range []string{"kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "10.96.0.1", "172.18.0.254"} {
			if _, err := first.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := first.Leaf.Verify(x509.VerifyOptions{DNSName: "web.default.svc", Roots: roots}); err == nil {
			t.Error("it is the certificate of web.default.svc too")
		}
		if get() != first {
			t.Error("each client gets another certificate")
		}
		time.Sleep(servingLife)
		if _, err := get().Leaf.Verify(x509.VerifyOptions{DNSName: "kubernetes", Roots: roots}); err != nil {
			t.Errorf("after a year: %v", err)
		}
	})
}
