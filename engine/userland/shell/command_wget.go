package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tabernetes/engine/userland/filesystem"
)

// networkText is what the C library says of a network error.
func networkText(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "bad address"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "Connection reset by peer"
	case errors.Is(err, syscall.EHOSTUNREACH):
		return "No route to host"
	case errors.Is(err, syscall.ENETUNREACH):
		return "Network unreachable"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "Connection timed out"
	}
	return err.Error()
}

// errNoNetwork is the error where a System has no Network.
var errNoNetwork = syscall.ENETUNREACH

func (s *System) roundTrip(request *http.Request) (*http.Response, error) {
	if s.Network == nil {
		return nil, errNoNetwork
	}
	return s.Network.RoundTrip(request)
}

// parseURL reads an address as wget and curl do: http:// is understood.
func parseURL(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	address, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if address.Path == "" {
		address.Path = "/"
	}
	return address, nil
}

// hostPort is host and port of an address.
func hostPort(address *url.URL) (host, port string) {
	port = address.Port()
	if port == "" {
		port = "80"
		if address.Scheme == "https" {
			port = "443"
		}
	}
	return address.Hostname(), port
}

func commandWget(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("qO:ScT:Y:t:P:U:s", map[string]byte{
		"quiet": 'q', "output-document": 'O', "spider": 's', "timeout": 'T', "server-response": 'S', "no-check-certificate": 'c',
		"header": 'U', "tries": 't', "no-verbose": 'q', "post-data": 'Y',
	})
	if !ok {
		return 1
	}
	if len(names) == 0 {
		fmt.Fprintln(i.Stderr, "Usage: wget [-cqS] [--spider] [-O FILE] [-T SEC] URL...")
		return 1
	}
	for _, name := range names {
		if code := i.fetch(ctx, found, name); code != 0 {
			return code
		}
	}
	return 0
}

