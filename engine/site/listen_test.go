package site

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
)

// TestServeLetsAResponseFinish stops the server while a response is half sent.
func TestServeLetsAResponseFinish(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	started, finish := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		close(started)
		<-finish
		if _, err := io.WriteString(writer, "whole"); err != nil {
			t.Error(err)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, handler, listener) }()
	answered := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		content, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Error(err)
		}
		answered <- string(content)
	}()
	<-started
	stop()
	close(finish)
	if got := <-answered; got != "whole" {
		t.Errorf("got %q, want the whole response", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("stopped with error %v", err)
	}
}
