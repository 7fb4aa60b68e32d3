package dial

import (
	"fmt"
	"net/http"
	"time"

	httpprobe "k8s.io/kubernetes/pkg/probe/http"

	"tabernetes/engine/node/network"
	"tabernetes/engine/node/syncloop"
)

// Get requests a URL from a node and follows redirects on the same host, as
// upstream's prober and lifecycle handlers do. After the time that the answer
// takes, or after timeout, it calls then with a client that returns the answer,
// once.
func Get(on Listeners, scope *syncloop.Scope, request *http.Request, timeout time.Duration, then func(httpprobe.GetHTTPInterface)) {
	transport := &instantTransport{on: on}
	client := http.Client{Transport: transport, CheckRedirect: httpprobe.RedirectChecker(false)}
	response, err := client.Do(request)
	answered := func() { then(answeredClient{response, err}) }
	switch {
	case transport.later != nil:
		await(scope, transport.later, request, timeout, then)
	case transport.takes >= timeout:
		if response != nil {
			_ = response.Body.Close()
		}
		response, err = nil, timedOut(request)
		scope.After(timeout, answered)
	case transport.takes > 0:
		by := transport.by
		scope.After(transport.takes, func() {
			if !by.IsRunning() {
				_ = response.Body.Close()
				response, err = nil, noAnswer(request)
			}
			answered()
		})
	default:
		answered()
	}
}

func noAnswer(request *http.Request) error { return fmt.Errorf("Get %q: EOF", request.URL.String()) }

func timedOut(request *http.Request) error {
	return fmt.Errorf("Get %q: context deadline exceeded (Client.Timeout exceeded while awaiting headers)", request.URL.String())
}

// await waits beside the sync loop for an answer that a server is still making.
func await(scope *syncloop.Scope, later <-chan network.Answer, request *http.Request, timeout time.Duration, then func(httpprobe.GetHTTPInterface)) {
	place := scope.Reserve()
	scope.Processes.Go(func() {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		outcome := answeredClient{err: timedOut(request)}
		select {
		case answer, ok := <-later:
			outcome = answeredClient{response: responseOf(answer, request)}
			if !ok {
				outcome = answeredClient{err: noAnswer(request)}
			}
		case <-timer.C:
		}
		scope.Report(place, func() { then(outcome) })
	})
}

// answeredClient returns an answer that has arrived already.
type answeredClient struct {
	response *http.Response
	err      error
}

// Do implements upstream's GetHTTPInterface.
func (a answeredClient) Do(*http.Request) (*http.Response, error) { return a.response, a.err }
