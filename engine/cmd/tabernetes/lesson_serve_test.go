package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLessonIsServed shows the template, and refuses a name that was rebound to this
// machine's address.
func TestLessonIsServed(t *testing.T) {
	site := t.TempDir()
	if err := os.WriteFile(filepath.Join(site, "index.html"), []byte("<html><head></head></html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	directory := filepath.Join(t.TempDir(), "mine")
	if err := writeLesson(io.Discard, directory); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := serveLesson(ctx, writer, directory, previewOptions{site: site})
		_ = writer.CloseWithError(io.EOF)
		ended <- err
	}()
	lines := bufio.NewReader(reader)
	var printed string
	for range 2 {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		printed += line
	}
	match := regexp.MustCompile(`^no problems\nlesson "mine" on (http://127\.0\.0\.1:\d+/)\?lesson=mine\n$`).FindStringSubmatch(printed)
	if match == nil {
		t.Fatalf("printed %q", printed)
	}
	get := func(host string) (status int, body string) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, match[1]+"lessons/index.json", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			request.Host = host
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		read, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(read)
	}
	if status, body := get(""); status != http.StatusOK || !strings.Contains(body, `"id": "mine"`) {
		t.Errorf("got %d and %q, want the list with the lesson", status, body)
	}
	if status, _ := get("attacker.example"); status != http.StatusForbidden {
		t.Errorf("got %d for another host's name, want that it is refused", status)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
