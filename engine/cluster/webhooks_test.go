package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/keyutil"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/node/network"
)

// webhook is a machine of the cluster's network on which an admission webhook
// listens, with a certificate of its own authority.
type webhook struct {
	sockets     network.Sockets
	address     netip.Addr
	certificate tls.Certificate
	authority   []byte
	answer      func(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse
	takes       atomic.Int64 // nanoseconds
}

func newWebhook(u *user, name string) *webhook {
	u.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	u.must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	encoded, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	u.must(err)
	return &webhook{
		address:     netip.MustParseAddr("172.18.0.201"),
		certificate: tls.Certificate{Certificate: [][]byte{encoded}, PrivateKey: key},
		authority:   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: encoded}),
	}
}

// encoded is its certificate, with its key and its authority, in base64 as in a Secret.
func (w *webhook) encoded(u *user) (certificate, key, authority string) {
	u.t.Helper()
	pemKey, err := keyutil.MarshalPrivateKeyToPEM(w.certificate.PrivateKey)
	u.must(err)
	encode := base64.StdEncoding.EncodeToString
	return encode(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.certificate.Certificate[0]})), encode(pemKey), encode(w.authority)
}

func (*webhook) Name() string          { return "webhooks" }
func (w *webhook) Address() netip.Addr { return w.address }
func (*webhook) PodCIDR() netip.Prefix { return netip.Prefix{} }
func (*webhook) Up() bool              { return true }
func (w *webhook) TLS() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{w.certificate}}
}

func (w *webhook) Accept(to netip.AddrPort) (*network.Conn, error) {
	if to.Port() != 8443 {
		return nil, network.ErrRefused
	}
	return w.sockets.Open(w, network.Peer{Address: to, Node: w.Name()}), nil
}

func (w *webhook) Answer(request *http.Request) (network.Answer, bool) {
	later := make(chan network.Answer, 1)
	go func() {
		time.Sleep(time.Duration(w.takes.Load()))
		review := &admissionv1.AdmissionReview{}
		if err := json.NewDecoder(request.Body).Decode(review); err != nil {
			later <- network.Answer{Status: http.StatusBadRequest, Body: err.Error()}
			return
		}
		review.Response = w.answer(review.Request)
		review.Response.UID = review.Request.UID
		body, _ := json.Marshal(review) // it came from JSON
		later <- network.Answer{Status: http.StatusOK, Body: string(body), Header: http.Header{"Content-Type": {"application/json"}}}
	}()
	return network.Answer{Later: later}, true
}

// serve attaches the webhook to the network and gives it a Service.
func (w *webhook) serve(u *user, name string) {
	u.t.Helper()
	u.running.Network().Attach(w)
	_, err := u.CoreV1().Services("default").Create(u.t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 443}}},
	}, metav1.CreateOptions{})
	u.must(err)
	_, err = u.DiscoveryV1().EndpointSlices("default").Create(u.t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: name}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{w.address.String()}}},
		Ports:       []discoveryv1.EndpointPort{{Name: new(""), Port: new(int32(8443)), Protocol: new(corev1.ProtocolTCP)}},
	}, metav1.CreateOptions{})
	u.must(err)
	time.Sleep(time.Second)
}

// register has the API server ask the webhook about ConfigMaps.
func (u *user) register(name string, client admissionregistrationv1.WebhookClientConfig, failure admissionregistrationv1.FailurePolicyType) {
	u.t.Helper()
	none := admissionregistrationv1.SideEffectClassNone
	_, err := u.AdmissionregistrationV1().ValidatingWebhookConfigurations().Create(u.t.Context(), &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: name + ".example.com", ClientConfig: client, FailurePolicy: &failure, SideEffects: &none,
			TimeoutSeconds: new(int32(4)), AdmissionReviewVersions: []string{"v1"}, Rules: configMaps,
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: "default"}},
		}},
	}, metav1.CreateOptions{})
	u.must(err)
	time.Sleep(time.Second)
}

var configMaps = []admissionregistrationv1.RuleWithOperations{{
	Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
	Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
}}

