package controllers

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	certificatesv1beta1 "k8s.io/api/certificates/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/certificate/csr"
	certificatesapi "k8s.io/kubernetes/pkg/apis/certificates"
	"k8s.io/kubernetes/pkg/controller/certificates"
	"k8s.io/kubernetes/pkg/controller/certificates/authority"
)

// Of upstream's controllers this is the one that cannot be used as it is: it reads the
// authority from two files (k8s.io/kubernetes/pkg/controller/certificates/signer). Its
// loop, its authority and what validates requests are upstream's; the order of the
// checks, the limits and the words are those of that package.

// signers are the names for which kube-controller-manager signs, with what it asks of a
// request; nil asks nothing.
var signers = []struct {
	loop, name string
	validate   func(*x509.CertificateRequest, []certificatesv1.KeyUsage) error
}{
	{"csrsigning-kubelet-serving", certificatesv1.KubeletServingSignerName, func(request *x509.CertificateRequest, usages []certificatesv1.KeyUsage) error {
		return certificatesapi.ValidateKubeletServingCSR(request, sets.NewString(names(usages)...))
	}},
	{"csrsigning-kubelet-client", certificatesv1.KubeAPIServerClientKubeletSignerName, func(request *x509.CertificateRequest, usages []certificatesv1.KeyUsage) error {
		return certificatesapi.ValidateKubeletClientCSR(request, sets.NewString(names(usages)...))
	}},
	{"csrsigning-kube-apiserver-client", certificatesv1.KubeAPIServerClientSignerName, validateClientUsages},
	{"csrsigning-legacy-unknown", certificatesv1beta1.LegacyUnknownSignerName, nil},
}

const (
	// signingBackdate makes certificates valid on clocks that are slow.
	signingBackdate = 5 * time.Minute
	// signingShort is a lifetime that is not shortened by the backdating.
	signingShort = 8 * time.Hour
	// minSigningDuration is the shortest lifetime that a request gets.
	minSigningDuration = 10 * time.Minute
)

func newCertificateSigning(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("certificate-controller")
	if err != nil {
		return nil, err
	}
	var loops []func(context.Context)
	for _, of := range signers {
		signer := &signer{
			client: client, name: of.name, validate: of.validate, authority: env.Authority,
			longest: env.configuration.CSRSigningController.ClusterSigningDuration.Duration,
		}
		controller := certificates.NewCertificateController(ctx, of.loop, client,
			env.Informers.Certificates().V1().CertificateSigningRequests(), signer.handle)
		loops = append(loops, func(ctx context.Context) { controller.Run(ctx, certificateWorkers) })
	}
	return loops, nil
}

// signer signs the approved requests for one name.
type signer struct {
	client    kubernetes.Interface
	name      string
	validate  func(*x509.CertificateRequest, []certificatesv1.KeyUsage) error
	authority func(context.Context) (*authority.CertificateAuthority, error)
	// longest is the lifetime of a certificate for which none is asked.
	longest time.Duration
}

// handle signs a request, or says in its status why it is not signed.
func (s *signer) handle(ctx context.Context, request *certificatesv1.CertificateSigningRequest) error {
	if request.Spec.SignerName != s.name || !certificates.IsCertificateRequestApproved(request) ||
		certificates.HasTrueCondition(request, certificatesv1.CertificateFailed) {
		return nil
	}
	parsed, err := certificatesapi.ParseCSR(request.Spec.Request)
	if err != nil {
		return fmt.Errorf("unable to parse csr %q: %w", request.Name, err)
	}
	if s.validate != nil {
		err = s.validate(parsed, request.Spec.Usages)
	}
	if err != nil {
		request.Status.Conditions = append(request.Status.Conditions, certificatesv1.CertificateSigningRequestCondition{
			Type: certificatesv1.CertificateFailed, Status: corev1.ConditionTrue,
			Reason: "SignerValidationFailure", Message: err.Error(), LastUpdateTime: metav1.Now(),
		})
	} else if request.Status.Certificate, err = s.sign(ctx, parsed, request.Spec); err != nil {
		return fmt.Errorf("error auto signing csr: %w", err)
	}
	_, err = s.client.CertificatesV1().CertificateSigningRequests().UpdateStatus(ctx, request, metav1.UpdateOptions{})
	if err != nil {
		return fmt.Errorf("error updating signature for csr: %w", err)
	}
	return nil
}

func (s *signer) sign(ctx context.Context, parsed *x509.CertificateRequest, spec certificatesv1.CertificateSigningRequestSpec) ([]byte, error) {
	by, err := s.authority(ctx)
	if err != nil {
		return nil, err
	}
	signed, err := by.Sign(parsed.Raw, authority.PermissiveSigningPolicy{
		TTL: s.lifetime(spec.ExpirationSeconds), Usages: spec.Usages, Backdate: signingBackdate, Short: signingShort,
	})
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), nil
}

func (s *signer) lifetime(seconds *int32) time.Duration {
	if seconds == nil {
		return s.longest
	}
	return min(s.longest, max(minSigningDuration, csr.ExpirationSecondsToDuration(*seconds)))
}

// validateClientUsages accepts what a client of the API server may use its certificate for.
func validateClientUsages(_ *x509.CertificateRequest, usages []certificatesv1.KeyUsage) error {
	for _, usage := range usages {
		switch usage {
		case certificatesv1.UsageDigitalSignature, certificatesv1.UsageKeyEncipherment, certificatesv1.UsageClientAuth:
		default:
			return fmt.Errorf("invalid usage for client certificate: %s", usage)
		}
	}
	if !slices.Contains(usages, certificatesv1.UsageClientAuth) {
		return fmt.Errorf("missing required usage for client certificate: %s", certificatesv1.UsageClientAuth)
	}
	return nil
}

func names(usages []certificatesv1.KeyUsage) []string {
	named := make([]string, len(usages))
	for i, usage := range usages {
		named[i] = string(usage)
	}
	return named
}