func (i *Invocation) fetch(ctx context.Context, found flags, name string) int {
	address, err := parseURL(name)
	if err != nil {
		i.Errorf("bad address '%s'", name)
		return 1
	}
	if address.Scheme != "http" {
		i.Errorf("not an http or ftp url: %s", name)
		return 1
	}
	limit := 900 * time.Second
	if text := found['T']; text != "" {
		seconds, ok := parseDuration(text)
		if !ok {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		limit = seconds
	}
	requestCtx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(requestCtx, http.MethodGet, address.String(), nil)
	if err != nil {
		i.Errorf("bad address '%s'", name)
		return 1
	}
	request.Header.Set("User-Agent", "Wget")
	host, port := hostPort(address)
	quiet := found.has('q')
	say := func(format string, values ...any) {
		if !quiet {
			fmt.Fprintf(i.Stderr, format+"\n", values...)
		}
	}
	shown := net.JoinHostPort(host, port)
	say("Connecting to %s (%s)", shown, shown)
	response, err := i.System.roundTrip(request)
	if err != nil {
		if ctx.Err() != nil {
			return ending(ctx)
		}
		var dns *net.DNSError
		switch {
		case errors.As(err, &dns):
			i.Errorf("bad address '%s'", host)
		case errors.Is(requestCtx.Err(), context.DeadlineExceeded):
			i.Errorf("download timed out")
		case errors.Is(err, syscall.ECONNRESET):
			i.Errorf("error getting response: %s", networkText(err))
		default:
			i.Errorf("can't connect to remote host (%s): %s", host, networkText(err))
		}
		return 1
	}
	defer func() { _ = response.Body.Close() }()
	if found.has('S') {
		fmt.Fprintf(i.Stderr, "  HTTP/1.1 %s\n", response.Status)
		for _, line := range headerLines(response.Header) {
			fmt.Fprintf(i.Stderr, "  %s\n", line)
		}
	}
	if response.StatusCode >= 400 {
		i.Errorf("server returned error: HTTP/1.1 %s", response.Status)
		return 1
	}
	if found.has('s') {
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
	file, err := i.System.openStream(i.files, i.Path(output), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		i.cannotOpen(output, err)
		return 1
	}
	file.retain()
	defer file.release()
	say("saving to '%s'", output)
	if _, err := io.Copy(bound{ctx, i.task, file}, response.Body); err != nil {
		i.Errorf("read error: %s", filesystem.Text(err))
		return 1
	}
	say("'%s' saved", output)
	return 0
}

func commandNslookup(ctx context.Context, i *Invocation) int {
	if len(i.Args) < 2 {
		fmt.Fprintln(i.Stderr, "Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]")
		return 1
	}
	name := i.Args[len(i.Args)-1]
	for _, word := range i.Args[1:] {
		if !strings.HasPrefix(word, "-") {
			name = word
			break
		}
	}
	if i.System.Network == nil {
		fmt.Fprint(i.Stdout, ";; connection timed out; no servers could be reached\n\n")
		return 1
	}
	addresses, err := i.System.Network.Lookup(ctx, name)
	server := i.nameServer()
	fmt.Fprintf(i.Stdout, "Server:\t\t%s\nAddress:\t%s:53\n\n", server, server)
	if err != nil || len(addresses) == 0 {
		fmt.Fprintf(i.Stdout, "** server can't find %s: NXDOMAIN\n\n", name)
		return 1
	}
	for _, address := range addresses {
		fmt.Fprintf(i.Stdout, "Name:\t%s\nAddress: %s\n", name, address)
	}
	fmt.Fprintln(i.Stdout)
	return 0
}

// nameServer is the first name server of /etc/resolv.conf.
func (i *Invocation) nameServer() string {
	data, err := i.System.FileSystem.ReadFile("/etc/resolv.conf")
	if err == nil {
		for _, line := range strings.Split(string(data), "\n") {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "nameserver" {
				return fields[1]
			}
		}
	}
	return "127.0.0.1"
}

func commandGetent(ctx context.Context, i *Invocation) int {
	if len(i.Args) < 3 || i.Args[1] != "hosts" && i.Args[1] != "ahosts" {
		i.Errorf("unknown database")
		return 1
	}
	if i.System.Network == nil {
		return 2
	}
	addresses, err := i.System.Network.Lookup(ctx, i.Args[2])
	if err != nil || len(addresses) == 0 {
		return 2
	}
	for _, address := range addresses {
		fmt.Fprintf(i.Stdout, "%-15s %s\n", address, i.Args[2])
	}
	return 0
}

func commandNetcat(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("zvw:nul", nil)
	if !ok {
		return 1
	}
	if found.has('l') || found.has('u') {
		i.Errorf("listening and UDP are not simulated")
		return 1
	}
	if len(names) < 2 {
		fmt.Fprintln(i.Stderr, "Usage: nc [-zv] [-w SEC] IPADDR PORT")
		return 1
	}
	if text := found['w']; text != "" {
		limit, ok := parseDuration(text)
		if !ok {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	if _, err := strconv.ParseUint(names[1], 10, 16); err != nil {
		i.Errorf("bad port '%s'", names[1])
		return 1
	}
	err := error(errNoNetwork)
	var connection net.Conn
	if i.System.Network != nil {
		connection, err = i.System.Network.Dial(ctx, net.JoinHostPort(names[0], names[1]))
	}
	if err != nil {
		text := networkText(err)
		if text == "bad address" {
			i.Errorf("bad address '%s'", names[0])
		} else if !found.has('z') || found.has('v') {
			i.Errorf("%s (%s:%s): %s", names[0], names[0], names[1], text)
		}
		return 1
	}
	defer func() { _ = connection.Close() }()
	if found.has('v') {
		fmt.Fprintf(i.Stderr, "%s (%s:%s) open\n", names[0], names[0], names[1])
	}
	return 0
}

// commandPing says what a pod without the right to send ICMP says: the simulated
// network carries TCP only.
func commandPing(_ context.Context, i *Invocation) int {
	i.Errorf("permission denied (are you root?)")
	return 1
}
