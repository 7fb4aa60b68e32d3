// Package plan reads lesson.yaml: all of a lesson that its languages share. That
// is where the lesson stands in a course, what the cluster is like at its start,
// what each step demands, in CEL, and what it asks. What a learner reads about it
// is in the texts (package lessons), by the ids that stand here.
//
// Decoding is strict: an unknown key, a wrong type or an id that stands twice is a
// problem with its place, and all problems of a file are found at once. Expressions
// are taken as text; package check compiles them.
//
// It is called by lessons, which reads texts, and by check, play and lint. It
// knows neither CEL nor Kubernetes. The README of lessons shows every field.
package plan
