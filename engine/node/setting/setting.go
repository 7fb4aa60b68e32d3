// Package setting is what the settings of machines (engine/node/hardware) and those of
// images (engine/node/image) have in common: both are annotations with one prefix, and
// a table says which there are and what each does. The two packages have the tables and
// read the values; this one knows neither.
package setting

import (
	"fmt"
	"strings"
)

// Prefix stands before the name of a setting in annotations:
// "sim.tabernetes.dev/power" of a Node, "sim.tabernetes.dev/start-up" of a pod.
const Prefix = "sim.tabernetes.dev/"

// Setting is an annotation that changes a T.
type Setting[T any] struct {
	// Name is that of the annotation, without the prefix.
	Name string
	// Value says how the value is written.
	Value string
	// Effect says what it does.
	Effect string
	// Apply changes what the setting is about. The error says what the value must be;
	// it names neither the annotation nor the value.
	Apply func(to *T, value string) error
}

// Unknown is the error about an annotation whose name no setting of the table has.
func Unknown[T any](annotation string, table []Setting[T]) error {
	names := make([]string, len(table))
	for i, known := range table {
		names[i] = known.Name
	}
	return fmt.Errorf("%q is not known; known are %s", annotation, strings.Join(names, ", "))
}