func (u *user) configMap(name string) (*corev1.ConfigMap, error) {
	return u.CoreV1().ConfigMaps("default").Create(u.t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
}

func TestValidatingWebhook(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		w := newWebhook(u, "gate.default.svc")
		w.answer = func(request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
			return &admissionv1.AdmissionResponse{
				Allowed:  !strings.HasPrefix(request.Name, "bad"),
				Warnings: []string{"seen " + request.Name},
				Result:   &metav1.Status{Message: request.UserInfo.Username + " may not make " + request.Name},
			}
		}
		w.serve(u, "gate")
		service := &admissionregistrationv1.ServiceReference{Namespace: "default", Name: "gate", Path: new("/validate")}
		u.register("gate", admissionregistrationv1.WebhookClientConfig{Service: service, CABundle: w.authority}, admissionregistrationv1.Fail)

		seen := &warnings{}
		config := running.RESTConfig()
		config.WarningHandler = seen
		u.Interface = kubernetes.NewForConfigOrDie(config)
		_, err := u.configMap("good")
		u.must(err)
		if !seen.has("seen good") {
			t.Errorf("warnings are %q, want that of the webhook", *seen)
		}
		_, err = u.configMap("bad")
		if err == nil || err.Error() != `admission webhook "gate.example.com" denied the request: kubernetes-admin may not make bad` {
			t.Errorf("got error %v, want the webhook's", err)
		}

		w.takes.Store(int64(6 * time.Second))
		began := time.Now()
		_, err = u.configMap("slow")
		if !apierrors.IsInternalError(err) || !strings.Contains(err.Error(), `failed calling webhook "gate.example.com"`) || !strings.Contains(err.Error(), "context deadline exceeded") {
			t.Errorf("a slow webhook: got error %v", err)
		}
		if waited := time.Since(began); waited != 4*time.Second {
			t.Errorf("waited %s for the webhook, want its 4 s", waited)
		}
		w.takes.Store(0)

		u.must(u.AdmissionregistrationV1().ValidatingWebhookConfigurations().Delete(t.Context(), "gate", metav1.DeleteOptions{}))
		other := newWebhook(u, "gate.default.svc")
		u.register("stranger", admissionregistrationv1.WebhookClientConfig{Service: service, CABundle: other.authority}, admissionregistrationv1.Fail)
		_, err = u.configMap("bad-authority")
		if !apierrors.IsInternalError(err) || !strings.Contains(err.Error(), "x509: certificate signed by unknown authority") {
			t.Errorf("another authority: got error %v", err)
		}
		u.must(u.AdmissionregistrationV1().ValidatingWebhookConfigurations().Delete(t.Context(), "stranger", metav1.DeleteOptions{}))

		refused := "https://" + netip.AddrPortFrom(w.address, 9).String() + "/"
		u.register("ignored", admissionregistrationv1.WebhookClientConfig{URL: &refused, CABundle: w.authority}, admissionregistrationv1.Ignore)
		_, err = u.configMap("bad-but-ignored")
		u.must(err)
		u.register("needed", admissionregistrationv1.WebhookClientConfig{URL: &refused, CABundle: w.authority}, admissionregistrationv1.Fail)
		_, err = u.configMap("nobody-listens")
		if !apierrors.IsInternalError(err) || !strings.Contains(err.Error(), fmt.Sprintf("dial tcp %s:9: connect: connection refused", w.address)) {
			t.Errorf("nobody listens: got error %v", err)
		}
	})
}

func TestMutatingWebhook(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		w := newWebhook(u, "labels.default.svc")
		w.answer = func(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
			json := admissionv1.PatchTypeJSONPatch
			return &admissionv1.AdmissionResponse{Allowed: true, PatchType: &json, Patch: []byte(`[{"op":"add","path":"/data","value":{"colour":"red"}}]`)}
		}
		w.serve(u, "labels")
		none := admissionregistrationv1.SideEffectClassNone
		_, err := u.AdmissionregistrationV1().MutatingWebhookConfigurations().Create(t.Context(), &admissionregistrationv1.MutatingWebhookConfiguration{
			ObjectMeta: metav1.ObjectMeta{Name: "labels"},
			Webhooks: []admissionregistrationv1.MutatingWebhook{{
				Name:                    "labels.example.com",
				ClientConfig:            admissionregistrationv1.WebhookClientConfig{Service: &admissionregistrationv1.ServiceReference{Namespace: "default", Name: "labels"}, CABundle: w.authority},
				SideEffects:             &none,
				AdmissionReviewVersions: []string{"v1"},
				Rules:                   configMaps,
				MatchConditions:         []admissionregistrationv1.MatchCondition{{Name: "not-plain", Expression: "!object.metadata.name.startsWith('plain')"}},
			}},
		}, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(time.Second)
		for name, want := range map[string]string{"coloured": "red", "plain": ""} {
			made, err := u.configMap(name)
			u.must(err)
			if made.Data["colour"] != want {
				t.Errorf("%s has the colour %q, want %q", name, made.Data["colour"], want)
			}
		}
	})
}

// A webhook may be asked about every change of the components, the kubelets'
// reports too.
func TestWebhookOfEverything(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 5}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		w := newWebhook(u, "all.default.svc")
		asked := make(chan string, 10_000)
		w.answer = func(request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
			select {
			case asked <- request.Resource.Resource + "/" + request.SubResource:
			default:
			}
			return &admissionv1.AdmissionResponse{Allowed: true}
		}
		w.serve(u, "all")
		none := admissionregistrationv1.SideEffectClassNone
		_, err := u.AdmissionregistrationV1().ValidatingWebhookConfigurations().Create(t.Context(), &admissionregistrationv1.ValidatingWebhookConfiguration{
			ObjectMeta: metav1.ObjectMeta{Name: "all"},
			Webhooks: []admissionregistrationv1.ValidatingWebhook{{
				Name:                    "all.example.com",
				ClientConfig:            admissionregistrationv1.WebhookClientConfig{Service: &admissionregistrationv1.ServiceReference{Namespace: "default", Name: "all"}, CABundle: w.authority},
				SideEffects:             &none,
				AdmissionReviewVersions: []string{"v1"},
				Rules: []admissionregistrationv1.RuleWithOperations{{
					Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.OperationAll},
					Rule:       admissionregistrationv1.Rule{APIGroups: []string{"*"}, APIVersions: []string{"*"}, Resources: []string{"*/*"}},
				}},
			}},
		}, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(time.Second)
		u.deploy("web", 3, nil)
		u.until("three pods that run", 2*time.Minute, func() bool {
			running := 0
			for _, pod := range u.pods("app=web") {
				if pod.Status.Phase == corev1.PodRunning {
					running++
				}
			}
			return running == 3
		})
		seen := map[string]bool{}
		for len(asked) > 0 {
			seen[<-asked] = true
		}
		for _, want := range []string{"deployments/", "replicasets/status", "pods/binding", "pods/status"} {
			if !seen[want] {
				t.Errorf("the webhook was not asked about %s", want)
			}
		}
	})
}
