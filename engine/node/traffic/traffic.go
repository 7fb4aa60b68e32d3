package traffic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tabernetes/engine/node/network"
)

// Bounds of the parameters.
const (
	// MaxPerSecond is the highest rate of one client.
	MaxPerSecond = 1000
	// MaxClients bounds the number of clients. A further one replaces the stopped
	// client that was started first.
	MaxClients = 16
)

const (
	defaultTimeout = 5 * time.Second
	maxTimeout     = time.Minute
)

// Options configures a client.
type Options struct {
	// Path is the requested path. Empty means "/".
	Path string
	// Timeout is how long it waits for an answer. Zero means 5 s; the maximum is a
	// minute.
	Timeout time.Duration
}

// Traffic is the clients of a cluster. It is safe for concurrent use.
type Traffic struct {
	network *network.Network
	// woken has room for one signal: there is a new client.
	woken chan struct{}

	mu      sync.Mutex
	seed    uint64    // guarded by mu
	clients []*client // in the order of their start. guarded by mu
}

// New returns traffic on a network. Nothing is sent until Run.
func New(on *network.Network, seed uint64) *Traffic {
	return &Traffic{network: on, seed: seed, woken: make(chan struct{}, 1)}
}

// Start begins to send requests to a Service, perSecond of them each second of
// cluster time. The Service is written as "name" or "namespace/name", with ":port"
// (a number or a name) after it unless its first port is meant; it need not exist.
// An existing client of the Service starts anew.
func (t *Traffic) Start(service string, perSecond int, options Options) error {
	if perSecond < 1 || perSecond > MaxPerSecond {
		return fmt.Errorf("send requests to service %q: %d a second, want 1 to %d", service, perSecond, MaxPerSecond)
	}
	if options.Timeout < 0 || options.Timeout > maxTimeout {
		return fmt.Errorf("send requests to service %q: time-out of %s, want at most %s", service, options.Timeout, maxTimeout)
	}
	if options.Timeout == 0 {
		options.Timeout = defaultTimeout
	}
	if !strings.HasPrefix(options.Path, "/") {
		options.Path = "/" + options.Path
	}
	address, err := network.ParseService(service)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	made, err := newClient(t.network, t.seed, address, perSecond, options)
	if err != nil {
		return err
	}
	at := t.find(address)
	switch {
	case at >= 0:
		t.clients[at] = made
	case len(t.clients) >= MaxClients && !t.forget():
		return fmt.Errorf("send requests to service %q: %d clients are the most", service, MaxClients)
	default:
		t.clients = append(t.clients, made)
	}
	select {
	case t.woken <- struct{}{}:
	default:
	}
	return nil
}

// ErrNoTraffic says that the Service has no client.
var ErrNoTraffic = errors.New("no traffic was started")

// Stop ends the requests to a Service. Its counts stay until the next start.
func (t *Traffic) Stop(service string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	found, err := t.client(service)
	if err != nil {
		return fmt.Errorf("stop requests to service %q: %w", service, err)
	}
	found.land(time.Now())
	found.stop()
	return nil
}

// Stats returns the counts of a Service's client up to now.
func (t *Traffic) Stats(service string) (Stats, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found, err := t.client(service)
	if err != nil {
		return Stats{}, fmt.Errorf("count requests to service %q: %w", service, err)
	}
	found.land(time.Now())
	return found.stats(), nil
}

// All returns the counts of all clients, in the order of their start.
func (t *Traffic) All() []Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]Stats, 0, len(t.clients))
	for _, one := range t.clients {
		one.land(time.Now())
		all = append(all, one.stats())
	}
	return all
}

func (t *Traffic) client(service string) (*client, error) {
	address, err := network.ParseService(service)
	if err != nil {
		return nil, err
	}
	if at := t.find(address); at >= 0 {
		return t.clients[at], nil
	}
	return nil, ErrNoTraffic
}

func (t *Traffic) find(service network.ServiceAddress) int {
	for at, one := range t.clients {
		if one.service.Namespace == service.Namespace && one.service.Name == service.Name {
			return at
		}
	}
	return -1
}

// forget drops a stopped client, and reports whether there was one.
func (t *Traffic) forget() bool {
	at := slices.IndexFunc(t.clients, func(one *client) bool { return one.next.IsZero() })
	if at >= 0 {
		t.clients = slices.Delete(t.clients, at, at+1)
	}
	return at >= 0
}

// Run sends the requests until ctx ends. It can be called once, and returns nil.
func (t *Traffic) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.woken:
		case <-timer.C:
		}
		if next := t.advance(time.Now()); !next.IsZero() {
			timer.Reset(time.Until(next))
		}
	}
}

// advance does everything that is due and returns when the next action is due;
// zero for never.
func (t *Traffic) advance(now time.Time) (next time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range t.clients {
		one.advance(now)
		if at := one.wakeAt(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// Reseed replaces the seed for clients that are started from now on.
func (t *Traffic) Reseed(seed uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seed = seed
}
