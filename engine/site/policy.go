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

// contentSecurityPolicy returns the policy sent with every response. Workers
// take theirs from the response that holds their script, so that files other
// than the page need it too.
func contentSecurityPolicy(frameAncestors []string) (string, error) {
	if len(frameAncestors) == 0 {
		frameAncestors = []string{"'self'"}
	}
	for _, source := range frameAncestors {
		if !frameAncestor.MatchString(source) {
			return "", fmt.Errorf("frame ancestor %q: want 'self', 'none', a scheme or an origin", source)
		}
	}
	return strings.Join([]string{
		"default-src 'self'",
		// WebAssembly may be compiled; eval stays forbidden.
		"script-src 'self' 'wasm-unsafe-eval'",
		"style-src 'self'",
		"worker-src 'self'",
		"connect-src 'self'",
		"img-src 'self' data:",
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors " + strings.Join(frameAncestors, " "),
	}, "; "), nil
}

func (h *Handler) setSecurityHeaders(header http.Header) {
	header.Set("Content-Security-Policy", h.policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
}
