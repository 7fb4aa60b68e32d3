package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/cert"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
)

// requested asks for a certificate, approves the request as kubectl does, and returns
// what has become of it a minute later.
func (u *user) requested(name string, subject pkix.Name, spec certificatesv1.CertificateSigningRequestSpec) *certificatesv1.CertificateSigningRequest {
	u.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	u.must(err)
	encoded, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: subject}, key)
	u.must(err)
	spec.Request = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: encoded})
	requests := u.CertificatesV1().CertificateSigningRequests()
	_, err = requests.Create(u.t.Context(), &certificatesv1.CertificateSigningRequest{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: spec}, metav1.CreateOptions{})
	u.must(err)
	time.Sleep(time.Minute)
	request, err := requests.Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	if len(request.Status.Certificate) > 0 || len(request.Status.Conditions) > 0 {
		u.t.Errorf("%s: before anybody has approved it: %+v", name, request.Status)
	}
	request.Status.Conditions = append(request.Status.Conditions, certificatesv1.CertificateSigningRequestCondition{
		Type: certificatesv1.CertificateApproved, Status: corev1.ConditionTrue, Reason: "KubectlApprove",
	})
	_, err = requests.UpdateApproval(u.t.Context(), name, request, metav1.UpdateOptions{})
	u.must(err)
	time.Sleep(time.Minute)
	request, err = requests.Get(u.t.Context(), name, metav1.GetOptions{})
	u.must(err)
	return request
}

// whoami is the user of a request over TLS with a certificate; nil shows none.
func (u *user) whoami(certificate *x509.Certificate) (name string, groups []string, code int) {
	u.t.Helper()
	return whoOverTLS(u.t, u.running.Handler(), certificate)
}

func whoOverTLS(t *testing.T, handler http.Handler, certificate *x509.Certificate) (name string, groups []string, code int) {
	t.Helper()
	body := strings.NewReader(`{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/apis/authentication.k8s.io/v1/selfsubjectreviews", body)
	request.Header.Set("Content-Type", "application/json")
	request.TLS = &tls.ConnectionState{}
	if certificate != nil {
		request.TLS.PeerCertificates = []*x509.Certificate{certificate}
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	review := authenticationv1.SelfSubjectReview{}
	if answer.Code == http.StatusCreated {
		if err := json.Unmarshal(answer.Body.Bytes(), &review); err != nil {
			t.Errorf("%v in the review %s", err, answer.Body)
		}
	}
	return review.Status.UserInfo.Username, review.Status.UserInfo.Groups, answer.Code
}

func TestCertificates(t *testing.T) {
	var stored store.Snapshot
	var certificate *x509.Certificate
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		clientAuth := []certificatesv1.KeyUsage{certificatesv1.UsageClientAuth}
		request := u.requested("mia", pkix.Name{CommonName: "mia", Organization: []string{"devs"}}, certificatesv1.CertificateSigningRequestSpec{
			SignerName: certificatesv1.KubeAPIServerClientSignerName, Usages: clientAuth, ExpirationSeconds: new(int32(3600)),
		})
		chain, err := cert.ParseCertsPEM(request.Status.Certificate)
		if err != nil {
			t.Fatalf("%v in %+v", err, request.Status)
		}
		certificate = chain[0]
		if left := time.Until(certificate.NotAfter); left < 58*time.Minute || left > time.Hour {
			t.Errorf("the certificate expires in %s, want an hour", left)
		}
		name, groups, code := u.whoami(certificate)
		if name != "mia" || !slices.Equal(groups, []string{"devs", "system:authenticated"}) || code != http.StatusCreated {
			t.Errorf("the certificate is of %s in %v, status %d", name, groups, code)
		}
		if _, _, code := u.whoami(nil); code != http.StatusForbidden {
			t.Errorf("without a certificate: status %d, want 403", code)
		}
		forged, err := cert.NewSelfSignedCACert(cert.Config{CommonName: "kubernetes-admin", Organization: []string{"system:masters"}}, must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))
		u.must(err)
		if _, _, code := u.whoami(forged); code != http.StatusUnauthorized {
			t.Errorf("with a certificate of another authority: status %d, want 401", code)
		}

		refused := u.requested("server", pkix.Name{CommonName: "mia"}, certificatesv1.CertificateSigningRequestSpec{
			SignerName: certificatesv1.KubeAPIServerClientSignerName, Usages: []certificatesv1.KeyUsage{certificatesv1.UsageServerAuth},
		})
		if len(refused.Status.Certificate) > 0 || !slices.ContainsFunc(refused.Status.Conditions, func(condition certificatesv1.CertificateSigningRequestCondition) bool {
			return condition.Type == certificatesv1.CertificateFailed && condition.Message == "invalid usage for client certificate: server auth"
		}) {
			t.Errorf("a server's certificate for a client: %+v", refused.Status)
		}
		kubelet := u.requested("kubelet", pkix.Name{CommonName: "mia"}, certificatesv1.CertificateSigningRequestSpec{
			SignerName: certificatesv1.KubeletServingSignerName, Usages: []certificatesv1.KeyUsage{certificatesv1.UsageServerAuth},
		})
		if len(kubelet.Status.Certificate) > 0 || len(kubelet.Status.Conditions) != 2 {
			t.Errorf("a kubelet's certificate for a person: %+v", kubelet.Status)
		}
		if foreign := u.requested("foreign", pkix.Name{CommonName: "mia"}, certificatesv1.CertificateSigningRequestSpec{
			SignerName: "example.org/own", Usages: clientAuth,
		}); len(foreign.Status.Certificate) > 0 {
			t.Error("a request to another signer is signed")
		}

		// The cleaner keeps what has been decided for an hour, but for what waits for its signer.
		time.Sleep(2 * time.Hour)
		if list, err := u.CertificatesV1().CertificateSigningRequests().List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) != 1 || list.Items[0].Name != "foreign" {
			t.Errorf("after two hours: %d requests, error %v, want the foreign one", len(list.Items), err)
		}
		if _, _, code := u.whoami(certificate); code != http.StatusUnauthorized {
			t.Errorf("with an expired certificate: status %d, want 401", code)
		}
		stored = running.Store().Snapshot()
	})

	// The authority is the cluster's own, and kept with it.
	clustertest.Virtual(t, cluster.Options{Seed: 5, Restore: &stored}, func(t *testing.T, running *cluster.Cluster) {
		// Time begins again, before the certificate was made.
		time.Sleep(2 * time.Minute)
		if name, _, _ := whoOverTLS(t, running.Handler(), certificate); name != "mia" {
			t.Errorf("after a restart the certificate is of %q", name)
		}
	})
}

func must[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}
