package volume

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"
)

// tokenIssuer is the issuer of kubeadm's clusters, and also the audience.
const tokenIssuer = "https://kubernetes.default.svc.cluster.local"

// serviceAccountToken is a token that a volume holds, until it is renewed.
type serviceAccountToken struct {
	text    string
	renewAt time.Time
}

// tokenPayload returns the file of a service account's token. The token has the
// claims of a bound token of upstream's TokenRequest; its signature is random,
// because nothing in this process checks it: every client that reaches the API is
// admitted (see RATIONALE). Like a kubelet's, it is renewed after 80 % of its
// life.
func (s *Set) tokenPayload(v *volume, source *corev1.ServiceAccountTokenProjection, mode int32) (payload, error) {
	pod := s.pod.Object()
	user := volumeutil.FsUserFrom(pod)
	if user != nil || (pod.Spec.SecurityContext != nil && pod.Spec.SecurityContext.FSGroup != nil) {
		mode = 0o600
	}
	token, known := v.tokens[source.Path]
	if !known || !s.scope.Now().Before(token.renewAt) {
		made, err := s.newToken(source)
		if err != nil {
			return nil, err
		}
		token = made
		if v.tokens == nil {
			v.tokens = map[string]serviceAccountToken{}
		}
		v.tokens[source.Path] = token
	}
	return payload{source.Path: {Data: []byte(token.text), Mode: mode, FsUser: user}}, nil
}

func (s *Set) newToken(source *corev1.ServiceAccountTokenProjection) (serviceAccountToken, error) {
	life := time.Hour
	if source.ExpirationSeconds != nil {
		life = time.Duration(*source.ExpirationSeconds) * time.Second
	}
	audience := source.Audience
	if audience == "" {
		audience = tokenIssuer
	}
	now := s.scope.Now()
	pod := s.pod.Object()
	claims := map[string]any{
		"aud": []string{audience},
		"exp": now.Add(life).Unix(),
		"iat": now.Unix(),
		"iss": tokenIssuer,
		"jti": s.vary.UUID(),
		"kubernetes.io": map[string]any{
			"namespace":      pod.Namespace,
			"node":           map[string]string{"name": s.host.Name(), "uid": s.host.UID()},
			"pod":            map[string]string{"name": pod.Name, "uid": string(pod.UID)},
			"serviceaccount": map[string]string{"name": pod.Spec.ServiceAccountName},
		},
		"nbf": now.Unix(),
		"sub": serviceaccount.MakeUsername(pod.Namespace, pod.Spec.ServiceAccountName),
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return serviceAccountToken{}, fmt.Errorf("encode token: %w", err)
	}
	header := `{"alg":"RS256","kid":"` + s.host.TokenKey() + `"}`
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(header)) + "." + encode(body) + "." + encode(s.vary.Bytes(256))
	return serviceAccountToken{text: text, renewAt: now.Add(life * 8 / 10)}, nil
}
