package network

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestDialErrors(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		e.two.run("10.244.2.5", 8080)
		from := Place{Node: "node-1", Address: e.one.address, Namespace: "default", ClusterDNS: true}
		for _, test := range []struct {
			address, want string
			limit, takes  time.Duration
		}{
			{"10.244.2.5:81", "dial tcp 10.244.2.5:81: connect: connection refused", 0, 0},
			{"10.244.2.6:80", "dial tcp 10.244.2.6:80: connect: connection timed out", 0, synPatience},
			{"10.244.2.6:80", "dial tcp 10.244.2.6:80: i/o timeout", 3 * time.Second, 3 * time.Second},
			{"nobody:80", "dial tcp: lookup nobody on 10.96.0.10:53: no such host", 0, 0},
			{"10.244.2.5", "dial tcp: address 10.244.2.5: missing port in address", 0, 0},
			{"10.244.2.5:http!", "dial tcp: address http!: invalid port", 0, 0},
		} {
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if test.limit > 0 {
				ctx, cancel = context.WithTimeout(ctx, test.limit)
			}
			begin := time.Now()
			_, err := e.network.Dial(ctx, from, test.address)
			cancel()
			if err == nil || err.Error() != test.want {
				t.Errorf("dial %s: got %v, want %s", test.address, err, test.want)
			}
			if took := time.Since(begin); took != test.takes {
				t.Errorf("dial %s: took %s, want %s", test.address, took, test.takes)
			}
		}
		_, err := e.network.Dial(t.Context(), from, "10.244.2.5:81")
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("errors.Is does not find ECONNREFUSED in %v", err)
		}
		var number syscall.Errno
		if !errors.As(err, &number) || number != syscall.ECONNREFUSED {
			t.Errorf("errors.As does not find ECONNREFUSED in %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var timeout net.Error
		if _, err := e.network.Dial(ctx, from, "10.244.2.6:80"); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v is no time-out", err)
		}
	})
}

func TestRoundTrip(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		e.service("web", nil)
		e.two.run("10.244.2.5", 8080)
		e.two.takes = 200 * time.Millisecond
		e.slice("web", pod{node: "node-2", address: "10.244.2.5"})
		e.settle()
		client := http.Client{Transport: e.network.NewTransport(Place{Node: "node-1", Address: e.one.address, Namespace: "default", ClusterDNS: true})}
		get := func(url string) (string, error) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			response, err := client.Do(request)
			if err != nil {
				return "", err
			}
			body, err := io.ReadAll(response.Body)
			return response.Status + " " + string(body), errors.Join(err, response.Body.Close())
		}

		begin := time.Now()
		got, err := get("http://web/1234")
		if err != nil || got != "200 OK xxxxx" {
			t.Errorf("got %q, %v", got, err)
		}
		if took := time.Since(begin); took != e.two.takes {
			t.Errorf("took %s, want %s", took, e.two.takes)
		}
		if _, err := get("https://web:80/"); err == nil || err.Error() != `Get "https://web:80/": http: server gave HTTP response to HTTPS client` {
			t.Errorf("https: got %v", err)
		}

		// The process ends while it answers.
		failed := make(chan error)
		go func() {
			_, err := get("http://web/")
			failed <- err
		}()
		synctest.Wait()
		time.Sleep(100 * time.Millisecond)
		e.two.sockets.Reset(time.Now())
		if err, want := <-failed, `Get "http://web/": read tcp 10.244.2.5:8080: read: connection reset by peer`; err == nil || err.Error() != want {
			t.Errorf("reset: got %v, want %s", err, want)
		}

		e.two.silent = true
		if _, err := get("http://web/"); !errors.Is(err, io.EOF) {
			t.Errorf("a server without HTTP: got %v, want EOF", err)
		}
	})
}

func TestBusyUntilIsTheLastAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		machine := newTestMachine("node-1", "172.18.0.2", "10.244.1.0/24")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://web/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		var sockets Sockets
		if !sockets.BusyUntil().IsZero() {
			t.Error("busy without a connection")
		}
		var last *Conn
		for _, takes := range []time.Duration{3 * time.Second, time.Second} {
			machine.takes = takes
			last = sockets.Open(machine, Peer{})
			last.Send(request)
		}
		if got, want := sockets.BusyUntil(), time.Now().Add(3*time.Second); !got.Equal(want) {
			t.Errorf("got %s, want %s", got, want)
		}
		time.Sleep(2 * time.Second)
		sockets.Reset(time.Now())
		if answer, ok, err := last.Receive(); err != nil || !ok || answer.Status != http.StatusOK {
			t.Errorf("an answer that was complete before the end: got %v, %t, %v", answer, ok, err)
		}
		if got := sockets.Accepted(); got != 2 {
			t.Errorf("got %d connections accepted, want 2", got)
		}
	})
}

func TestStreamCarriesOneRequest(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		e.one.run("10.244.1.5", 8080)
		transport := e.network.NewTransport(e.from(e.one))
		dial := func() net.Conn {
			stream, err := transport.Dial(t.Context(), "10.244.1.5:8080")
			if err != nil {
				t.Fatal(err)
			}
			return stream
		}
		for sent, want := range map[string]string{
			"GET /12 HTTP/1.1\r\nHost: web\r\n\r\n": "HTTP/1.1 200 OK\r\n",
			"PING\r\n\r\n":                          "",
		} {
			stream := dial()
			if _, err := io.WriteString(stream, sent); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(stream)
			if err != nil || !strings.HasPrefix(string(got), want) || (want == "" && len(got) > 0) {
				t.Errorf("send %q: got %q, %v, want %q", sent, got, err, want)
			}
			if err := stream.Close(); err != nil {
				t.Error(err)
			}
		}
		idle := dial()
		e.one.sockets.Reset(time.Now())
		if _, err := idle.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the process has ended: got %v, want EOF", err)
		}
		if got, want := idle.RemoteAddr().String(), "10.244.1.5:8080"; got != want {
			t.Errorf("got the remote address %s, want %s", got, want)
		}
		if err := idle.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}
