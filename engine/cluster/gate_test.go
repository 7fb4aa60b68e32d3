package cluster

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// roundTripper counts requests and reports a commit to the gate for each.
type roundTripper struct {
	gate    *Gate
	visible bool
	count   atomic.Int32
}

func (r *roundTripper) RoundTrip(*http.Request) (*http.Response, error) {
	r.count.Add(1)
	r.gate.observe(r.visible)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

func send(t *testing.T, transport http.RoundTripper, method string) {
	t.Helper()
	response, err := transport.RoundTrip(httptest.NewRequest(method, "/api/v1/pods", nil))
	if err != nil {
		t.Errorf("%s: %v", method, err)
		return
	}
	_ = response.Body.Close()
}

func TestGateHoldsChangesAndLetsReadsPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate()
		server := &roundTripper{gate: gate}
		transport := gate.transport(server)
		gate.Close()
		go send(t, transport, http.MethodPost)
		send(t, transport, http.MethodGet)
		synctest.Wait()
		if got := server.count.Load(); got != 1 {
			t.Fatalf("requests that passed the closed gate: got %d, want 1 (the read)", got)
		}
		gate.Open()
		synctest.Wait()
		if got := server.count.Load(); got != 2 {
			t.Fatalf("requests after opening: got %d, want 2", got)
		}
	})
}

func TestGateStepEndsAtTheFirstVisibleChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate()
		gate.Close()
		invisible := &roundTripper{gate: gate}
		visible := &roundTripper{gate: gate, visible: true}
		for range 3 {
			go send(t, gate.transport(invisible), http.MethodPost)
		}
		synctest.Wait()
		steps := 0
		gate.Step(func() { steps++ })
		synctest.Wait()
		if got := invisible.count.Load(); got != 3 {
			t.Fatalf("invisible changes in a step: got %d, want 3", got)
		}
		if steps != 0 {
			t.Fatal("the step ended without a visible change")
		}
		for range 3 {
			go send(t, gate.transport(visible), http.MethodPut)
		}
		synctest.Wait()
		if got := visible.count.Load(); got != 1 {
			t.Fatalf("visible changes in a step: got %d, want 1", got)
		}
		if steps != 1 || !gate.Closed() {
			t.Fatalf("after the visible change: got %d ends and closed=%v, want 1 and true", steps, gate.Closed())
		}
		gate.Open()
		synctest.Wait()
		if got := visible.count.Load(); got != 3 {
			t.Fatalf("changes after opening: got %d, want 3", got)
		}
	})
}

func TestGateCloseEndsAStep(t *testing.T) {
	gate := NewGate()
	ended := false
	gate.Step(func() { ended = true })
	gate.Close()
	if !ended {
		t.Error("closing the gate did not end the step")
	}
}

func TestGateWaitEndsWithTheContext(t *testing.T) {
	gate := NewGate()
	gate.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := gate.enter(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("enter with an ended context: got %v, want %v", err, context.Canceled)
	}
}
