package agnhost

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tabernetes/engine/userland/process"
)

// serveHostname answers every request with the host name. After SIGTERM it stays
// for another minute.
func serveHostname(ctx context.Context, c *call) int {
	port := c.number("port", 9376)
	err := c.serve(ctx, port, func(request *http.Request) process.Reply {
		c.logf("HTTP request from %s", request.RemoteAddr)
		reply := process.Reply{Body: c.System.Hostname, Header: http.Header{}}
		if c.flags["close"] == "true" {
			reply.Header.Set("Connection", "close")
		}
		return reply
	})
	if err != nil {
		return c.fatal("%v", err)
	}
	c.logf("Serving on port %d.\n", port)
	c.Notify(process.SIGTERM, func() {
		c.logf("Shutting down after receiving signal: terminated.\n")
		c.logf("Awaiting pod deletion.\n")
		go func() {
			if c.System.Sleep(ctx, time.Minute) == nil {
				c.stop(exited(0))
			}
		}()
	})
	return c.wait(ctx)
}

// testWebServer serves the files of the container.
func testWebServer(ctx context.Context, c *call) int {
	c.onTerminate(ctx, signalled, 0)
	if err := c.serve(ctx, c.number("port", 80), c.file); err != nil {
		return c.fatal("%v", err)
	}
	return c.wait(ctx)
}

// file answers with a file, or with a directory's index.html or its list.
func (c *call) file(request *http.Request) process.Reply {
	header := http.Header{
		"Cache-Control": {"private"}, "Access-Control-Allow-Origin": {"*"}, "Access-Control-Allow-Credentials": {"true"},
	}
	files, name := c.System.FileSystem, path.Clean("/"+request.URL.Path)
	info, err := files.Stat(name)
	if err != nil {
		return httpError(http.StatusNotFound, "404 page not found")
	}
	if info.IsDir() {
		if data, err := files.ReadFile(path.Join(name, "index.html")); err == nil {
			return process.Reply{Header: header, Body: string(data)}
		}
		entries, err := files.ReadDir(name)
		if err != nil {
			return httpError(http.StatusInternalServerError, "Error reading directory")
		}
		var list strings.Builder
		list.WriteString("<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n")
		for _, entry := range entries {
			shown := entry.Name()
			if entry.IsDir() {
				shown += "/"
			}
			fmt.Fprintf(&list, "<a href=%q>%s</a>\n", (&url.URL{Path: shown}).String(), shown)
		}
		list.WriteString("</pre>\n")
		header.Set("Content-Type", "text/html; charset=utf-8")
		return process.Reply{Header: header, Body: list.String()}
	}
	data, err := files.ReadFile(name)
	if err != nil {
		return httpError(http.StatusForbidden, "403 Forbidden")
	}
	return process.Reply{Header: header, Body: string(data)}
}

// liveness is healthy for ten seconds.
func liveness(ctx context.Context, c *call) int {
	started := c.System.Now()
	c.onTerminate(ctx, signalled, 0)
	err := c.serve(ctx, 8080, func(request *http.Request) process.Reply {
		age := c.System.Now().Sub(started)
		switch request.URL.Path {
		case "/started":
			return process.Reply{Body: age.String()}
		case "/healthz":
			if age > 10*time.Second {
				return process.Reply{Status: http.StatusInternalServerError, Body: fmt.Sprintf("error: %v", age.Seconds())}
			}
			return process.Reply{Body: "ok"}
		case "/redirect":
			return redirect(request, request.URL.Query().Get("loc"), "")
		}
		return httpError(http.StatusNotFound, "404 page not found")
	})
	if err != nil {
		return c.fatal("%v", err)
	}
	return c.wait(ctx)
}

// Prefixes of the variables that tell porter its ports; the second is another name of
// the first.
const (
	portPrefix    = "SERVE_PORT_"
	tcpPortPrefix = "SERVE_TCP_PORT_"
	tlsPortPrefix = "SERVE_TLS_PORT_"
)

// porter answers on the ports that the environment names, with the values of the
// variables.
func porter(ctx context.Context, c *call) int {
	c.onTerminate(ctx, signalled, 0)
	for _, pair := range c.Env {
		name, value, _ := strings.Cut(pair, "=")
		for _, prefix := range []string{portPrefix, tcpPortPrefix, tlsPortPrefix} {
			port, err := strconv.ParseUint(strings.TrimPrefix(name, prefix), 10, 16)
			if err != nil || !strings.HasPrefix(name, prefix) {
				continue
			}
			if err := c.portServer(ctx, int(port), value, prefix == tlsPortPrefix); err != nil {
				c.logf("server on port %q failed: %v", strconv.FormatUint(port, 10), err)
			}
		}
	}
	return c.wait(ctx)
}

// portServer answers with a text at a port; by HTTPS with the certificate that the
// environment names, or the image's.
func (c *call) portServer(ctx context.Context, port int, text string, secure bool) error {
	var configuration *tls.Config
	if secure {
		var err error
		configuration, err = c.secured(cmp.Or(c.Getenv("CERT_FILE"), "localhost.crt"), cmp.Or(c.Getenv("KEY_FILE"), "localhost.key"))
		if err != nil {
			return err
		}
	}
	return c.serveTLS(ctx, port, configuration, func(request *http.Request) process.Reply {
		if c.flags["json-response"] != "true" {
			return process.Reply{Body: text}
		}
		reply := jsonReply(http.StatusOK, struct{ Method, Body string }{request.Method, text})
		reply.Header = http.Header{"Content-Type": {"application/json"}}
		return reply
	})
}

