// Package workbook opens a lesson with all that belongs to it: texts and plan (package
// lessons), compiled checks (package check), and the scripts of its solution and of its
// wrong ways, which a player types. It finds every problem of these and where they
// contradict each other.
//
// It is called by play, by lint, by the lessons command, and by tutor for a lesson from
// outside of the site. It knows no cluster.
package workbook
