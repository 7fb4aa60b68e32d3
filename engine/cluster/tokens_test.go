package cluster_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	jose "gopkg.in/go-jose/go-jose.v2"
	"gopkg.in/go-jose/go-jose.v2/jwt"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
)

// asks returns the status code of a request with a token.
func (u *user) asks(path, token string) int {
	request := httptest.NewRequestWithContext(u.t.Context(), http.MethodGet, path, http.NoBody)
	request.Header.Set("Authorization", "Bearer "+token)
	answer := httptest.NewRecorder()
	u.running.Handler().ServeHTTP(answer, request)
	return answer.Code
}

// review asks whose token it is.
func (u *user) review(token string) authenticationv1.TokenReviewStatus {
	u.t.Helper()
	review, err := u.AuthenticationV1().TokenReviews().Create(u.t.Context(), &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}}, metav1.CreateOptions{})
	u.must(err)
	return review.Status
}

func TestTokens(t *testing.T) {
	var stored store.Snapshot
	var token string
	clustertest.Virtual(t, cluster.Options{Seed: 2}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		accounts := u.CoreV1().ServiceAccounts("default")
		request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: new(int64(1200))}}
		made, err := accounts.CreateToken(t.Context(), "default", request, metav1.CreateOptions{})
		u.must(err)
		token = made.Status.Token
		if left := time.Until(made.Status.ExpirationTimestamp.Time); left < 19*time.Minute || left > 20*time.Minute {
			t.Errorf("the token expires in %s, want 20 minutes", left)
		}
		who := u.review(token)
		if !who.Authenticated || who.User.Username != "system:serviceaccount:default:default" {
			t.Errorf("the token's review is %+v", who)
		}
		header, rest, _ := strings.Cut(token, ".")
		claims, signature, _ := strings.Cut(rest, ".")
		forged := header + "." + claims + "." + strings.Repeat("A", len(signature))
		if who := u.review(forged); who.Authenticated {
			t.Error("a forged token is accepted")
		}
		for _, test := range []struct {
			path, token string
			want        int
		}{
			{"/api/v1/namespaces/default/pods", token, http.StatusForbidden},
			{"/api", token, http.StatusOK},
			{"/api", forged, http.StatusUnauthorized},
			{"/api", "nonsense", http.StatusUnauthorized},
		} {
			if got := u.asks(test.path, test.token); got != test.want {
				t.Errorf("GET %s: got %d, want %d", test.path, got, test.want)
			}
		}

		pod, err := u.CoreV1().Pods("default").Create(t.Context(), &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "owner"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "nginx:1.27"}}},
		}, metav1.CreateOptions{})
		u.must(err)
		request.Spec.BoundObjectRef = &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID}
		bound, err := accounts.CreateToken(t.Context(), "default", request, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(10 * time.Second)
		if who := u.review(bound.Status.Token); !who.Authenticated || who.User.Extra["authentication.kubernetes.io/pod-name"][0] != "owner" {
			t.Errorf("the review of the pod's token is %+v", who)
		}
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "owner", metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}))
		time.Sleep(10 * time.Second)
		if who := u.review(bound.Status.Token); who.Authenticated {
			t.Error("a token outlives its pod")
		}
		stored = running.Store().Snapshot()
	})
	clustertest.Virtual(t, cluster.Options{Seed: 2, Restore: &stored}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		if who := u.review(token); !who.Authenticated {
			t.Errorf("a stored cluster does not know its token: %+v", who)
		}
		time.Sleep(22 * time.Minute) // upstream allows a minute for clocks that differ
		if who := u.review(token); who.Authenticated {
			t.Error("an expired token is accepted")
		}
	})
}

// A Secret of the type that asks for a token gets one, which ends with it.
func TestTokensOfSecrets(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 7}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		secrets := u.CoreV1().Secrets("default")
		_, err := secrets.Create(t.Context(), &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: "robot", Annotations: map[string]string{corev1.ServiceAccountNameKey: "default"}},
			Type:       corev1.SecretTypeServiceAccountToken,
		}, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(time.Minute)
		secret, err := secrets.Get(t.Context(), "robot", metav1.GetOptions{})
		u.must(err)
		token := string(secret.Data[corev1.ServiceAccountTokenKey])
		if who := u.review(token); who.User.Username != "system:serviceaccount:default:default" {
			t.Errorf("the Secret has %v; its token is of %+v", secret.Data, who)
		}
		u.must(secrets.Delete(t.Context(), "robot", metav1.DeleteOptions{}))
		time.Sleep(time.Minute)
		if who := u.review(token); who.Authenticated {
			t.Error("the token outlives its Secret")
		}
	})
}

// Others verify the tokens by what the issuer publishes.
func TestIssuerOfTokens(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 3}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		get := func(path string) []byte {
			body, err := u.Discovery().RESTClient().Get().AbsPath(path).SetHeader("Accept", "*/*").DoRaw(t.Context())
			u.must(err)
			return body
		}
		configuration := struct {
			Issuer string `json:"issuer"`
			Keys   string `json:"jwks_uri"`
		}{}
		u.must(json.Unmarshal(get("/.well-known/openid-configuration"), &configuration))
		published := jose.JSONWebKeySet{}
		u.must(json.Unmarshal(get("/openid/v1/jwks"), &published))
		made, err := u.CoreV1().ServiceAccounts("default").CreateToken(t.Context(), "default", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
		u.must(err)
		token, err := jwt.ParseSigned(made.Status.Token)
		u.must(err)
		claims := jwt.Claims{}
		u.must(token.Claims(published, &claims))
		if claims.Issuer != configuration.Issuer || claims.Subject != "system:serviceaccount:default:default" {
			t.Errorf("the token says %+v, its issuer %+v", claims, configuration)
		}
		if !strings.HasSuffix(configuration.Keys, "/openid/v1/jwks") {
			t.Errorf("the keys are at %s", configuration.Keys)
		}
		if _, err := u.as("stranger").Discovery().RESTClient().Get().AbsPath("/openid/v1/jwks").SetHeader("Accept", "*/*").DoRaw(t.Context()); !apierrors.IsForbidden(err) {
			t.Errorf("a stranger's request for the keys: error %v", err)
		}
	})
}
