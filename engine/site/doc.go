// Package site serves the built page: a directory of files with an index.html
// at its root, as "make build" leaves it.
//
// Any static server can serve that directory. This one adds what improves the
// page:
//
//   - the MIME type application/wasm, without which browsers refuse to compile
//     a module while it streams in;
//   - the .zst, .br and .gz files beside a file, for clients that accept them;
//   - entity tags made from the content, and caching under which a browser never
//     shows an old file and keeps the machine code that it made from a module
//     (see [Handler.ServeHTTP]);
//   - a content security policy that allows nothing from elsewhere, under which
//     any site may show embed.html in a frame, sandboxed too, and nobody the page.
//
// It is called by the site command and by "tabernetes serve". It knows nothing
// of Kubernetes, so that serving the page needs no build of the control plane.
package site
