package site

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// frameAncestor matches one source that may frame the page: 'self', 'none', a
// star, a scheme or an origin. Anything else could end the directive.
var frameAncestor = regexp.MustCompile(
	`^('self'|'none'|\*|[a-z][a-z0-9+.-]*:|[a-z][a-z0-9+.-]*://(\*\.)?[A-Za-z0-9.-]+(:(\d+|\*))?)$`)

// framePage is the page that any site may show in a frame.
const framePage = "embed.html"

// host matches what a browser sends as Host, which goes into a policy.
var host = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?$`)

// policies are the content security policies of the responses. Workers take
// theirs from the response that holds their script, so that files other than
// the pages need one too.
type policies struct {
	page  string
	frame string // of framePage, for whose sources see ofFrame
}

func newPolicies(frameAncestors []string) (policies, error) {
	if len(frameAncestors) == 0 {
		frameAncestors = []string{"'self'"}
	}
	for _, source := range frameAncestors {
		if !frameAncestor.MatchString(source) {
			return policies{}, fmt.Errorf("frame ancestor %q: want 'self', 'none', a scheme or an origin", source)
		}
	}
	return policies{
		page: contentSecurityPolicy("'self'") + "; frame-ancestors " + strings.Join(frameAncestors, " "),
		// A star would not match a page on file:// or in an app, so the directive is
		// left out. Where the frame is sandboxed its origin has no workers but those
		// from blobs.
		frame: contentSecurityPolicy("'self' blob:"),
	}, nil
}

// ofFrame returns the policy of framePage at an address. WebKit does not take a
// frame that is sandboxed for the site's own, so that its origin is named, by both
// schemes: who serves may be behind a proxy.
func (p policies) ofFrame(address string) string {
	if !host.MatchString(address) {
		return p.frame
	}
	return strings.ReplaceAll(p.frame, "'self'", "'self' http://"+address+" https://"+address)
}

// contentSecurityPolicy returns the directives that all responses have.
func contentSecurityPolicy(workers string) string {
	return strings.Join([]string{
		"default-src 'self'",
		// WebAssembly may be compiled; eval stays forbidden.
		"script-src 'self' 'wasm-unsafe-eval'",
		"style-src 'self'",
		"worker-src " + workers,
		"connect-src 'self'",
		"img-src 'self' data:",
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
}

// setSecurityHeaders sets the headers of the answer for a file. Every file may be
// read by every page: none holds more than all visitors get, and a frame that its
// page has sandboxed has an origin of its own, which reads them from elsewhere.
func (h *Handler) setSecurityHeaders(header http.Header, name, address string) {
	policy := h.policies.page
	if name == framePage {
		policy = h.policies.ofFrame(address)
	}
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
}
