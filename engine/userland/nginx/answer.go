package nginx

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// proxyTimeout is nginx's proxy_read_timeout.
const proxyTimeout = 60 * time.Second

// maxPassed bounds the body of an answer that is passed on, in bytes.
const maxPassed = 16 << 20

// types are those of nginx's mime.types that a web site is made of.
var types = map[string]string{
	".html": "text/html", ".htm": "text/html", ".css": "text/css", ".xml": "text/xml", ".gif": "image/gif",
	".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "application/javascript", ".txt": "text/plain", ".png": "image/png",
	".svg": "image/svg+xml", ".webp": "image/webp", ".ico": "image/x-icon", ".woff": "font/woff", ".woff2": "font/woff2",
	".json": "application/json", ".pdf": "application/pdf", ".wasm": "application/wasm", ".zip": "application/zip",
}

// answer answers a request at a port.
func (r *running) answer(at *port, request *http.Request) process.Reply {
	request = request.Clone(request.Context())
	if request.URL.Scheme = "http"; at.tls != nil {
		request.URL.Scheme = "https"
	}
	chosen := at.serverFor(request.Host)
	where, in := chosen.locationFor(request.URL.Path)
	if where.pass != "" {
		return process.Reply{Later: func(ctx context.Context) process.Reply {
			return r.logged(request, r.passOn(ctx, request, where, in))
		}}
	}
	return r.logged(request, r.local(request, chosen, where, in, 0))
}

// serverFor is the virtual server of a host name; the first one if none has the name.
func (p *port) serverFor(host string) *server {
	name, _, _ := strings.Cut(host, ":")
	for _, one := range p.servers {
		for _, wanted := range one.names {
			suffix, wild := strings.CutPrefix(wanted, "*")
			if wanted == name || wild && strings.HasSuffix(name, suffix) {
				return one
			}
		}
	}
	return p.servers[0]
}

// locationFor chooses by nginx's rules: an exact path, the longest prefix if it says
// so, the first pattern, the longest prefix.
func (s *server) locationFor(at string) (*scope, *location) {
	var longest *location
	for _, one := range s.locations {
		switch {
		case one.kind == "=" && one.path == at:
			return &one.scope, one
		case one.kind == "" || one.kind == "^~":
			if strings.HasPrefix(at, one.path) && (longest == nil || len(one.path) > len(longest.path)) {
				longest = one
			}
		}
	}
	if longest == nil || longest.kind != "^~" {
		for _, one := range s.locations {
			if one.pattern != nil && one.pattern.MatchString(at) {
				return &one.scope, one
			}
		}
	}
	if longest == nil {
		return &s.scope, nil
	}
	return &longest.scope, longest
}

// local answers without another server.
func (r *running) local(request *http.Request, from *server, where *scope, in *location, redirected int) process.Reply {
	header := http.Header{}
	for _, one := range where.added {
		header.Set(one[0], r.expand(one[1], request))
	}
	if len(where.answer) > 0 {
		return r.returned(request, where, header)
	}
	for n, try := range where.tries {
		target := r.expand(try, request)
		last := n == len(where.tries)-1
		switch code, isCode := strings.CutPrefix(target, "="); {
		case last && isCode:
			number, _ := strconv.Atoi(code)
			return r.failed(number, header)
		case last && redirected < 10:
			again := request.Clone(request.Context())
			again.URL.Path = target
			next, inside := from.locationFor(target)
			if next == where {
				copied := *next
				copied.tries = nil
				next = &copied
			}
			return r.local(again, from, next, inside, redirected+1)
		case r.has(where.file(target, in), strings.HasSuffix(target, "/")):
			return r.file(where, in, target, header)
		}
	}
	return r.file(where, in, request.URL.Path, header)
}

// has reports whether there is a file, or a directory.
func (r *running) has(name string, directory bool) bool {
	info, err := r.System.FileSystem.Stat(name)
	return err == nil && info.IsDir() == directory
}

// returned is the answer of a return.
func (r *running) returned(request *http.Request, where *scope, header http.Header) process.Reply {
	code, err := strconv.Atoi(where.answer[0])
	text := ""
	if err != nil {
		code, text = http.StatusFound, where.answer[0]
	} else if len(where.answer) > 1 {
		text = where.answer[1]
	}
	text = r.expand(text, request)
	switch {
	case code/100 == 3 && text != "":
		reply := r.failed(code, header)
		reply.Header.Set("Location", text)
		return reply
	case len(where.answer) == 1 && code >= 300:
		return r.failed(code, header)
	}
	header.Set("Content-Type", where.kind)
	header.Set("Server", r.version)
	return process.Reply{Status: code, Header: header, Body: text}
}

// file is the file of a path.
func (s *scope) file(at string, in *location) string {
	at = path.Clean("/" + at)
	if s.alias != "" && in != nil {
		return path.Join(s.alias, strings.TrimPrefix(at, in.path))
	}
	return path.Join(s.root, at)
}

