// Package preview serves a built site with one more lesson in it, from a folder that its
// author is writing in. Whenever a file there changes, the lesson is made anew, the pages
// that show it are loaded again, and its problems are listed in them with their places.
//
//	            looks every 300 ms            swaps                      site.Handler
//	folder  ──────────────────────▶ build ──────────▶ files over the site ───────────▶ page
//	                                  └─ version, problems ─▶ /preview/events ─────────▶ preview.js
//
// It is called by "tabernetes lesson serve". It plays nothing, and does not know what
// address it is served on.
package preview
