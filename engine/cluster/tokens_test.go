package cluster_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
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
