// Package lint finds what is wrong with a lesson without playing it: all that
// reading it shows (packages lessons, plan, check and the scripts of play), and where
// its parts do not fit together: files that nobody uses, commands with files that are
// not there, checks that demand what the text never names, texts that promise what no
// check looks at, names that differ between languages, links that lead nowhere,
// translations of paragraphs that have changed since, or that were never translated,
// manifests with kinds, fields or images that there are not.
//
// One mistake is one problem: the packages that it calls repair what they report, or note
// what is lost, and nothing that follows from it is told.
//
// It is called by "tabernetes lesson check" and by the test of the lessons that come
// with the program.
package lint
