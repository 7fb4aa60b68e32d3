package apiserver

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"gopkg.in/go-jose/go-jose.v2/jwt"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	authenticationdefaults "k8s.io/kubernetes/pkg/apis/authentication/v1"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

// RequestToken is TokenRequest for a kubelet: a token of a service account that is bound
// to a pod. It checks the request and fixes its claims now, but signs the token when its
// text is first asked for, which costs time and few programs ever do (see RATIONALE); the
// text is always the same. The caller of text may hold no lock that the API needs.
// The request gets the defaults of the API. The error is the API status of TokenRequest.
//
// Upstream's storage of serviceaccounts/token can only sign at once, so its steps for a
// pod are here (pkg/registry/core/serviceaccount/storage/token.go).
func (s *Server) RequestToken(namespace, account string, request *authenticationv1.TokenRequest) (text func() []byte, err error) {
	authenticationdefaults.SetObjectDefaults_TokenRequest(request)
	claims, err := s.tokens.podClaims(namespace, account, request)
	if err != nil {
		return nil, err
	}
	return sync.OnceValue(func() []byte {
		signed, err := s.tokens.signPodToken(context.Background(), claims)
		if err != nil { // the Secret of the key cannot be read or made
			utilruntime.HandleError(fmt.Errorf("sign the token of pod \"%s/%s\": %w", namespace, claims.pod.Name, err))
		}
		return []byte(signed)
	}), nil
}

// podClaims are what is known of a token before it is signed.
type podClaims struct {
	account   core.ServiceAccount
	pod       core.Pod
	node      core.Node
	audiences []string
	issued    time.Time
	life      time.Duration
	// warnAfter is zero for a token that ends with its life.
	warnAfter time.Duration
}

func (s *serviceAccountTokens) podClaims(namespace, name string, request *authenticationv1.TokenRequest) (*podClaims, error) {
	ctx := context.Background()
	account, err := s.getter.GetServiceAccount(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	bound := request.Spec.BoundObjectRef
	pod, err := s.getter.GetPod(ctx, namespace, bound.Name)
	if err != nil {
		return nil, err
	}
	if pod.UID != bound.UID {
		return nil, apierrors.NewConflict(schema.GroupResource{Resource: "Pod"}, bound.Name, fmt.Errorf("the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated", bound.UID))
	}
	node := metav1.ObjectMeta{Name: pod.Spec.NodeName}
	if found, err := s.getter.GetNode(ctx, pod.Spec.NodeName); err == nil {
		node.UID = found.UID
	}
	claims := &podClaims{
		account:   core.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: account.UID}},
		pod:       core.Pod{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, UID: pod.UID}},
		node:      core.Node{ObjectMeta: node},
		audiences: request.Spec.Audiences,
		issued:    time.Now(),
		life:      time.Duration(*request.Spec.ExpirationSeconds) * time.Second,
	}
	if len(claims.audiences) == 0 {
		claims.audiences = []string{tokenIssuer}
	}
	if *request.Spec.ExpirationSeconds == serviceaccount.WarnOnlyBoundTokenExpirationSeconds && len(claims.audiences) == 1 && claims.audiences[0] == tokenIssuer {
		claims.warnAfter, claims.life = claims.life, tokenExtension
	}
	return claims, nil
}

// signPodToken signs a token with the times of its issue, which upstream's claims have not.
func (s *serviceAccountTokens) signPodToken(ctx context.Context, c *podClaims) (string, error) {
	public, private, err := serviceaccount.Claims(c.account, &c.pod, nil, &c.node, nil, nil, 0, 0, c.audiences, nil)
	if err != nil {
		return "", err
	}
	public.IssuedAt, public.NotBefore = jwt.NewNumericDate(c.issued), jwt.NewNumericDate(c.issued)
	public.Expiry = jwt.NewNumericDate(c.issued.Add(c.life))
	if c.warnAfter == 0 {
		return s.GenerateToken(ctx, public, private)
	}
	encoded, err := json.Marshal(private)
	if err != nil {
		return "", err
	}
	var extended struct {
		Kubernetes map[string]any `json:"kubernetes.io"`
	}
	if err := json.Unmarshal(encoded, &extended); err != nil {
		return "", err
	}
	extended.Kubernetes["warnafter"] = jwt.NewNumericDate(c.issued.Add(c.warnAfter))
	return s.GenerateToken(ctx, public, extended)
}
