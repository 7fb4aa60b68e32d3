// Package play plays lessons natively, on the virtual clock, to see that they work:
// the solution passes every step and answers every question as the texts do, no step
// is passed before its part of the solution, the start alone passes nothing, and no
// wrong way passes, each of them being told its hint.
//
// Each play has a cluster of its own, made as the plan says. Commands are typed into
// the shell that the page has (engine/client/terminal), with the same kubectl.
//
// It is called by tests and by "tabernetes lesson test". kubectl as a library sets
// globals of its process and its working directory: one play at a time.
package play
