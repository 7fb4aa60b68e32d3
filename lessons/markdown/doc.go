// Package markdown reads the Markdown that lessons and the pages of the guide have in
// common: CommonMark with tables, front matter and ids of headings, out of which
// nothing comes that could run code, load anything or lead a reader astray.
//
// Package lessons calls it, and package guide for the site's own pages. It knows
// nothing of steps, pages or the blocks that either makes of fenced code.
package markdown
