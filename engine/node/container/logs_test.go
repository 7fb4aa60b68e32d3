package container

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func TestLogIsBounded(t *testing.T) {
	log := NewLog()
	for i := range 3 * maxLogLines {
		log.write(Line{At: time.Unix(int64(i), 0), Stream: streamStdout, Text: fmt.Sprint(i)})
	}
	var text bytes.Buffer
	if err := log.CopyTo(context.Background(), &text, &corev1.PodLogOptions{}, time.Unix(0, 0), func() {}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(lines) != maxLogLines || lines[0] != fmt.Sprint(2*maxLogLines) {
		t.Errorf("got %d lines from %q, want the last %d", len(lines), lines[0], maxLogLines)
	}
	log.write(Line{At: time.Unix(0, 0), Stream: streamStdout, Text: strings.Repeat("x", 2*maxLogBytes)})
	if lines, _, _, _ := log.From(0); len(lines) != 1 {
		t.Errorf("got %d lines beside one that is too long, want none", len(lines)-1)
	}
}
