package cluster

import (
	"context"
	"net/http"
	"sync"
)

// Gate holds back the changes that the components (controllers, scheduler,
// kubelet) make through the API. Reads pass, and so does everything that does
// not come from a component: while the gate is closed the API answers and
// nothing else moves.
//
// A component whose request waits at the gate sees a slow API server. There is
// no queue of the gate's own: each waiting request is a blocked goroutine of the
// component, which bounds its workers itself.
type Gate struct {
	mu sync.Mutex
	// guarded by mu
	mode mode
	// moved is closed and replaced whenever a waiting request should look again.
	// guarded by mu
	moved chan struct{}
	// busy says that a change is under way in step mode. guarded by mu
	busy bool
	// seen says that the current step has changed a visible object. guarded by mu
	seen bool
	// stepped is called when the current step ends. guarded by mu
	stepped func()
}

type mode int

const (
	open mode = iota
	closed
	stepping
)

// NewGate returns an open gate.
func NewGate() *Gate {
	return &Gate{moved: make(chan struct{})}
}

// Open lets every change pass. It ends a step that is under way.
func (g *Gate) Open() { g.set(open, nil) }

// Close holds back every change from now on; the API server finishes a change that
// it is already working on. It ends a step that is under way.
func (g *Gate) Close() { g.set(closed, nil) }

// Step lets changes pass one at a time until one has changed an object that the
// learner can see, then closes the gate and calls done. Open and Close call done
// too.
func (g *Gate) Step(done func()) { g.set(stepping, done) }

// Closed reports whether changes are held back.
func (g *Gate) Closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mode == closed
}

func (g *Gate) set(next mode, done func()) {
	g.mu.Lock()
	ended := g.stepped
	g.mode, g.stepped, g.seen = next, done, false
	g.wake()
	g.mu.Unlock()
	if ended != nil {
		ended()
	}
}

// wake makes waiting requests look again. The caller holds mu.
func (g *Gate) wake() {
	close(g.moved)
	g.moved = make(chan struct{})
}

// observe tells the gate of a commit. It is called under the store's lock, so it
// must be quick.
func (g *Gate) observe(visible bool) {
	if !visible {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	// Only a component's change ends a step; a user's own does not.
	if g.mode == stepping && g.busy {
		g.seen = true
	}
}

// enter waits until a change may pass. The returned function ends the change.
func (g *Gate) enter(ctx context.Context) (leave func(), err error) {
	for {
		g.mu.Lock()
		switch {
		case g.mode == open:
			g.mu.Unlock()
			return func() {}, nil
		case g.mode == stepping && !g.busy:
			g.busy = true
			g.mu.Unlock()
			return g.leave, nil
		}
		moved := g.moved
		g.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (g *Gate) leave() {
	g.mu.Lock()
	g.busy = false
	var ended func()
	if g.mode == stepping && g.seen {
		ended = g.stepped
		g.mode, g.stepped, g.seen = closed, nil, false
	}
	g.wake()
	g.mu.Unlock()
	if ended != nil {
		ended()
	}
}

// transport is the http.RoundTripper of a component.
func (g *Gate) transport(next http.RoundTripper) http.RoundTripper {
	return gatedTransport{gate: g, next: next}
}

type gatedTransport struct {
	gate *Gate
	next http.RoundTripper
}

func (t gatedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodGet || request.Method == http.MethodHead {
		return t.next.RoundTrip(request)
	}
	leave, err := t.gate.enter(request.Context())
	if err != nil {
		return nil, err
	}
	defer leave()
	return t.next.RoundTrip(request)
}
