package network_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/userland/userlandtest"
)

// network answers for one host.
type network struct{}

func (network) RoundTrip(request *http.Request) (*http.Response, error) {
	switch request.URL.Hostname() {
	case "web":
		response := &http.Response{
			Status: "200 OK", StatusCode: 200, Header: http.Header{"Server": {"nginx"}, "Content-Type": {"text/plain"}},
			Body: io.NopCloser(strings.NewReader("hello from " + request.URL.Path + "\n")), Request: request,
		}
		if request.URL.Path == "/missing" {
			response.Status, response.StatusCode = "404 Not Found", 404
		}
		if request.Body != nil {
			data, _ := io.ReadAll(request.Body)
			response.Body = io.NopCloser(bytes.NewReader(append([]byte(request.Method+" "), data...)))
		}
		return response, nil
	case "refused":
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	case "reset":
		return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	case "empty":
		return nil, io.EOF
	case "slow":
		<-request.Context().Done()
		return nil, request.Context().Err()
	}
	return nil, &net.DNSError{Err: "no such host", Name: request.URL.Hostname(), IsNotFound: true}
}

func (network) Lookup(_ context.Context, host string) ([]string, error) {
	if host == "web" {
		return []string{"10.96.0.10"}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func (network) Dial(_ context.Context, address string) (net.Conn, error) {
	if strings.HasPrefix(address, "web:") {
		client, server := net.Pipe()
		return client, server.Close()
	}
	return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}

func TestNetworkCommands(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
		took         time.Duration
	}{
		{`curl -s http://web/a`, "hello from /a\n", 0, 0},
		{`curl -s web; curl -sI web/x; curl -s -o /tmp/o -w '%{http_code}\n' web/missing; cat /tmp/o`, "hello from /\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: nginx\r\n\r\n404\nhello from /missing\n", 0, 0},
		{`curl -f web/missing`, "curl: (22) The requested URL returned error: 404\n", 22, 0},
		{`curl -s -d a=1 -d b=2 web; curl -s -X PUT -d x web`, "POST a=1&b=2PUT x", 0, 0},
		{`curl nowhere`, "curl: (6) Could not resolve host: nowhere\n", 6, 0},
		{`curl http://refused:8080`, "curl: (7) Failed to connect to refused port 8080 after 0 ms: Could not connect to server\n", 7, 0},
		{`curl -s refused; echo $?; curl -sS empty; echo $?; curl -sS reset`, "7\ncurl: (52) Empty reply from server\n52\ncurl: (56) Recv failure: Connection reset by peer\n", 56, 0},
		{`curl -m 2 slow`, "curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n", 28, 2 * time.Second},
		{`curl --nope web`, "curl: option --nope: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n", 2, 0},
		{`wget -qO- http://web/a; wget -q -O - nowhere; wget -O- refused:80`, "hello from /a\nwget: bad address 'nowhere'\nConnecting to refused:80 (refused:80)\nwget: can't connect to remote host (refused): Connection refused\n", 1, 0},
		{
			`echo 10.244.1.5 box > /etc/hosts; ip route; ip a | grep inet; ip link add dummy0 type dummy`,
			"default via 10.244.1.1 dev eth0\n10.244.1.0/24 dev eth0 scope link  src 10.244.1.5\n    inet 127.0.0.1/8 scope host lo\n" +
				"    inet 10.244.1.5/24 brd 10.244.1.255 scope global eth0\nip: RTNETLINK answers: Operation not permitted\n", 2, 0,
		},
		{`wget -qT 3 -O- slow`, "wget: download timed out\n", 1, 3 * time.Second},
		{`wget -qO- --post-data 'k=v' web`, "POST k=v", 0, 0},
		{`wget -q web/missing; wget --spider -q web && echo up`, "wget: server returned error: HTTP/1.1 404 Not Found\nup\n", 0, 0},
		{`nslookup web; nslookup no`, "Server:\t\t127.0.0.1\nAddress:\t127.0.0.1:53\n\nName:\tweb\nAddress: 10.96.0.10\n\nServer:\t\t127.0.0.1\nAddress:\t127.0.0.1:53\n\n** server can't find no: NXDOMAIN\n\n", 1, 0},
		{`nc -zv web 80; nc -zv other 80`, "web (web:80) open\nnc: other (other:80): Connection refused\n", 1, 0},
	} {
		t.Run(test.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := userlandtest.NewSystem(t)
				system.Network = network{}
				got := userlandtest.Run(system, "", "sh", "-c", test.script)
				system.Close()
				if got.Output != test.want || got.Code != test.code || got.Took != test.took {
					t.Errorf("got  %q, %d, %v\nwant %q, %d, %v", got.Output, got.Code, got.Took, test.want, test.code, test.took)
				}
			})
		})
	}
}
