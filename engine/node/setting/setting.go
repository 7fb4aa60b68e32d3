// Package setting is what the settings of machines (engine/node/hardware) and
// those of images (engine/node/image) have in common: both are annotations with
// one prefix, and a table lists them with their effects. The two packages have the
// tables and read the values; this package knows neither.
package setting

import (
	"fmt"
	"strings"
)

// Prefix is the prefix of setting names in annotations: "sim.tabernetes.dev/power"
// of a Node, "sim.tabernetes.dev/start-up" of a pod.
const Prefix = "sim.tabernetes.dev/"

// Setting is an annotation that changes a T.
type Setting[T any] struct {
	// Name is the annotation's name, without the prefix.
	Name string
	// Value describes the syntax of the value.
	Value string
	// Effect describes what the setting does.
	Effect string
	// Apply applies a value. The error says what the value must be; it names
	// neither the annotation nor the value.
	Apply func(to *T, value string) error
}

// Unknown returns the error for an annotation whose name is not in the table.
func Unknown[T any](annotation string, table []Setting[T]) error {
	names := make([]string, len(table))
	for i, known := range table {
		names[i] = known.Name
	}
	return fmt.Errorf("%q is not known; known are %s", annotation, strings.Join(names, ", "))
}
