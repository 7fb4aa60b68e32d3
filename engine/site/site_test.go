package site

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var (
	built = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	later = built.Add(time.Second)
)

// builtSite returns a small built site. The bytes of the module's compressed forms
// tell which of them was sent.
func builtSite() fstest.MapFS {
	file := func(content string, modified time.Time) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(content), ModTime: modified, Mode: 0o644}
	}
	return fstest.MapFS{
		"index.html":            file("<!doctype html>", built),
		"app.js":                file("page()", built),
		"styles.css":            file("body {}", built),
		"icon.svg":              file("<svg/>", built),
		"controlplane.wasm":     file("\x00asm and more", built),
		"controlplane.wasm.zst": file("zstd form", later),
		"controlplane.wasm.br":  file("brotli form", later),
		"controlplane.wasm.gz":  file("gzip form", later),
		"deferred.wasm.gz":      file("packed module", built),
		"sw.js":                 file("answer()", built),
		"manifest.webmanifest":  file("{}", built),
		"stale.js":              file("new", later),
		"stale.js.gz":           file("left over", built),
		"lessons/index.json":    file("[]", built),
		"lessons/a/a.yaml":      file("kind: Pod", built),
		"embed/index.html":      file("<!doctype html><p>embed", built),
		"embed.html":            file("<!doctype html><p>frame", built),
		".secret":               file("hidden", built),
		"lessons/.git/config":   file("hidden", built),
	}
}

