package site

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

const (
	indexName = "index.html"
	// versionLength is the least number of hexadecimal digits that name a
	// content.
	versionLength = 16
)

// ErrNotBuilt is returned by [New] for files without a page.
var ErrNotBuilt = errors.New("no " + indexName + `: run "make build"`)

// Options says what to serve.
type Options struct {
	// Files is the built site. Give a file system that cannot be left through
	// symbolic links, such as that of an os.Root.
	Files fs.FS
	// FrameAncestors are the sources that may show the page in a frame, in the
	// words of a content security policy. Empty: only the page's own origin.
	FrameAncestors []string
}

// Handler serves the files of a site. It is safe for concurrent use.
type Handler struct {
	files   fs.FS
	policy  string
	digests digests
}

// New returns a handler. The error is [ErrNotBuilt] when there is no page.
func New(options Options) (*Handler, error) {
	policy, err := contentSecurityPolicy(options.FrameAncestors)
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(options.Files, indexName); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNotBuilt
		}
		return nil, fmt.Errorf("find %q: %w", indexName, err)
	}
	return &Handler{files: options.Files, policy: policy, digests: digests{known: map[string]knownDigest{}}}, nil
}

// ServeHTTP answers GET and HEAD for the files of the site, conditionally and
// in ranges. A directory is answered by its index.html or not at all.
//
// Files keep their names from build to build, so a browser has to ask whether
// its copy is still good: "no-cache" means exactly that, store but ask, and the
// answer for an unchanged file is 304 without a body.
//
// A request that names the content, with the first digits of the file's SHA-256
// in hexadecimal as in "controlplane.wasm?v=0123456789abcdef", needs not ask
// again: its answer is marked as immutable. For WebAssembly this matters.
// Chromium keeps the machine code of a module with the time of the stored
// response, and each 304 moves that time on: what it stored then is not found
// the next time. With an immutable response it is found at every load.
func (h *Handler) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	h.setSecurityHeaders(writer.Header())
	if request.Method != http.MethodGet && request.Method != http.MethodHead {
		writer.Header().Set("Allow", "GET, HEAD")
		refuse(writer, http.StatusMethodNotAllowed)
		return
	}
	name, ok := fileName(request.URL.Path)
	if !ok {
		refuse(writer, http.StatusNotFound)
		return
	}
	info, err := fs.Stat(h.files, name)
	if err == nil && info.IsDir() {
		h.redirectToDirectory(writer, request, name)
		return
	}
	if err != nil || !info.Mode().IsRegular() {
		refuse(writer, http.StatusNotFound)
		return
	}
	h.serveFile(writer, request, name, info)
}

// fileName maps the path of a request to the name of a file. A path that is
// not in its shortest form, leaves the root or names a hidden file has none.
func fileName(urlPath string) (string, bool) {
	name, ok := strings.CutPrefix(urlPath, "/")
	if !ok {
		return "", false
	}
	if name == "" || strings.HasSuffix(name, "/") {
		name += indexName
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return "", false
	}
	for _, element := range strings.Split(name, "/") {
		if strings.HasPrefix(element, ".") {
			return "", false
		}
	}
	return name, true
}

// redirectToDirectory adds the slash that relative links on a page need.
func (h *Handler) redirectToDirectory(writer http.ResponseWriter, request *http.Request, name string) {
	if _, err := fs.Stat(h.files, path.Join(name, indexName)); err != nil {
		refuse(writer, http.StatusNotFound)
		return
	}
	target := request.URL.EscapedPath() + "/"
	if request.URL.RawQuery != "" {
		target += "?" + request.URL.RawQuery
	}
	writer.Header().Set("Cache-Control", "no-cache")
	http.Redirect(writer, request, target, http.StatusTemporaryRedirect)
}

func (h *Handler) serveFile(writer http.ResponseWriter, request *http.Request, name string, info fs.FileInfo) {
	accepted := request.Header.Get("Accept-Encoding")
	chosen, several := choose(h.files, name, info, accepted)
	mediaType := contentType(name)
	if original, ok := packedOnly(h.files, name, accepted); ok {
		chosen.encoding, several = "gzip", true
		mediaType = contentType(original)
	}
	content, err := chosen.open(h.files)
	if err != nil {
		refuse(writer, http.StatusInternalServerError)
		return
	}
	// Only read: closing cannot lose anything.
	defer func() { _ = content.Close() }()
	sum, err := h.digests.of(h.files, chosen)
	if err != nil {
		refuse(writer, http.StatusInternalServerError)
		return
	}
	header := writer.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Cache-Control", "no-cache")
	if h.namesContent(request.URL.Query().Get("v"), representation{name: name, info: info}) {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	// A digest of what is sent, so that a build that changes nothing leaves the
	// browser's copy valid.
	header.Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	if several {
		header.Set("Vary", "Accept-Encoding")
	}
	if chosen.encoding != "" {
		header.Set("Content-Encoding", chosen.encoding)
		// ServeContent leaves it out for encoded content, which it cannot know
		// to be the file itself.
		header.Set("Content-Length", strconv.FormatInt(chosen.info.Size(), 10))
	}
	http.ServeContent(writer, request, name, chosen.info.ModTime(), content)
}

// namesContent reports whether a version is the beginning of the digest of a
// file, long enough to mean this content and no other.
func (h *Handler) namesContent(version string, file representation) bool {
	if len(version) < versionLength {
		return false
	}
	sum, err := h.digests.of(h.files, file)
	return err == nil && strings.HasPrefix(hex.EncodeToString(sum[:]), version)
}

// refuse answers with a status and its name. What exactly went wrong with a
// file is nothing to tell a client.
func refuse(writer http.ResponseWriter, status int) {
	writer.Header().Set("Cache-Control", "no-store")
	http.Error(writer, http.StatusText(status), status)
}
