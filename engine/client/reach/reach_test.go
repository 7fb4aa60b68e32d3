package reach

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"

	"tabernetes/engine/userland/process"
)

// TestErrors holds errors to what they are on the other side.
func TestErrors(t *testing.T) {
	timeout := remoteError{"i/o timeout", syscall.ETIMEDOUT}
	for _, test := range []struct {
		name string
		err  error
		is   func(error) bool
	}{
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }},
		{"reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }},
		{"closed", io.EOF, func(err error) bool { return errors.Is(err, io.EOF) }},
		{"unreachable", syscall.ENETUNREACH, func(err error) bool { return errors.Is(err, syscall.EHOSTUNREACH) }},
		{"timeout", timeout, func(err error) bool {
			var is net.Error
			return errors.As(err, &is) && is.Timeout()
		}},
		{"name", &net.DNSError{Err: "no such host", Name: "nobody"}, func(err error) bool {
			var is *net.DNSError
			return errors.As(err, &is) && is.IsNotFound
		}},
		{"plain", process.ErrNotTLS, func(err error) bool { return errors.Is(err, process.ErrNotTLS) }},
		{"certificate", errors.Join(process.WrongName, errors.New("x509: another name")), func(err error) bool { return errors.Is(err, process.WrongName) }},
		{"other", errors.New("something"), func(err error) bool { return err.Error() == "something" }},
	} {
		recorder := httptest.NewRecorder()
		fail(recorder, test.err)
		network := Network{Base: "http://cluster", Transport: answering{recorder.Result()}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://web/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := network.RoundTrip(request); err == nil || !test.is(err) {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
}

type answering struct{ response *http.Response }

func (a answering) RoundTrip(*http.Request) (*http.Response, error) { return a.response, nil }