func newHandler(t *testing.T, files fs.FS) *Handler {
	t.Helper()
	handler, err := New(Options{Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// get sends a request with headers given as alternating names and values.
func get(handler http.Handler, method, target string, headers ...string) *http.Response {
	request := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Result()
}

func closeAtEnd(t *testing.T, resource io.Closer) {
	t.Cleanup(func() {
		if err := resource.Close(); err != nil {
			t.Error(err)
		}
	})
}

func body(t *testing.T, response *http.Response) string {
	t.Helper()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestServesFilesWithTheirTypes(t *testing.T) {
	handler := newHandler(t, builtSite())
	cases := []struct{ target, contentType, content string }{
		{"/", "text/html; charset=utf-8", "<!doctype html>"},
		{"/index.html", "text/html; charset=utf-8", "<!doctype html>"},
		{"/?lesson=rolling-update", "text/html; charset=utf-8", "<!doctype html>"},
		{"/app.js", "text/javascript; charset=utf-8", "page()"},
		{"/styles.css", "text/css; charset=utf-8", "body {}"},
		{"/sw.js", "text/javascript; charset=utf-8", "answer()"},
		{"/manifest.webmanifest", "application/manifest+json", "{}"},
		{"/icon.svg", "image/svg+xml", "<svg/>"},
		{"/controlplane.wasm", "application/wasm", "\x00asm and more"},
		{"/lessons/index.json", "application/json", "[]"},
		{"/lessons/a/a.yaml", "application/yaml", "kind: Pod"},
		{"/embed/", "text/html; charset=utf-8", "<!doctype html><p>embed"},
	}
	for _, c := range cases {
		response := get(handler, http.MethodGet, c.target)
		if got := body(t, response); response.StatusCode != http.StatusOK || got != c.content {
			t.Errorf("%s: got status %d and %q, want %q", c.target, response.StatusCode, got, c.content)
		}
		if got := response.Header.Get("Content-Type"); got != c.contentType {
			t.Errorf("%s: got type %q, want %q", c.target, got, c.contentType)
		}
		if got, want := response.Header.Get("Content-Length"), fmt.Sprint(len(c.content)); got != want {
			t.Errorf("%s: got length %q, want %q", c.target, got, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	handler := newHandler(t, builtSite())
	cases := []struct {
		method, target string
		status         int
	}{
		{http.MethodGet, "/nothing", http.StatusNotFound},
		// No directory listings.
		{http.MethodGet, "/lessons/", http.StatusNotFound},
		{http.MethodGet, "/lessons", http.StatusNotFound},
		{http.MethodGet, "/.secret", http.StatusNotFound},
		{http.MethodGet, "/lessons/.git/config", http.StatusNotFound},
		{http.MethodGet, "/index.html/", http.StatusNotFound},
		{http.MethodGet, "//index.html", http.StatusNotFound},
		{http.MethodGet, "/./index.html", http.StatusNotFound},
		{http.MethodGet, "/lessons/../index.html", http.StatusNotFound},
		{http.MethodGet, "/lessons/%2e%2e/index.html", http.StatusNotFound},
		{http.MethodGet, "/lessons%5c..%5cindex.html", http.StatusNotFound},
		{http.MethodGet, "/index.html%00", http.StatusNotFound},
		{http.MethodPost, "/", http.StatusMethodNotAllowed},
		{http.MethodOptions, "/", http.StatusMethodNotAllowed},
	}
	for _, c := range cases {
		response := get(handler, c.method, c.target)
		if response.StatusCode != c.status {
			t.Errorf("%s %s: got status %d, want %d", c.method, c.target, response.StatusCode, c.status)
		}
		if got := response.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s %s: got Cache-Control %q, want no-store", c.method, c.target, got)
		}
	}
}

func TestDirectoryIsRedirectedToItsPage(t *testing.T) {
	response := get(newHandler(t, builtSite()), http.MethodGet, "/embed?lesson=a")
	if got, want := response.Header.Get("Location"), "/embed/?lesson=a"; got != want {
		t.Errorf("got status %d to %q, want a redirect to %q", response.StatusCode, got, want)
	}
}

func TestHeadHasNoBody(t *testing.T) {
	response := get(newHandler(t, builtSite()), http.MethodHead, "/app.js")
	if got := body(t, response); got != "" || response.Header.Get("Content-Length") != "6" {
		t.Errorf("got body %q and length %q", got, response.Header.Get("Content-Length"))
	}
}

func TestSecurityHeadersOnEveryAnswer(t *testing.T) {
	handler := newHandler(t, builtSite())
	want := map[string]string{
		"Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
			"worker-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
			"form-action 'none'; frame-ancestors 'self'",
		"X-Content-Type-Options": "nosniff",
		"Referrer-Policy":        "no-referrer",
		// A sandboxed frame reads the site's files from another origin.
		"Access-Control-Allow-Origin":  "*",
		"Cross-Origin-Resource-Policy": "cross-origin",
	}
	for _, target := range []string{"/", "/app.js", "/nothing", "/embed"} {
		response := get(handler, http.MethodGet, target)
		for name, value := range want {
			if got := response.Header.Get(name); got != value {
				t.Errorf("%s: got %s %q, want %q", target, name, got, value)
			}
		}
	}
}

// TestAnySiteMayShowTheFramePage checks that the page for frames, and only it, is
// free of frame-ancestors and may have workers from blobs.
func TestAnySiteMayShowTheFramePage(t *testing.T) {
	handler := newHandler(t, builtSite())
	for target, isFrame := range map[string]bool{
		"/embed.html": true, "/embed.html?start=auto": true, "/": false, "/index.html": false, "/embed/": false,
	} {
		policy := get(handler, http.MethodGet, target).Header.Get("Content-Security-Policy")
		if got := !strings.Contains(policy, "frame-ancestors"); got != isFrame {
			t.Errorf("%s: any site may show it: got %v, want %v; policy %q", target, got, isFrame, policy)
		}
		if got := strings.Contains(policy, "worker-src 'self' http://example.com https://example.com blob:"); got != isFrame {
			t.Errorf("%s: workers from blobs: got %v, want %v; policy %q", target, got, isFrame, policy)
		}
	}
}

// TestFramePolicyNamesNoStrangeHost checks that what a client sends as Host cannot end a
// directive.
func TestFramePolicyNamesNoStrangeHost(t *testing.T) {
	handler := newHandler(t, builtSite())
	for host, want := range map[string]bool{
		"site.example": true, "127.0.0.1:8080": true, "[::1]:8080": true,
		"a.example; script-src *": false, "a.example 'unsafe-inline'": false, "*": false, "": false,
	} {
		request := httptest.NewRequest(http.MethodGet, "/embed.html", nil)
		request.Host = host
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		policy := recorder.Result().Header.Get("Content-Security-Policy")
		if got := strings.Contains(policy, "http://"); got != want {
			t.Errorf("host %q: it is named: got %v, want %v; policy %q", host, got, want, policy)
		}
	}
}

func TestFrameAncestors(t *testing.T) {
	allowed := []string{"https://example.com", "https://*.example.com:8443", "http://127.0.0.1:*", "https:", "'self'"}
	handler, err := New(Options{Files: builtSite(), FrameAncestors: allowed})
	if err != nil {
		t.Fatal(err)
	}
	policy := get(handler, http.MethodGet, "/").Header.Get("Content-Security-Policy")
	if want := "; frame-ancestors " + strings.Join(allowed, " "); !strings.HasSuffix(policy, want) {
		t.Errorf("policy %q does not end in %q", policy, want)
	}
	for _, source := range []string{"", "example.com", "'unsafe-inline'", "*; script-src *", "https://a.com\r\nX: y", "https://a.com,b"} {
		if _, err := New(Options{Files: builtSite(), FrameAncestors: []string{source}}); err == nil {
			t.Errorf("frame ancestor %q is accepted", source)
		}
	}
}

func TestCompressedForms(t *testing.T) {
	handler := newHandler(t, builtSite())
	cases := []struct{ accept, encoding, content string }{
		{"gzip, deflate, br, zstd", "zstd", "zstd form"},
		{"gzip, deflate, br", "br", "brotli form"},
		{"br;q=0, gzip", "gzip", "gzip form"},
		{"GZIP; q=0.5", "gzip", "gzip form"},
		{"gzip;q=0.0", "", "\x00asm and more"},
		{"gzip;q=x", "", "\x00asm and more"},
		{"", "", "\x00asm and more"},
		{"*", "", "\x00asm and more"},
		{"identity", "", "\x00asm and more"},
	}
	seen := map[string]string{}
	for _, c := range cases {
		response := get(handler, http.MethodGet, "/controlplane.wasm", "Accept-Encoding", c.accept)
		header := response.Header
		if got := body(t, response); got != c.content || header.Get("Content-Encoding") != c.encoding {
			t.Errorf("accept %q: got %q encoded as %q, want %q as %q",
				c.accept, got, header.Get("Content-Encoding"), c.content, c.encoding)
		}
		if header.Get("Content-Type") != "application/wasm" || header.Get("Vary") != "Accept-Encoding" ||
			header.Get("Content-Length") != fmt.Sprint(len(c.content)) {
			t.Errorf("accept %q: got headers %v", c.accept, header)
		}
		if other, ok := seen[header.Get("ETag")]; ok && other != c.encoding {
			t.Errorf("encodings %q and %q share the entity tag %s", other, c.encoding, header.Get("ETag"))
		}
		seen[header.Get("ETag")] = c.encoding
	}
	if got := body(t, get(handler, http.MethodGet, "/stale.js", "Accept-Encoding", "gzip")); got != "new" {
		t.Errorf("a compressed file older than its original is sent: %q", got)
	}
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	handler := newHandler(t, builtSite())
	for _, encoding := range []string{"", "gzip", "br", "zstd"} {
		first := get(handler, http.MethodGet, "/controlplane.wasm", "Accept-Encoding", encoding)
		tag := first.Header.Get("ETag")
		if got := first.Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("got Cache-Control %q, want no-cache", got)
		}
		second := get(handler, http.MethodGet, "/controlplane.wasm", "Accept-Encoding", encoding, "If-None-Match", tag)
		if got := body(t, second); second.StatusCode != http.StatusNotModified || got != "" {
			t.Errorf("encoding %q with its tag: got status %d and %q, want 304", encoding, second.StatusCode, got)
		}
		if second.Header.Get("ETag") != tag || second.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("304 has headers %v", second.Header)
		}
		other := get(handler, http.MethodGet, "/controlplane.wasm", "Accept-Encoding", encoding, "If-None-Match", `"other"`)
		if other.StatusCode != http.StatusOK {
			t.Errorf("encoding %q with another tag: got status %d, want 200", encoding, other.StatusCode)
		}
	}
	modified := get(handler, http.MethodGet, "/app.js", "If-Modified-Since", built.Format(http.TimeFormat))
	if modified.StatusCode != http.StatusNotModified {
		t.Errorf("not modified since: got status %d, want 304", modified.StatusCode)
	}
}

// TestTagFollowsTheContent rebuilds the site in the ways a build can.
func TestTagFollowsTheContent(t *testing.T) {
	directory := t.TempDir()
	write := func(content string, modified time.Time) {
		t.Helper()
		for _, name := range []string{"index.html", "app.js"} {
			name = filepath.Join(directory, name)
			if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, modified, modified); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("one", built)
	handler := newHandler(t, os.DirFS(directory))
	tag := func() string { return get(handler, http.MethodGet, "/app.js").Header.Get("ETag") }
	first := tag()
	write("one", later)
	if got := tag(); got != first {
		t.Errorf("same content, new time: tag went from %s to %s", first, got)
	}
	write("two", later.Add(time.Second))
	if got := tag(); got == first {
		t.Errorf("new content of the same length: tag is still %s", got)
	}
}

func TestVersionThatNamesTheContentIsImmutable(t *testing.T) {
	files := builtSite()
	handler := newHandler(t, files)
	sum := sha256.Sum256(files["controlplane.wasm"].Data)
	digest := hex.EncodeToString(sum[:])
	const immutable = "public, max-age=31536000, immutable"
	cases := map[string]string{
		digest[:16]:                immutable,
		digest:                     immutable,
		digest[:15]:                "no-cache",
		"":                         "no-cache",
		"0123456789abcdef":         "no-cache",
		strings.ToUpper(digest):    "no-cache",
		digest + "0":               "no-cache",
		strings.Repeat("0", 1<<12): "no-cache",
	}
	for version, want := range cases {
		for _, encoding := range []string{"", "gzip", "br", "zstd"} {
			response := get(handler, http.MethodGet, "/controlplane.wasm?v="+version, "Accept-Encoding", encoding)
			if got := response.Header.Get("Cache-Control"); response.StatusCode != http.StatusOK || got != want {
				t.Errorf("version %q, encoding %q: got status %d and Cache-Control %q, want %q",
					version, encoding, response.StatusCode, got, want)
			}
		}
	}
}

func TestRanges(t *testing.T) {
	handler := newHandler(t, builtSite())
	response := get(handler, http.MethodGet, "/controlplane.wasm", "Range", "bytes=1-3", "Accept-Encoding", "gzip")
	if got := body(t, response); response.StatusCode != http.StatusPartialContent || got != "zip" {
		t.Errorf("got status %d and %q, want 206 and a part of the gzip form", response.StatusCode, got)
	}
	if got := response.Header.Get("Content-Length"); got != "3" {
		t.Errorf("got length %q, want 3", got)
	}
}

// noSeek is a file system whose files only read, like that of an archive.
type noSeek struct{ fs.FS }

func (n noSeek) Open(name string) (fs.File, error) {
	file, err := n.FS.Open(name)
	return struct{ fs.File }{file}, err
}

func TestServesFilesThatCannotSeek(t *testing.T) {
	handler := newHandler(t, noSeek{builtSite()})
	if got := body(t, get(handler, http.MethodGet, "/app.js")); got != "page()" {
		t.Errorf("got %q", got)
	}
}

func TestNewWithoutAPage(t *testing.T) {
	if _, err := New(Options{Files: fstest.MapFS{"app.js": {}}}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("got error %v, want ErrNotBuilt", err)
	} else if !strings.Contains(err.Error(), `run "make build"`) {
		t.Errorf("error %q does not say what to do", err)
	}
}

// TestStaysInsideTheDirectory sends paths as no client library would, and puts
// a symbolic link in the way.
func TestStaysInsideTheDirectory(t *testing.T) {
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.txt")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	directory := filepath.Join(outside, "dist")
	if err := os.Mkdir(directory, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(directory, "index.html"), []byte("page"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(directory, "link.txt")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, root)
	server := httptest.NewServer(newHandler(t, root.FS()))
	defer server.Close()
	paths := []string{
		"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/a/../../secret.txt", "//../secret.txt",
		"/..\\secret.txt", "/link.txt", "../secret.txt", secret, "/" + secret,
	}
	for _, path := range paths {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got := body(t, response); response.StatusCode < 400 || strings.Contains(got, "secret") {
			t.Errorf("%s: got status %d and %q", path, response.StatusCode, got)
		}
		if err := connection.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestListen(t *testing.T) {
	listener, err := Listen(":0")
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, listener)
	if !IsLoopback(listener.Addr()) {
		t.Errorf("without a host it listens on %v", listener.Addr())
	}
	address := listener.Addr().String()
	_, err = Listen(address)
	if want := "address " + address + " is in use; set PORT=... or --listen"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q", err, want)
	}
	for _, wrong := range []string{"8080", "127.0.0.1", "127.0.0.1:99999", "no such host:80"} {
		if listener, err := Listen(wrong); err == nil {
			closeAtEnd(t, listener)
			t.Errorf("address %q is accepted", wrong)
		}
	}
	if IsLoopback(&net.TCPAddr{IP: net.IPv4zero}) || IsLoopback(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}) {
		t.Error("an address of the network is taken for loopback")
	}
}

func TestAFileThatIsOnlyPackedIsSentAsItsContent(t *testing.T) {
	handler := newHandler(t, builtSite())
	digest := sha256.Sum256([]byte("packed module"))
	for _, test := range []struct {
		target, accepts              string
		mediaType, encoding, caching string
	}{
		{"/deferred.wasm.gz", "gzip, br", "application/wasm", "gzip", "no-cache"},
		{"/deferred.wasm.gz?v=" + hex.EncodeToString(digest[:8]), "gzip", "application/wasm", "gzip", "public, max-age=31536000, immutable"},
		{"/deferred.wasm.gz", "br", "application/octet-stream", "", "no-cache"},
		// Its original is there, too: it is a file of its own.
		{"/controlplane.wasm.gz", "gzip", "application/octet-stream", "", "no-cache"},
	} {
		response := get(handler, http.MethodGet, test.target, "Accept-Encoding", test.accepts)
		got := [...]string{response.Header.Get("Content-Type"), response.Header.Get("Content-Encoding"), response.Header.Get("Cache-Control")}
		if want := [...]string{test.mediaType, test.encoding, test.caching}; got != want {
			t.Errorf("%s for %q: got %q, want %q", test.target, test.accepts, got, want)
		}
		if text := body(t, response); test.target != "/controlplane.wasm.gz" && text != "packed module" {
			t.Errorf("%s for %q: got the bytes %q", test.target, test.accepts, text)
		}
	}
}
