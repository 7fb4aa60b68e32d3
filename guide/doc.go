// Package guide makes the site's own pages, beside the playground: what it is, the
// course, how to write a lesson, how to embed, teach with and host it, each in every
// language. They are Markdown in content, read as lessons are (lessons/markdown), and
// come out as static HTML that needs no script to be read.
//
//	content/en/learn.md, content/zh/learn.md   a page, with the same ids of headings
//	content/hero.yaml                          what the first page's cluster starts from
//	layout.html                                what is around each page
//
// Fenced blocks of these languages are what the pages take from elsewhere, so that they
// cannot be wrong about it (blocks.go): lessons, attributes, events, snippets, examples.
//
// The guide command calls it at build time. It knows the lessons by what they publish,
// the page's code by the Facts that it is given, and nothing of clusters.
package guide
