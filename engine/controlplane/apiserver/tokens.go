package apiserver

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"sync"
	"time"

	"gopkg.in/go-jose/go-jose.v2/jwt"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	tokenunion "k8s.io/apiserver/pkg/authentication/token/union"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/keyutil"
	tokengetter "k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

// tokenIssuer is kubeadm's --service-account-issuer, and so the audience that the API
// server itself is.
const tokenIssuer = "https://kubernetes.default.svc.cluster.local"

// tokenExtension is how long a token lives that a pod has for the API server itself, so
// that programs that read it only once go on working (--service-account-extend-token-expiration).
const tokenExtension = serviceaccount.ExpirationExtensionSeconds * time.Second

// The Secret in kube-system that has the key with which the cluster signs tokens.
// kubeadm keeps it in /etc/kubernetes/pki/sa.key on the control plane's machine, which
// has no disk here.
const (
	signingKeySecret = "service-account-signing-key"
	signingKeyFile   = "sa.key"
)

// serviceAccountTokens signs the tokens of service accounts and verifies them, with a
// key that is made when the first is signed.
type serviceAccountTokens struct {
	client kubernetes.Interface
	// getter finds what tokens are bound to.
	getter serviceaccount.ServiceAccountTokenGetter

	mu sync.Mutex
	// key is nil until it is needed. guarded by mu
	key *ecdsa.PrivateKey
}

var (
	_ serviceaccount.TokenGenerator   = (*serviceAccountTokens)(nil)
	_ serviceaccount.PublicKeysGetter = (*serviceAccountTokens)(nil)
)

// GenerateToken implements serviceaccount.TokenGenerator.
func (s *serviceAccountTokens) GenerateToken(ctx context.Context, claims *jwt.Claims, private any) (string, error) {
	return s.generate(ctx, tokenIssuer, claims, private)
}

func (s *serviceAccountTokens) generate(ctx context.Context, issuer string, claims *jwt.Claims, private any) (string, error) {
	key, err := s.signingKey(ctx, true)
	if err != nil {
		return "", err
	}
	generator, err := serviceaccount.JWTTokenGenerator(issuer, key)
	if err != nil {
		return "", err
	}
	return generator.GenerateToken(ctx, claims, private)
}

// GetPublicKeys implements serviceaccount.PublicKeysGetter.
func (s *serviceAccountTokens) GetPublicKeys(ctx context.Context, keyID string) []serviceaccount.PublicKey {
	key, err := s.signingKey(ctx, false)
	if apierrors.IsNotFound(err) {
		return nil // nothing has been signed
	}
	var keys serviceaccount.PublicKeysGetter
	if err == nil {
		keys, err = serviceaccount.StaticPublicKeysGetter([]any{key})
	}
	if err != nil {
		utilruntime.HandleError(err)
		return nil
	}
	return keys.GetPublicKeys(ctx, keyID)
}

// GetCacheAgeMaxSeconds implements serviceaccount.PublicKeysGetter.
func (*serviceAccountTokens) GetCacheAgeMaxSeconds() int { return 0 }

// AddListener implements serviceaccount.PublicKeysGetter: the key never changes.
func (*serviceAccountTokens) AddListener(serviceaccount.Listener) {}

// signingKey returns the cluster's key, and makes it first if it is to. The error is
// NotFound if there is none.
func (s *serviceAccountTokens) signingKey(ctx context.Context, create bool) (*ecdsa.PrivateKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != nil {
		return s.key, nil
	}
	secret, err := keptSecret(ctx, s.client, signingKeySecret, create, func() (*corev1.Secret, error) {
		encoded, err := keyutil.MakeEllipticPrivateKeyPEM()
		return &corev1.Secret{Data: map[string][]byte{signingKeyFile: encoded}}, err
	})
	if err != nil {
		return nil, err
	}
	parsed, err := keyutil.ParsePrivateKeyPEM(secret.Data[signingKeyFile])
	if err != nil {
		return nil, fmt.Errorf("read the key that signs tokens: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read the key that signs tokens: it is a %T", parsed)
	}
	s.key = key
	return key, nil
}

// keptSecret returns a Secret of kube-system in which the cluster keeps a key, and lets
// it be made first if create says so. The error is NotFound if there is none.
func keptSecret(ctx context.Context, client kubernetes.Interface, name string, create bool, make func() (*corev1.Secret, error)) (*corev1.Secret, error) {
	secrets := client.CoreV1().Secrets(metav1.NamespaceSystem)
	secret, err := secrets.Get(ctx, name, metav1.GetOptions{})
	if !create || !apierrors.IsNotFound(err) {
		return secret, err
	}
	made, err := make()
	if err != nil {
		return nil, fmt.Errorf("make Secret %q: %w", name, err)
	}
	made.Name = name
	secret, err = secrets.Create(ctx, made, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("store Secret %q: %w", name, err)
	}
	return secret, nil
}

// legacyTokens signs the tokens that Secrets of type kubernetes.io/service-account-token
// get, which end with their Secret.
type legacyTokens struct{ *serviceAccountTokens }

// GenerateToken implements serviceaccount.TokenGenerator.
func (l legacyTokens) GenerateToken(ctx context.Context, claims *jwt.Claims, private any) (string, error) {
	return l.generate(ctx, serviceaccount.LegacyIssuer, claims, private)
}

// LegacyTokens signs the tokens of Secrets, for the controller that fills them.
func (s *Server) LegacyTokens() serviceaccount.TokenGenerator { return legacyTokens{s.tokens} }

// newServiceAccountTokens finds what tokens are bound to by the informers, and asks the
// API for what they do not know.
func newServiceAccountTokens(client kubernetes.Interface, shared informers.SharedInformerFactory) *serviceAccountTokens {
	core, webhooks := shared.Core().V1(), shared.Admissionregistration().V1()
	return &serviceAccountTokens{client: client, getter: tokengetter.NewGetterFromClient(client,
		core.Secrets().Lister(), core.ServiceAccounts().Lister(), core.Pods().Lister(), core.Nodes().Lister(),
		webhooks.ValidatingWebhookConfigurations().Lister(), webhooks.MutatingWebhookConfigurations().Lister())}
}

// bearer authenticates by a token of a service account in the request's header.
func (s *serviceAccountTokens) bearer() (authenticator.Request, error) {
	audiences := authenticator.Audiences{tokenIssuer}
	legacy, err := serviceaccount.NewLegacyValidator(true, s.getter, s.client.CoreV1())
	if err != nil {
		return nil, fmt.Errorf("create the authenticator of tokens: %w", err)
	}
	return bearertoken.New(tokenunion.New(
		serviceaccount.JWTTokenAuthenticator([]string{serviceaccount.LegacyIssuer}, s, audiences, legacy),
		serviceaccount.JWTTokenAuthenticator([]string{tokenIssuer}, s, audiences, serviceaccount.NewValidator(s.getter)),
	)), nil
}
