package kubectl

import (
	"io"
	"strings"
	"testing"
)

// BenchmarkGet is a usual command once discovery is cached. On js/wasm it takes
// several times as long; the share of each part is what to look at.
func BenchmarkGet(b *testing.B) {
	k := newTerminal(b)
	streams := Streams{In: strings.NewReader(""), Out: io.Discard, ErrOut: io.Discard}
	arguments := []string{"get", "configmaps"}
	k.kubectl.Run(b.Context(), arguments, streams)
	for b.Loop() {
		if status := k.kubectl.Run(b.Context(), arguments, streams); status != 0 {
			b.Fatalf("status %d", status)
		}
	}
}
