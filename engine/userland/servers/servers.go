package servers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

var errNoNetwork = errors.New("operation not permitted")

// listen serves a port until the program ends, which SIGTERM and SIGINT make it do
// with a status. It blocks, and returns the exit status.
func listen(ctx context.Context, i *process.Invocation, port, terminated int, handler process.Handler) (int, error) {
	if i.System.Listener == nil {
		return 0, errNoNetwork
	}
	ended := make(chan int, 1)
	for _, signal := range []process.Signal{process.SIGTERM, process.SIGINT} {
		i.Notify(signal, func() {
			select {
			case ended <- terminated:
			default:
			}
		})
	}
	if err := i.System.Listener.Listen(ctx, port, handler); err != nil {
		return 0, err
	}
	select {
	case code := <-ended:
		return code, nil
	case <-ctx.Done():
		return process.ExitStatus(ctx), nil
	}
}

// HTTPEcho is hashicorp/http-echo: it answers every request with a text.
func HTTPEcho(ctx context.Context, i *process.Invocation) int {
	text, address, status := i.Getenv("ECHO_TEXT"), ":5678", http.StatusOK
	for n := 1; n < len(i.Args); n++ {
		name, value, given := strings.Cut(strings.TrimLeft(i.Args[n], "-"), "=")
		if !given && n+1 < len(i.Args) && name != "version" {
			n++
			value = i.Args[n]
		}
		switch name {
		case "text":
			text = value
		case "listen":
			address = value
		case "status-code":
			if code, err := strconv.Atoi(value); err == nil {
				status = code
			}
		case "version":
			fmt.Fprintln(i.Stderr, "http-echo v1.0.0")
			return 0
		default:
			fmt.Fprintf(i.Stderr, "flag provided but not defined: -%s\n", name)
			return 2
		}
	}
	if text == "" {
		fmt.Fprintln(i.Stderr, "Missing -text option or ECHO_TEXT env var!")
		return 127
	}
	_, number, _ := strings.Cut(address, ":")
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		fmt.Fprintf(i.Stderr, "listen tcp: address %s: unknown port\n", address)
		return 1
	}
	stamp := func() string { return i.System.Now().UTC().Format("2006/01/02 15:04:05") }
	fmt.Fprintf(i.Stdout, "%s [INFO] server is listening on %s\n", stamp(), address)
	code, err := listen(ctx, i, int(port), 0, func(request *http.Request) process.Reply {
		fmt.Fprintf(i.Stdout, "%s %s %s \"%s %s %s\" %d %d\n", stamp(), request.Host, request.RemoteAddr, request.Method, request.URL.Path, "HTTP/1.1", status, len(text)+1)
		return process.Reply{Status: status, Body: text + "\n", Header: http.Header{"X-App-Name": {"http-echo"}, "X-App-Version": {"1.0.0"}}}
	})
	if err != nil {
		fmt.Fprintf(i.Stderr, "%s [ERR] server exited with: listen tcp %s: bind: %v\n", stamp(), address, err)
		return 1
	}
	return code
}
