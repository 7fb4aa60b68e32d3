package dial

import (
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	httpprobe "k8s.io/kubernetes/pkg/probe/http"

	"tabernetes/engine/node/network"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/syncloop/looptest"
)

// server has an answer for each path; for a path without one it closes the
// connection.
type server struct {
	answers map[string]network.Answer
	tls     bool
	ends    time.Time // zero for one that does not end
}

func (s *server) Answer(request *http.Request) (network.Answer, bool) {
	answer, ok := s.answers[request.URL.Path]
	return answer, ok
}
func (s *server) SpeaksTLS() bool               { return s.tls }
func (s *server) Health(string) (string, error) { return "", ErrNoGRPC }
func (s *server) IsRunning() bool               { return s.ends.IsZero() || time.Now().Before(s.ends) }

// listeners are servers by their ports. Nobody answers on port 9.
type listeners map[string]*server

func (l listeners) ListenerAt(host, port string) (Server, error) {
	if port == "9" {
		return nil, ErrNoAnswer
	}
	if listens, ok := l[port]; ok {
		return listens, nil
	}
	return nil, Refused(host, port)
}

func TestGet(t *testing.T) {
	const timeout = 5 * time.Second
	moved := http.Header{"Location": {"/slow"}}
	elsewhere := http.Header{"Location": {"http://10.0.0.2/slow"}}
	answers := map[string]network.Answer{
		"/":          {Status: 200, Body: "hello"},
		"/slow":      {Status: 200, Body: "at last", Takes: 2 * time.Second},
		"/late":      {Status: 200, Body: "too late", Takes: timeout},
		"/moved":     {Status: 302, Header: moved, Takes: time.Second},
		"/elsewhere": {Status: 302, Header: elsewhere, Takes: time.Second},
	}
	deadline := func(url string) string {
		return `Get "` + url + `": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	}
	for name, test := range map[string]struct {
		url   string
		ends  time.Duration // of the server, after the request
		after time.Duration // when the result arrived
		code  int
		body  string
		err   string
	}{
		"at once":         {url: "http://10.0.0.1/", code: 200, body: "hello"},
		"port":            {url: "http://10.0.0.1:8080/", code: 200, body: "hello"},
		"TLS":             {url: "https://10.0.0.1/", code: 200, body: "hello"},
		"localhost":       {url: "http://localhost/", code: 200, body: "hello"},
		"slow":            {url: "http://10.0.0.1/slow", after: 2 * time.Second, code: 200, body: "at last"},
		"redirect":        {url: "http://10.0.0.1/moved", after: 3 * time.Second, code: 200, body: "at last"},
		"other host":      {url: "http://10.0.0.1/elsewhere", after: time.Second, code: 302},
		"late":            {url: "http://10.0.0.1/late", after: timeout, err: deadline("http://10.0.0.1/late")},
		"no answer":       {url: "http://10.0.0.1:9/", after: timeout, err: deadline("http://10.0.0.1:9/")},
		"ends meanwhile":  {url: "http://10.0.0.1/slow", ends: time.Second, after: 2 * time.Second, err: `Get "http://10.0.0.1/slow": EOF`},
		"refused":         {url: "http://10.0.0.1:81/", err: `Get "http://10.0.0.1:81/": dial tcp 10.0.0.1:81: connect: connection refused`},
		"name":            {url: "http://web.default/", err: `Get "http://web.default/": dial tcp: lookup web.default on 172.18.0.1:53: no such host`},
		"not HTTP":        {url: "http://10.0.0.1/nothing", err: `Get "http://10.0.0.1/nothing": EOF`},
		"not TLS":         {url: "https://10.0.0.1/nothing", err: `Get "https://10.0.0.1/nothing": tls: first record does not look like a TLS handshake`},
		"HTTPS to HTTP":   {url: "https://10.0.0.1:80/", err: `Get "https://10.0.0.1:80/": http: server gave HTTP response to HTTPS client`},
		"HTTP to HTTPS":   {url: "http://10.0.0.1:443/", code: 400, body: "Client sent an HTTP request to an HTTPS server.\n"},
		"IPv6 is refused": {url: "http://[fd00::1]:81/", err: `Get "http://[fd00::1]:81/": dial tcp ` + net.JoinHostPort("fd00::1", "81") + `: connect: connection refused`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				plain, secure := &server{answers: answers}, &server{answers: answers, tls: true}
				if test.ends > 0 {
					plain.ends = began.Add(test.ends)
				}
				loop := syncloop.New(false)
				request, err := http.NewRequest(http.MethodGet, test.url, nil)
				if err != nil {
					t.Fatal(err)
				}
				calls := 0
				looptest.Turn(loop, func() {
					on := listeners{"80": plain, "8080": plain, "443": secure}
					Get(on, loop.NewScope(), request, timeout, func(client httpprobe.GetHTTPInterface) {
						calls++
						check(t, client, test.code, test.body, test.err)
						if after := time.Since(began); after != test.after {
							t.Errorf("got it after %v, want %v", after, test.after)
						}
					})
				})
				looptest.Pass(loop, time.Minute)
				if calls != 1 {
					t.Errorf("got %d answers, want 1", calls)
				}
			})
		})
	}
}

func check(t *testing.T, client httpprobe.GetHTTPInterface, code int, body, problem string) {
	t.Helper()
	response, err := client.Do(nil)
	if problem != "" {
		if err == nil || err.Error() != problem {
			t.Errorf("got error %v, want %s", err, problem)
		}
		return
	}
	if err != nil {
		t.Errorf("got error %v", err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != code || string(text) != body {
		t.Errorf("got %d %q %v, want %d %q", response.StatusCode, text, err, code, body)
	}
}

// A deleted pod gets no results any more.
func TestGetEndsWithTheScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := syncloop.New(false)
		scope := loop.NewScope()
		request, err := http.NewRequest(http.MethodGet, "http://10.0.0.1/", nil)
		if err != nil {
			t.Fatal(err)
		}
		slow := &server{answers: map[string]network.Answer{"/": {Status: 200, Takes: time.Second}}}
		looptest.Turn(loop, func() {
			Get(listeners{"80": slow}, scope, request, time.Minute, func(httpprobe.GetHTTPInterface) { t.Error("told") })
			scope.End()
		})
		looptest.Pass(loop, time.Hour)
	})
}

// An answer that a server is still making arrives when it is made.
func TestGetWaitsForAnAnswerToCome(t *testing.T) {
	for _, test := range []struct {
		takes, after time.Duration
		err          string
	}{
		{3 * time.Second, 3 * time.Second, ""},
		{7 * time.Second, 5 * time.Second, `Get "http://10.0.0.1/coming": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`},
	} {
		synctest.Test(t, func(t *testing.T) {
			coming := make(chan network.Answer, 1)
			time.AfterFunc(test.takes, func() { coming <- network.Answer{Status: 202, Body: "made"} })
			loop, began, calls := syncloop.New(false), time.Now(), 0
			request, err := http.NewRequest(http.MethodGet, "http://10.0.0.1/coming", nil)
			if err != nil {
				t.Fatal(err)
			}
			looptest.Turn(loop, func() {
				on := listeners{"80": {answers: map[string]network.Answer{"/coming": {Later: coming}}}}
				Get(on, loop.NewScope(), request, 5*time.Second, func(client httpprobe.GetHTTPInterface) {
					calls++
					check(t, client, 202, "made", test.err)
				})
			})
			<-loop.Woken()
			if after := time.Since(began); after != test.after {
				t.Errorf("the answer was there after %v, want %v", after, test.after)
			}
			looptest.Pass(loop, 10*time.Second)
			loop.Processes.Wait()
			if calls != 1 {
				t.Errorf("got %d answers, want 1", calls)
			}
		})
	}
}
