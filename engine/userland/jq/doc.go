// Package jq is jq, the program, by github.com/itchyny/gojq: its options, streams
// and exit statuses. Unlike jq it prints the keys of an object in order of their
// names, as gojq does.
//
// The terminal has it (engine/client/terminal). It is not in the table of the
// usual programs, so that a module without a terminal does not link the library.
package jq
