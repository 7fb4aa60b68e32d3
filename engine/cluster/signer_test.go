package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podSigner is a signer of pods' certificates, as a cluster's user has to run one.
type podSigner struct {
	*user
	name      string // domain/path
	key       *ecdsa.PrivateKey
	authority *x509.Certificate
	issued    int64
}

// newSigner makes a signer and publishes its authority.
func (u *user) newSigner(name string) *podSigner {
	u.t.Helper()
	s := &podSigner{user: u, name: name, key: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now(), NotAfter: time.Now().Add(1000 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	s.authority = must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, template, s.key.Public(), s.key))))
	_, err := u.CertificatesV1().ClusterTrustBundles().Create(u.t.Context(), &certificatesv1.ClusterTrustBundle{
		ObjectMeta: metav1.ObjectMeta{Name: strings.ReplaceAll(name, "/", ":") + ":one"},
		Spec:       certificatesv1.ClusterTrustBundleSpec{SignerName: name, TrustBundle: certificatePEM(s.authority.Raw)},
	}, metav1.CreateOptions{})
	u.must(err)
	return s
}

func certificatePEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// requests are those that nobody has decided on, oldest first.
func (s *podSigner) requests() []certificatesv1.PodCertificateRequest {
	s.t.Helper()
	list, err := s.CertificatesV1().PodCertificateRequests("default").List(s.t.Context(), metav1.ListOptions{FieldSelector: "spec.signerName=" + s.name})
	s.must(err)
	return slices.DeleteFunc(list.Items, func(request certificatesv1.PodCertificateRequest) bool { return len(request.Status.Conditions) > 0 })
}

// next waits for a request of a pod.
func (s *podSigner) next(pod string, limit time.Duration) *certificatesv1.PodCertificateRequest {
	s.t.Helper()
	var found *certificatesv1.PodCertificateRequest
	s.until("a request for a certificate of "+pod, limit, func() bool {
		for _, request := range s.requests() {
			if request.Spec.PodName == pod {
				found = &request
			}
		}
		return found != nil
	})
	return found
}

// issue signs a request. The certificate is for the Service of that name and for the
// service account; it is to be renewed ten minutes before its end.
func (s *podSigner) issue(request *certificatesv1.PodCertificateRequest, service string) {
	s.t.Helper()
	asked := must(x509.ParseCertificateRequest(request.Spec.StubPKCS10Request))
	s.must(asked.CheckSignature())
	s.issued++
	begin := time.Now().Truncate(time.Second)
	end := begin.Add(time.Duration(*request.Spec.MaxExpirationSeconds) * time.Second)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(100 + s.issued), NotBefore: begin, NotAfter: end, DNSNames: []string{service + ".default.svc"},
		URIs:        []*url.URL{{Scheme: "spiffe", Host: "garden", Path: "/" + request.Spec.ServiceAccountName + "/" + request.Spec.PodName}},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	made := must(x509.CreateCertificate(rand.Reader, template, s.authority, asked.PublicKey, s.key))
	status := &request.Status
	status.CertificateChain = certificatePEM(made)
	status.NotBefore, status.NotAfter = new(metav1.NewTime(begin)), new(metav1.NewTime(end))
	status.BeginRefreshAt = new(metav1.NewTime(end.Add(-10 * time.Minute)))
	s.decide(request, certificatesv1.PodCertificateRequestConditionTypeIssued, "Signed", "by the test")
}

func (s *podSigner) decide(request *certificatesv1.PodCertificateRequest, decision, reason, message string) {
	s.t.Helper()
	request.Status.Conditions = []metav1.Condition{{
		Type: decision, Status: metav1.ConditionTrue, Reason: reason, Message: message, LastTransitionTime: metav1.Now(),
	}}
	_, err := s.CertificatesV1().PodCertificateRequests("default").UpdateStatus(s.t.Context(), request, metav1.UpdateOptions{})
	s.must(err)
}

// serial is the number of the certificate in a credential bundle, whose key is its own.
func (s *podSigner) serial(credentials string) int64 {
	s.t.Helper()
	pair, err := tls.X509KeyPair([]byte(credentials), []byte(credentials))
	if err != nil {
		s.t.Fatalf("%v in the credential bundle %q", err, credentials)
	}
	if !strings.HasPrefix(credentials, "-----BEGIN PRIVATE KEY-----") {
		s.t.Errorf("the key is not first: %q", credentials)
	}
	s.must(pair.Leaf.CheckSignatureFrom(s.authority))
	return pair.Leaf.SerialNumber.Int64()
}
