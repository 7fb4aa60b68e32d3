package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Wget gets files by HTTP.
func Wget(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("qO:ScT:Y:t:P:U:sD:k", map[string]byte{
		"quiet": 'q', "output-document": 'O', "spider": 's', "timeout": 'T', "server-response": 'S', "no-check-certificate": 'k',
		"header": 'U', "tries": 't', "no-verbose": 'q', "post-data": 'D',
	})
	if !ok {
		return 1
	}
	if len(names) == 0 {
		fmt.Fprintln(i.Stderr, "Usage: wget [-cqS] [--spider] [-O FILE] [-T SEC] URL...")
		return 1
	}
	for _, name := range names {
		if code := get(ctx, i, found, name); code != 0 {
			return code
		}
	}
	return 0
}

func get(ctx context.Context, i *process.Invocation, found process.Options, name string) int {
	address, err := parseURL(name)
	if err != nil {
		i.Errorf("bad address '%s'", name)
		return 1
	}
	if address.Scheme != "http" && address.Scheme != "https" {
		i.Errorf("not an http or ftp url: %s", name)
		return 1
	}
	limit := 900 * time.Second
	if text := found['T']; text != "" {
		seconds, ok := notation.Duration(text)
		if !ok {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		limit = seconds
	}
	// busybox's wget does not look at certificates.
	requestCtx, cancel := context.WithTimeout(process.WithTrust(ctx, process.Trust{Insecure: true}), limit)
	defer cancel()
	method, data := http.MethodGet, io.Reader(nil)
	if found.Has('D') {
		method, data = http.MethodPost, strings.NewReader(found['D'])
	}
	request, err := http.NewRequestWithContext(requestCtx, method, address.String(), data)
	if err != nil {
		i.Errorf("bad address '%s'", name)
		return 1
	}
	request.Header.Set("User-Agent", "Wget")
	if data != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	host, port := hostPort(address)
	quiet := found.Has('q')
	say := func(format string, values ...any) {
		if !quiet {
			fmt.Fprintf(i.Stderr, format+"\n", values...)
		}
	}
	shown := net.JoinHostPort(host, port)
	say("Connecting to %s (%s)", shown, shown)
	if address.Scheme == "https" && !found.Has('k') {
		i.Errorf("note: TLS certificate validation not implemented")
	}
	response, err := roundTrip(i.System, request)
	if err != nil {
		if ctx.Err() != nil {
			return process.ExitStatus(ctx)
		}
		var dns *net.DNSError
		switch {
		case errors.As(err, &dns):
			i.Errorf("bad address '%s'", host)
		case errors.Is(requestCtx.Err(), context.DeadlineExceeded):
			i.Errorf("download timed out")
		case errors.Is(err, syscall.ECONNRESET):
			i.Errorf("error getting response: %s", networkText(err))
		case errors.Is(err, process.ErrNotTLS):
			i.Errorf("error getting response")
		default:
			i.Errorf("can't connect to remote host (%s): %s", host, networkText(err))
		}
		return 1
	}
	defer func() { _ = response.Body.Close() }()
	if found.Has('S') {
		fmt.Fprintf(i.Stderr, "  HTTP/1.1 %s\n", response.Status)
		for _, line := range headerLines(response.Header) {
			fmt.Fprintf(i.Stderr, "  %s\n", line)
		}
	}
	if response.StatusCode >= 400 {
		i.Errorf("server returned error: HTTP/1.1 %s", response.Status)
		return 1
	}
	if found.Has('s') {
		say("remote file exists")
		return 0
	}
	output := found['O']
	if output == "" {
		output = path.Base(address.Path)
		if output == "/" || output == "." {
			output = "index.html"
		}
	}
	if output == "-" {
		say("writing to stdout")
		if _, err := io.Copy(i.Stdout, response.Body); err != nil {
			i.Errorf("read error: %s", networkText(err))
			return 1
		}
		say("written to stdout")
		return 0
	}
	file, err := i.OpenFile(ctx, output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		i.CannotOpen(output, err)
		return 1
	}
	defer func() { _ = file.Close() }()
	say("saving to '%s'", output)
	if _, err := io.Copy(file, response.Body); err != nil {
		i.Errorf("read error: %s", filesystem.Text(err))
		return 1
	}
	say("'%s' saved", output)
	return 0
}
