package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func builtDirectory(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "index.html"), []byte("page"), 0o644); err != nil {
		t.Fatal(err)
	}
	return directory
}

// TestRunServesUntilTheContextEnds starts the command as "make run" does and
// stops it as Ctrl-C does.
func TestRunServesUntilTheContextEnds(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	output, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--dir", builtDirectory(t), "--listen", "127.0.0.1:0"}, writer)
	}()
	first := make([]byte, 200)
	n, err := output.Read(first)
	if err != nil {
		t.Fatal(err)
	}
	// Nothing else is announced; whatever comes must not block the command.
	go func() { _, _ = io.Copy(io.Discard, output) }()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(string(first[:n]))
	if address == "" {
		t.Fatalf("announced %q, want an address", first[:n])
	}
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(response.Body)
	if err != nil || string(content) != "page" {
		t.Errorf("got %q, %v", content, err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
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
	if _, err := net.DialTimeout("tcp", strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"), time.Second); err == nil {
		t.Error("the address still answers")
	}
}

func TestRunErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := taken.Close(); err != nil {
			t.Error(err)
		}
	})
	cases := map[string]struct {
		arguments []string
		want      string
	}{
		"no page":      {[]string{"--dir", t.TempDir()}, `run "make build"`},
		"no directory": {[]string{"--dir", filepath.Join(t.TempDir(), "dist")}, `run "make build"`},
		"port in use": {
			[]string{"--dir", builtDirectory(t), "--listen", taken.Addr().String()},
			"address " + taken.Addr().String() + " is in use; set PORT=... or --listen",
		},
		"argument": {[]string{"web/dist"}, `unexpected argument "web/dist"`},
		"frame ancestor": {
			[]string{"--dir", builtDirectory(t), "--frame-ancestors", "example.com"},
			`frame ancestor "example.com"`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
			defer stop()
			if err := run(ctx, c.arguments, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want %q", err, c.want)
			}
		})
	}
}

func TestAnnounceWarnsOfOtherMachines(t *testing.T) {
	var output strings.Builder
	if err := announce(&output, &net.TCPAddr{IP: net.IPv4zero, Port: 8080}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(output.String(), "other machines can reach") {
		t.Errorf("announced %q", output.String())
	}
}
