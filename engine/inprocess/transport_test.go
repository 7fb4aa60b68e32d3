package inprocess

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
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

// The answer of a handler that has returned before its client waits must not be
// taken for an abandoned request.
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

// The handler of a streamed answer cannot get far ahead of its client, and gets an
// error once the client has gone.
func TestAHandlerWaitsForItsClient(t *testing.T) {
	var mu sync.Mutex
	written := 0
	ended := make(chan error, 1)
	transport := &Transport{Handler: http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		for {
			n, err := response.Write(make([]byte, 1000))
			mu.Lock()
			written += n
			mu.Unlock()
			if err != nil {
				ended <- err
				return
			}
		}
	})}
	response, err := transport.RoundTrip(request(context.Background(), t))
	if err != nil {
		t.Fatal(err)
	}
	read, err := io.ReadFull(response.Body, make([]byte, 10*maxUnread))
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	if ahead := written - read; ahead > maxUnread+1000 {
		t.Errorf("the handler was %d bytes ahead", ahead)
	}
	mu.Unlock()
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the handler got %v", err)
	}
	if _, err := response.Body.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("reading a closed body: got %v", err)
	}
}

// An answer that is not streamed is complete before RoundTrip returns.
func TestAnswersThatDoNotStream(t *testing.T) {
	var served context.Context
	whole := strings.Repeat("x", 3*maxUnread)
	transport := &Transport{
		Handler: http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			served = request.Context()
			request.Header.Del("Authorization")
			request.URL.Path = "/other"
			response.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(response, whole)
		}),
		Streams: func(*http.Request) bool { return false },
	}
	sent := request(context.Background(), t)
	sent.Header.Set("Authorization", "mine")
	response, err := transport.RoundTrip(sent)
	if err != nil {
		t.Fatal(err)
	}
	if served.Err() == nil {
		t.Error("the handler's context goes on after it")
	}
	if text, err := io.ReadAll(response.Body); response.StatusCode != http.StatusCreated || string(text) != whole || err != nil {
		t.Errorf("got status %d, %d bytes, %v", response.StatusCode, len(text), err)
	}
	if sent.Header.Get("Authorization") != "mine" || sent.URL.Path != "/path" {
		t.Errorf("the handler has changed its client's request to %v", sent)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := transport.RoundTrip(request(ctx, t)); !errors.Is(err, context.Canceled) {
		t.Errorf("for a client that has gone: got %v", err)
	}
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
