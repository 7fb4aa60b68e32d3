package volume

import (
	"bytes"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"

	"tabernetes/engine/node/syncloop"
)

// When a kubelet renews a token (pkg/kubelet/token).
const (
	maxTokenAge    = 24 * time.Hour
	maxTokenJitter = 10 * time.Second
)

// serviceAccountToken is a token that a volume holds, until it is renewed. It is signed
// when somebody reads it.
type serviceAccountToken struct {
	text      func() []byte
	issued    time.Time
	renewAt   time.Time
	expiresAt time.Time
	renewal   *syncloop.Timer
}

// standIn is what a payload has in place of the token: another one for each.
func (t serviceAccountToken) standIn() []byte {
	return []byte("token of " + t.issued.Format(time.RFC3339Nano))
}

// isIn reports whether the data of a payload stands for the token.
func (t serviceAccountToken) isIn(data []byte) bool { return bytes.Equal(data, t.standIn()) }

// tokenPayload returns the file of a service account's token; see volume.write. Like a
// kubelet's, it is renewed after 80 % of its life or a day, and the old one stays while
// it is valid and there is no new one.
func (s *Set) tokenPayload(v *volume, source *corev1.ServiceAccountTokenProjection, mode int32) (payload, error) {
	pod := s.pod.Object()
	user := volumeutil.FsUserFrom(pod)
	if user != nil || s.fsGroup() != nil {
		mode = 0o600
	}
	token, known := v.tokens[source.Path]
	if now := s.scope.Now(); !known || !now.Before(token.renewAt) {
		made, err := s.newToken(source)
		switch {
		case err == nil:
			s.scope.Stop(token.renewal)
			token = made
		case !known:
			return nil, fmt.Errorf("failed to fetch token: %w", err)
		case now.After(token.expiresAt):
			return nil, fmt.Errorf("token %s expired and refresh failed: %w", tokenKey(pod, source), err)
		default:
			s.remountAtNextSync()
		}
		if v.tokens == nil {
			v.tokens = map[string]serviceAccountToken{}
		}
		v.tokens[source.Path] = token
	}
	return payload{source.Path: {Data: token.standIn(), Mode: mode, FsUser: user}}, nil
}

// newToken has the API server issue a token. Its renewal comes with the first sync of the
// pod after it is due.
func (s *Set) newToken(source *corev1.ServiceAccountTokenProjection) (serviceAccountToken, error) {
	pod := s.pod.Object()
	request := tokenRequest(pod, source)
	text, err := s.host.Tokens()(pod.Namespace, pod.Spec.ServiceAccountName, request)
	if err != nil {
		return serviceAccountToken{}, err
	}
	now, life := s.scope.Now(), time.Duration(*request.Spec.ExpirationSeconds)*time.Second
	age := min(life*8/10, maxTokenAge) - s.vary.Between(0, maxTokenJitter)
	token := serviceAccountToken{text: text, issued: now, renewAt: now.Add(age), expiresAt: now.Add(life)}
	token.renewal = s.scope.After(age, s.remountAtNextSync)
	return token, nil
}

// tokenRequest is what a kubelet asks for (pkg/volume/projected).
func tokenRequest(pod *corev1.Pod, source *corev1.ServiceAccountTokenProjection) *authenticationv1.TokenRequest {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: source.ExpirationSeconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID},
	}}
	if source.Audience != "" {
		request.Spec.Audiences = []string{source.Audience}
	}
	return request
}

// tokenKey is how a kubelet names a token (keyFunc of pkg/kubelet/token).
func tokenKey(pod *corev1.Pod, source *corev1.ServiceAccountTokenProjection) string {
	spec := tokenRequest(pod, source).Spec
	expiration := int64(0)
	if spec.ExpirationSeconds != nil {
		expiration = *spec.ExpirationSeconds
	}
	return fmt.Sprintf("%q/%q/%#v/%#v/%#v/%q", pod.Spec.ServiceAccountName, pod.Namespace, spec.Audiences, expiration, *spec.BoundObjectRef, types.UID(""))
}
