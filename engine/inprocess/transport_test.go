package inprocess

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

func request(ctx context.Context, t *testing.T) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://server/path?query=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// A handler that has answered and returned before anybody waits must not look
// like a request that was given up.
func TestAnswerOfAHandlerThatReturnsAtOnce(t *testing.T) {
	transport := &Transport{Handler: http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		response.WriteHeader(http.StatusNoContent)
	})}
	for range 20_000 {
		response, err := transport.RoundTrip(request(context.Background(), t))
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != http.StatusNoContent {
			t.Fatalf("got %d", response.StatusCode)
		}
		if _, err := io.ReadAll(response.Body); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBodiesStreamAndClosingEndsTheHandler(t *testing.T) {
	ended := make(chan struct{})
	transport := &Transport{Handler: http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		defer close(ended)
		_, _ = io.WriteString(response, request.RequestURI+"\n")
		<-request.Context().Done()
	})}
	response, err := transport.RoundTrip(request(context.Background(), t))
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	if err != nil || line != "/path?query=1\n" {
		t.Errorf("got %q, %v", line, err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	<-ended
}

func TestContextEndsAWait(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	silent := make(chan struct{})
	defer close(silent)
	transport := &Transport{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-silent })}
	if _, err := transport.RoundTrip(request(ctx, t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAbortedAnswer(t *testing.T) {
	transport := &Transport{Handler: http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(response, "half")
		panic(http.ErrAbortHandler)
	})}
	response, err := transport.RoundTrip(request(context.Background(), t))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(response.Body); string(text) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestPipe(t *testing.T) {
	connection := Pipe(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		_, _ = io.WriteString(response, request.URL.Path)
	}))
	if err := request(context.Background(), t).Write(connection); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(response.Body); err != nil || string(text) != "/path" {
		t.Errorf("got %q, %v", text, err)
	}
	if err := connection.Close(); err != nil {
		t.Error(err)
	}
}
