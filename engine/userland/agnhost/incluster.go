package agnhost

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"tabernetes/engine/userland/process"
)

// accountDirectory is where a pod finds what it needs to speak with the API server.
const accountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount/"

// inCluster asks the API server in the name of the pod's service account, as client-go's
// rest.InClusterConfig does.
type inCluster struct {
	*call
	address     string
	authorities string
}

func (c *call) inCluster() (*inCluster, error) {
	host, port := c.Getenv("KUBERNETES_SERVICE_HOST"), c.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, errors.New("unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined")
	}
	if _, err := c.readFile(accountDirectory + "token"); err != nil {
		return nil, err
	}
	authorities, err := c.readFile(accountDirectory + "ca.crt")
	if err != nil {
		c.klogf('E', "config.go:551", "Expected to load root CA config from %s, but got err: %v", accountDirectory+"ca.crt", err)
	}
	return &inCluster{call: c, address: "https://" + net.JoinHostPort(host, port), authorities: authorities}, nil
}

// get requests an address with the token as it is now. The answer has the whole body.
func (i *inCluster) get(ctx context.Context, address string) (*http.Response, []byte, error) {
	token, err := i.readFile(accountDirectory + "token")
	if err != nil {
		return nil, nil, err
	}
	return i.request(process.WithTrust(ctx, process.Trust{Authorities: i.authorities}), address, token)
}

// request makes a request with a token, or without one. The error of a failed one is that
// of net/http's client.
func (c *call) request(ctx context.Context, address, token string) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if c.System.Network == nil {
		return nil, nil, &url.Error{Op: "Get", URL: address, Err: errors.New("network is unreachable")}
	}
	response, err := c.System.Network.RoundTrip(request)
	if err != nil {
		return nil, nil, &url.Error{Op: "Get", URL: address, Err: err}
	}
	defer response.Body.Close() //nolint:errcheck // a body that was read
	body, err := io.ReadAll(io.LimitReader(response.Body, process.MaxText))
	return response, body, err
}

// inClusterClient asks for /healthz time and again, and logs which token it has.
func inClusterClient(ctx context.Context, c *call) int {
	c.onTerminate(ctx, signalled, 0)
	c.klogf('I', "main.go:58", "started")
	client, err := c.inCluster()
	if err != nil {
		return c.fatal("err: %v", err)
	}
	every := time.Duration(max(1, c.number("poll-interval", 30))) * time.Second
	for c.System.Sleep(ctx, every) == nil {
		client.ask(ctx)
	}
	return c.wait(ctx)
}

func (i *inCluster) ask(ctx context.Context) {
	i.klogf('I', "main.go:77", "calling /healthz")
	if token, err := i.readFile(accountDirectory + "token"); err == nil {
		hash := sha256.Sum256([]byte("salt|Bearer " + token))
		i.klogf('I', "main.go:94", "authz_header=%s", base64.RawURLEncoding.EncodeToString(hash[:]))
	}
	response, body, err := i.get(ctx, i.address+"/healthz")
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("an error on the server (%q) has prevented the request from succeeding", body)
	}
	if err != nil && ctx.Err() == nil {
		i.klogf('E', "main.go:80", "status=failed")
		i.klogf('E', "main.go:81", "error checking /healthz: %v\n%s\n", err, body)
	}
}

// klogf writes a line as k8s.io/klog does.
func (c *call) klogf(severity byte, place, format string, values ...any) {
	fmt.Fprintf(c.Stderr, "%c%s %7d %s] %s\n", severity, c.System.Now().UTC().Format("0102 15:04:05.000000"), c.Task().PID(), place, fmt.Sprintf(format, values...))
}
