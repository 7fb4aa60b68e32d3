package kubectl

import (
	"context"
	_ "embed"
	"io"
	"net"
	"net/http"
	"sync"

	"k8s.io/client-go/rest"
	"k8s.io/component-base/version"

	"tabernetes/engine/inprocess"
)

// ServerHost is the host that [Kubeconfig] names. The transport is used for
// this host only: to a command, no other host exists.
const ServerHost = "kubernetes:6443"

// serverAddress is how [Kubeconfig] names it.
const serverAddress = "https://" + ServerHost

//go:embed kubeconfig.yaml
var kubeconfig []byte

// Kubeconfig is the content of ~/.kube/config: the one cluster there is, and its
// administrator. The names are those that kubeadm gives.
func Kubeconfig() []byte { return kubeconfig }

// wrapConfig makes a client configuration that upstream has read from flags and
// kubeconfig reach the API server by the transport. There is no client-side
// throttling: its limiter would wait for cluster time, which may stand still.
func (c *command) wrapConfig(config *rest.Config) *rest.Config {
	if len(config.CertData) > 0 {
		// The API server asks who a certificate is before it looks at a token
		// (pkg/kubeapiserver/authenticator, Config.New).
		config.BearerToken, config.BearerTokenFile = "", ""
	}
	config.Transport = (*transport)(c)
	config.TLSClientConfig = rest.TLSClientConfig{}
	config.Proxy = nil
	config.QPS = -1
	config.UserAgent = inprocess.UserAgent("kubectl", version.Get().GitVersion)
	config.WarningHandler = c.warnings
	config.Wrap(c.upgrade)
	return config
}

// transport carries the requests of one command, and ends them with it.
type transport command

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if host := request.URL.Host; host != ServerHost {
		name, _, err := net.SplitHostPort(host)
		if err != nil {
			name = host
		}
		lookup := &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: lookup}
	}
	ctx, cancel := context.WithCancel(request.Context())
	stop := context.AfterFunc(t.ctx, cancel)
	release := func() {
		stop()
		cancel()
	}
	response, err := t.kubectl.transport.RoundTrip(request.WithContext(ctx))
	if err != nil {
		release()
		return nil, err
	}
	response.Body = &body{ReadCloser: response.Body, release: release}
	return response, nil
}

// body releases its request's context when it is closed.
type body struct {
	io.ReadCloser
	once    sync.Once
	release func()
}

func (b *body) Close() error {
	defer b.once.Do(b.release)
	return b.ReadCloser.Close()
}
