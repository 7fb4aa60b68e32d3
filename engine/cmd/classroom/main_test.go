package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func siteDirectory(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "index.html"), []byte("page"), 0o600); err != nil {
		t.Fatal(err)
	}
	return directory
}

// TestRun starts the command as a teacher does and stops it as Ctrl-C does.
func TestRun(t *testing.T) {
	for _, test := range []struct {
		name, option, pattern string
	}{
		{"for this machine alone", "--lan=false", `Only this machine reaches it`},
		{"for a class", "--lan", `Learners reach it at  http://|This machine is in no network`},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			reader, writer := io.Pipe()
			ended := make(chan error, 1)
			go func() {
				ended <- run(ctx, []string{"--dir", siteDirectory(t), "--port", "0", test.option}, writer)
			}()
			text := make([]byte, 16<<10)
			n, err := reader.Read(text)
			if err != nil {
				t.Fatal(err)
			}
			said := string(text[:n])
			if !regexp.MustCompile(test.pattern).MatchString(said) {
				t.Errorf("it said %q, want a match for %q", said, test.pattern)
			}
			for path, wanted := range map[string]string{"": "page", "teacher/": "Your class"} {
				address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(said)
				response, err := http.Get(address + path)
				if err != nil {
					t.Fatal(err)
				}
				content, err := io.ReadAll(response.Body)
				_ = response.Body.Close()
				if err != nil || !strings.Contains(string(content), wanted) {
					t.Errorf("%s%s has %.200q, %v, want %q", address, path, content, err, wanted)
				}
			}
			stop()
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("stopped with error %v", err)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("still running after its context ended")
			}
		})
	}
}

func TestRunErrors(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"no site":         {[]string{"--dir", filepath.Join(t.TempDir(), "site")}, "no such file"},
		"no page":         {[]string{"--dir", t.TempDir()}, "index.html"},
		"stray argument":  {[]string{"lan"}, `unexpected argument "lan"`},
		"unusable port":   {[]string{"--dir", siteDirectory(t), "--port", "http?"}, "http?"},
		"unknown options": {[]string{"--wan"}, "wan"},
	} {
		t.Run(name, func(t *testing.T) {
			err := run(t.Context(), test.arguments, io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}
