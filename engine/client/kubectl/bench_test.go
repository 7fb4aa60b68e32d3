package kubectl

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkGet is a usual command once discovery is cached. On js/wasm it takes
// several times as long; the share of each part is what to look at.
func BenchmarkGet(b *testing.B) { benchmark(b, "get", "configmaps") }

// BenchmarkApply is apply of what is there already, once the OpenAPI document of
// its group is parsed.
func BenchmarkApply(b *testing.B) {
	name := filepath.Join(b.TempDir(), "settings.yaml")
	manifest := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n"
	if err := os.WriteFile(name, []byte(manifest), 0o600); err != nil {
		b.Fatal(err)
	}
	benchmark(b, "apply", "-f", name)
}

func benchmark(b *testing.B, arguments ...string) {
	k := newTerminal(b)
	streams := Streams{In: strings.NewReader(""), Out: io.Discard, ErrOut: io.Discard}
	k.kubectl.Run(b.Context(), arguments, streams)
	for b.Loop() {
		if status := k.kubectl.Run(b.Context(), arguments, streams); status != 0 {
			b.Fatalf("status %d", status)
		}
	}
}