func (r *running) file(where *scope, in *location, at string, header http.Header) process.Reply {
	files, name := r.System.FileSystem, where.file(at, in)
	info, err := files.Stat(name)
	if err == nil && info.IsDir() {
		if !strings.HasSuffix(at, "/") {
			reply := r.failed(http.StatusMovedPermanently, header)
			reply.Header.Set("Location", at+"/")
			return reply
		}
		directory := name
		name = ""
		for _, index := range where.index {
			if r.has(path.Join(directory, index), false) {
				name = path.Join(directory, index)
				break
			}
		}
		if name == "" {
			r.errorLog("directory index of %q is forbidden", directory+"/")
			return r.failed(http.StatusForbidden, header)
		}
	}
	data, err := files.ReadFile(name)
	if err != nil {
		r.errorLog("open() %q failed (%d: %s)", name, number(err), filesystem.Text(err))
		return r.failed(http.StatusNotFound, header)
	}
	header.Set("Content-Type", cmp.Or(types[path.Ext(name)], where.kind))
	header.Set("Server", r.version)
	return process.Reply{Status: http.StatusOK, Header: header, Body: string(data)}
}

// failed is nginx's own page for a code. Headers are not added to errors.
func (r *running) failed(code int, header http.Header) process.Reply {
	if code >= http.StatusBadRequest {
		header = http.Header{}
	}
	title := fmt.Sprintf("%d %s", code, http.StatusText(code))
	header.Set("Content-Type", "text/html")
	header.Set("Server", r.version)
	return process.Reply{Status: code, Header: header, Body: fmt.Sprintf(
		"<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n<hr><center>%s</center>\r\n</body>\r\n</html>\r\n", title, title, r.version)}
}

// passOn asks another server.
func (r *running) passOn(ctx context.Context, request *http.Request, where *scope, in *location) process.Reply {
	target, err := url.Parse(r.expand(where.pass, request))
	if err != nil {
		return r.failed(http.StatusInternalServerError, http.Header{})
	}
	host := target.Host
	if group := r.site.groups[target.Host]; len(group) > 0 {
		target.Host = group[int(r.turn.Add(1)-1)%len(group)]
	}
	if target.Path == "" {
		target.Path = request.URL.Path
	} else if in != nil && in.pattern == nil {
		target.Path += strings.TrimPrefix(request.URL.Path, in.path)
	}
	target.RawQuery = request.URL.RawQuery
	ctx, cancel := context.WithTimeout(process.WithTrust(ctx, process.Trust{Insecure: true}), proxyTimeout)
	defer cancel()
	body := []byte(nil)
	if request.Body != nil {
		body, _ = io.ReadAll(io.LimitReader(request.Body, maxPassed)) // a client that has gone needs no answer
	}
	passed, err := http.NewRequestWithContext(ctx, request.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return r.failed(http.StatusInternalServerError, http.Header{})
	}
	passed.Header, passed.Host = request.Header.Clone(), host
	passed.Header.Del("Connection")
	for _, one := range where.sentHeaders {
		if value := r.expand(one[1], request); strings.EqualFold(one[0], "Host") {
			passed.Host = value
		} else {
			passed.Header.Set(one[0], value)
		}
	}
	if r.System.Network == nil {
		return r.failed(http.StatusBadGateway, http.Header{})
	}
	response, err := r.System.Network.RoundTrip(passed)
	if err != nil {
		code, why := http.StatusBadGateway, "connect() failed (111: Connection refused) while connecting to upstream"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			code, why = http.StatusGatewayTimeout, "upstream timed out (110: Connection timed out) while connecting to upstream"
		}
		r.errorLog("*1 %s, client: %s, upstream: %q", why, client(request), target)
		return r.failed(code, http.Header{})
	}
	defer response.Body.Close() //nolint:errcheck // it has been read
	text, err := io.ReadAll(io.LimitReader(response.Body, maxPassed))
	if err != nil {
		return r.failed(http.StatusBadGateway, http.Header{})
	}
	header := response.Header.Clone()
	header.Set("Server", r.version)
	header.Del("Content-Length")
	for _, one := range where.added {
		header.Set(one[0], r.expand(one[1], request))
	}
	return process.Reply{Status: response.StatusCode, Header: header, Body: string(text)}
}

// client is the address of a request's client.
func client(request *http.Request) string {
	address, _, _ := strings.Cut(request.RemoteAddr, ":")
	return address
}

// expand replaces the variables in a text.
func (r *running) expand(text string, request *http.Request) string {
	if !strings.Contains(text, "$") {
		return text
	}
	host, _, _ := strings.Cut(request.Host, ":")
	variables := map[string]string{
		"host": host, "http_host": request.Host, "hostname": r.System.Hostname, "uri": request.URL.Path,
		"request_uri": request.URL.RequestURI(), "args": request.URL.RawQuery, "scheme": request.URL.Scheme, "remote_addr": client(request),
		"proxy_add_x_forwarded_for": strings.TrimPrefix(request.Header.Get("X-Forwarded-For")+", "+client(request), ", "),
		"request_method":            request.Method, "server_name": host, "nginx_version": strings.TrimPrefix(r.version, "nginx/"),
	}
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		name := strings.Trim(found, "${}")
		if value, known := variables[name]; known {
			return value
		}
		if header, ok := strings.CutPrefix(name, "http_"); ok {
			return request.Header.Get(strings.ReplaceAll(header, "_", "-"))
		}
		return ""
	})
}
