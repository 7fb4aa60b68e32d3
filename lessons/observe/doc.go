// Package observe looks at a running cluster for checks (package check): its objects by
// requests to the API, its traffic, its timelines, and the commands that somebody else
// notes.
//
// It is called by play natively and by tutor in the page, so that a check sees the same
// in both. It judges nothing.
package observe
