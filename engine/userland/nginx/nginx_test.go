package nginx

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

const main = "events {}\nhttp {\n  include mime.types;\n  include /etc/nginx/conf.d/*.conf;\n}\n"

func configured(t *testing.T, text string) *filesystem.FileSystem {
	t.Helper()
	files := filesystem.New(filesystem.Options{})
	for name, text := range map[string]string{
		"/etc/nginx/nginx.conf": main, "/etc/nginx/conf.d/default.conf": text, "/etc/nginx/conf.d/README": "not { read",
		"/srv/index.html": "start", "/srv/a/page.html": "page", "/srv/data.json": "{}", "/other/x.txt": "x",
	} {
		if err := files.MkdirAll(name[:strings.LastIndexByte(name, '/')], 0o755); err != nil {
			t.Fatal(err)
		}
		if err := files.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func get(t *testing.T, address string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"server {\n  listen 80;\n": `unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:3`,
		"server {\n  listen 80\n}": `unexpected "}" in /etc/nginx/conf.d/default.conf:3`,
		"}":                        `unexpected "}" in /etc/nginx/conf.d/default.conf:1`,
		"server { listen 80; # ends\n return 200 \"x;": `unexpected end of file, expecting """ in /etc/nginx/conf.d/default.conf:2`,
		"server { listen seventy; }":                   `invalid port in "seventy" of the "listen" directive in /etc/nginx/conf.d/default.conf:1`,
		"server { listen 443 ssl; }":                   `no "ssl_certificate" is defined for the "listen ... ssl" directive in /etc/nginx/conf.d/default.conf:1`,
		"server { listen 443 ssl; ssl_certificate /tls.crt; ssl_certificate_key /tls.key; }": `cannot load certificate "/tls.crt": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/tls.crt, r) error:10000080:BIO routines::no such file)`,
		"server { location / { proxy_pass backend; } }":                                      `invalid URL prefix in /etc/nginx/conf.d/default.conf:1`,
		"upstream u { }":              `no servers are inside upstream in /etc/nginx/conf.d/default.conf:1`,
		"include conf.d/gone.conf;":   `open() "/etc/nginx/conf.d/conf.d/gone.conf" failed (2: No such file or directory)`,
		"include default.conf;":       "too many included files in /etc/nginx/conf.d/default.conf:1",
		"server { location ~ ( { } }": `pcre2_compile() failed: error parsing regexp: missing closing ): ` + "`(`" + ` in "(" in /etc/nginx/conf.d/default.conf:1`,
	} {
		if _, err := readSite(configured(t, text)); err == nil || err.Error() != want {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	files := configured(t, `
# Two servers share a port: the name decides.
server {
  listen 80 default_server;
  listen [::]:80;
  root /srv;
  add_header X-From "$hostname$uri";
  location = /exact { return 204; }
  location /a { }
  location /other/ { alias /other/; default_type text/x; }
  location ~ \.json$ { add_header X-Kind json; }
  location ^~ /raw/ { return 200 'raw ${scheme} "$args"'; }
  location /app/ { try_files $uri $uri/ /index.html; }
  location /old { return 301 https://$host$request_uri; }
  location /never { try_files $uri =410; }
}
server { listen 80; server_name named.example.com *.wild.example.com; return 200 "named\n"; }
`)
	site, err := readSite(files)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{
		Invocation: &process.Invocation{Args: []string{"nginx"}, System: &process.System{FileSystem: files, Hostname: "box"}},
		site:       site, version: "nginx/1.29",
	}
	var output strings.Builder
	r.Stdout, r.Stderr = &output, &output
	for _, test := range []struct{ url, want string }{
		{"http://box/", "200 text/html start box/"},
		{"http://box/exact", "204 text/plain "},
		{"http://box/a/page.html", "200 text/html page"},
		{"http://box/a", "301 text/html"},
		{"http://box/a/", "403 text/html"},
		{"http://box/data.json", "200 application/json {}"},
		{"http://box/raw/x.json?q=1", `200 text/plain raw http "q=1"`},
		{"http://box/other/x.txt", "200 text/plain x"},
		{"http://box/app/deep", "200 text/html start"},
		{"http://box/never", "410 text/html"},
		{"http://box/gone", "404 text/html <html>\r\n<head><title>404 Not Found</title></head>"},
		{"http://named.example.com/any", "200 text/plain named"},
		{"http://a.wild.example.com/any", "200 text/plain named"},
	} {
		reply := r.answer(site.ports[80], get(t, test.url))
		got := fmt.Sprintf("%d %s %s", reply.Status, reply.Header.Get("Content-Type"), reply.Body)
		want, header, _ := strings.Cut(test.want, " box")
		if !strings.HasPrefix(got, want) || header != "" && reply.Header.Get("X-From") != "box"+header {
			t.Errorf("%s:\ngot  %q with %v\nwant %q", test.url, got, reply.Header, test.want)
		}
	}
	redirected := r.answer(site.ports[80], get(t, "http://box/old?x=1"))
	if got, want := redirected.Header.Get("Location"), "https://box/old?x=1"; got != want {
		t.Errorf("got the location %s, want %s", got, want)
	}
	kinds := r.answer(site.ports[80], get(t, "http://box/data.json")).Header
	if kinds.Get("X-Kind") != "json" || kinds.Get("X-From") != "" {
		t.Errorf("a block with headers of its own hands down %v", kinds)
	}
	lines := strings.Split(strings.TrimSpace(output.String()), "\n")
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, `"GET /exact HTTP/1.1" 204 0 "-" "-" "-"`) }) ||
		!slices.ContainsFunc(lines, func(line string) bool {
			return strings.Contains(line, `[error] 1#1: open() "/srv/gone" failed (2: No such file or directory)`)
		}) {
		t.Errorf("the logs are %q", lines)
	}
}