// book is the store of a guestbook.
type book struct {
	*call
	backend string // the port of the other servers

	mu       sync.Mutex
	store    map[string]any // guarded by mu
	replicas []string       // guarded by mu
}

// registration is how long a replica tries to register.
const registration = 15 * time.Second

// guestbook keeps values: the primary passes them on to its replicas, and the front
// end asks both.
func guestbook(ctx context.Context, c *call) int {
	b := &book{call: c, backend: "6379", store: map[string]any{}}
	if port := c.flags["backend-port"]; port != "" {
		b.backend = port
	}
	c.onTerminate(ctx, signalled, 0)
	if err := c.serve(ctx, c.number("http-port", 80), b.answer); err != nil {
		return c.fatal("%v", err)
	}
	if primary := c.flags["replicaof"]; primary != "" {
		if err := b.register(ctx, primary); err != nil && ctx.Err() == nil {
			return c.fatal("%v", err)
		}
	}
	return c.wait(ctx)
}

func (b *book) register(ctx context.Context, primary string) error {
	for began := b.System.Now(); b.System.Now().Sub(began) < registration; {
		request := "register?host=" + b.address()
		b.logf("Registering to primary: %s:%s/%s", primary, b.backend, request)
		text, err := b.get(ctx, fmt.Sprintf("http://%s:%s/%s", primary, b.backend, request))
		if err != nil {
			b.logf("encountered error while registering to primary: %v. Retrying in 1s.", err)
			if err := b.System.Sleep(ctx, time.Second); err != nil {
				return err
			}
			continue
		}
		var answer struct{ Data map[string]any }
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			return fmt.Errorf("Error while unmarshaling primary's response: %w", err)
		}
		b.mu.Lock()
		for key, value := range answer.Data {
			b.store[key] = value
		}
		b.mu.Unlock()
		b.logf("Registered to node: %s", primary)
		return nil
	}
	return fmt.Errorf("Timed out while registering to primary.") //nolint:staticcheck,revive // the text is agnhost's
}

// address is the container's address, by its own line of /etc/hosts.
func (b *book) address() string {
	text, _ := b.readFile("/etc/hosts")
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 1 && slices.Contains(words[1:], b.System.Hostname) {
			return words[0]
		}
	}
	return "127.0.0.1"
}

func (b *book) answer(request *http.Request) process.Reply {
	query := request.URL.Query()
	key, value := query.Get("key"), query.Get("value")
	switch request.URL.Path {
	case "/register":
		host := query.Get("host")
		b.logf("GET /register?host=%s", host)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.replicas = append(b.replicas, host)
		b.logf("Node '%s' registered.", host)
		return jsonReply(http.StatusOK, map[string]any{"data": b.store})
	case "/get":
		b.logf("GET /get?key=%s", key)
		b.mu.Lock()
		defer b.mu.Unlock()
		if key == "" {
			return jsonReply(http.StatusOK, map[string]any{"data": b.store})
		}
		found, known := b.store[key]
		if !known {
			found = ""
		}
		return jsonReply(http.StatusOK, map[string]any{"data": found})
	case "/set":
		b.logf("GET /set?key=%s&value=%s", key, value)
		if key == "" {
			return httpError(http.StatusBadRequest, "cannot set with empty key.")
		}
		return b.set(key, value)
	case "/guestbook":
		return b.front(strings.ToLower(query.Get("cmd")), key, value)
	}
	return httpError(http.StatusNotFound, "404 page not found")
}

// set keeps a value, and passes it on.
func (b *book) set(key, value string) process.Reply {
	b.mu.Lock()
	b.store[key] = value
	replicas := slices.Clone(b.replicas)
	b.mu.Unlock()
	updated := map[string]string{"message": "Updated"}
	if len(replicas) == 0 {
		return jsonReply(http.StatusOK, updated)
	}
	return process.Reply{Later: func(ctx context.Context) process.Reply {
		for _, replica := range replicas {
			if _, err := b.get(ctx, b.command(replica, "set", key, value)); err != nil {
				return httpError(http.StatusExpectationFailed, fmt.Sprintf("encountered error while propagating to replica '%s': %v", replica, err))
			}
		}
		return jsonReply(http.StatusOK, updated)
	}}
}

func (b *book) command(host, command, key, value string) string {
	return fmt.Sprintf("http://%s:%s/%s?key=%s&value=%s", host, b.backend, command, url.QueryEscape(key), url.QueryEscape(value))
}

// front asks the primary to set a value, or a replica for one.
func (b *book) front(command, key, value string) process.Reply {
	b.logf("GET /guestbook?cmd=%s&key=%s&value=%s", command, key, value)
	switch {
	case command != "get" && command != "set":
		return httpError(http.StatusBadRequest, fmt.Sprintf("unsupported cmd: '%s'", command))
	case command == "set" && key == "":
		return httpError(http.StatusBadRequest, "cannot set with empty key.")
	}
	host := map[string]string{"get": "agnhost-replica", "set": "agnhost-primary"}[command]
	return process.Reply{Later: func(ctx context.Context) process.Reply {
		text, err := b.get(ctx, b.command(host, command, key, value))
		if err != nil {
			return httpError(http.StatusExpectationFailed, fmt.Sprintf("encountered error: %v", err))
		}
		return process.Reply{Body: text}
	}}
}
