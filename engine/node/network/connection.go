package network

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Server answers requests on a connection. It may be called from several
// goroutines at once.
type Server interface {
	// Answer answers a request. If the server does not speak HTTP, it closes the
	// connection without an answer, and ok is false. It never blocks.
	Answer(request *http.Request) (answer Answer, ok bool)
}

// SecureServer is a Server that may speak TLS.
type SecureServer interface {
	Server
	// TLS is the server's side of a handshake; nil if it speaks plain HTTP.
	TLS() *tls.Config
}

// StreamServer is a Server that may speak for itself.
type StreamServer interface {
	Server
	// Take is given the server's end of a connection, and reports whether it takes it.
	// It never blocks.
	Take(conn net.Conn) bool
	// TakesStreams reports whether Take may be called.
	TakesStreams() bool
}

// Answer is the answer to a request.
type Answer struct {
	// Status is the HTTP status code.
	Status int
	// Header may be nil.
	Header http.Header
	// Body is the whole body.
	Body string
	// Takes is the time from the request to its answer.
	Takes time.Duration
	// Later, if set, delivers the answer in place of the other fields; it is closed
	// where the connection ends without one. A client that does not wait for it finds
	// the connection closed.
	Later <-chan Answer
}

// Peer is the process that accepted a connection.
type Peer struct {
	// Address is the address and port at which it accepted the connection.
	Address netip.AddrPort
	// Node, Namespace, Pod and Container are empty for a process outside pods.
	Node, Namespace, Pod, Container string
	// Image is the full name of the container's image.
	Image string
}

// Sockets are the connections of one process. The zero value is ready to use, and
// it is safe for concurrent use. Open connections are not limited here: their
// callers must bound them.
type Sockets struct {
	mu       sync.Mutex
	open     map[*Conn]struct{} // guarded by mu
	accepted uint64             // guarded by mu
}

// Open adds a connection that the process has accepted.
func (s *Sockets) Open(server Server, peer Peer) *Conn {
	conn := &Conn{Peer: peer, server: server, sockets: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[*Conn]struct{}{}
	}
	s.open[conn] = struct{}{}
	s.accepted++
	return conn
}

// Accepted is the number of connections accepted so far.
func (s *Sockets) Accepted() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// The range of ports that Linux gives to clients (net.ipv4.ip_local_port_range).
const firstClientPort, clientPorts = 32768, 28232

// clientPort is the port of the client of the newest connection.
func (s *Sockets) clientPort() uint16 { return uint16(firstClientPort + s.Accepted()%clientPorts) }

// BusyUntil is when the last open request will have been answered, or the zero
// time when none is open. A process that stops gracefully waits for it.
func (s *Sockets) BusyUntil() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	var last time.Time
	for conn := range s.open {
		if conn.until.After(last) {
			last = conn.until
		}
	}
	return last
}

// Reset ends every open connection, as the kernel does when the process has ended.
// Answers that were complete by then have been sent.
func (s *Sockets) Reset(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		conn.reset = at
		if conn.gone != nil {
			close(conn.gone)
		}
	}
	clear(s.open)
}

// Conn is an accepted connection. It carries one request, or what a StreamServer makes
// of it. It is for one goroutine at a time.
type Conn struct {
	// Peer is the process that accepted the connection.
	Peer Peer
	// From is the address that the connection comes from, as the server sees it.
	From netip.AddrPort

	server  Server
	sockets *Sockets
	answer  Answer
	ok      bool
	// until is when the answer is complete. guarded by sockets.mu
	until time.Time
	// reset is when the process ended, or zero. guarded by sockets.mu
	reset time.Time
	// gone is closed when the process has ended; nil until someone waits. guarded
	// by sockets.mu
	gone chan struct{}
}

// tls is the server's side of a handshake, or nil if it speaks plain HTTP.
func (c *Conn) tls() *tls.Config {
	if server, ok := c.server.(SecureServer); ok {
		return server.TLS()
	}
	return nil
}

// streams reports whether the server speaks for itself.
func (c *Conn) streams() bool {
	server, ok := c.server.(StreamServer)
	return ok && server.TakesStreams()
}

// Send sends a request and returns the time until its answer arrives. It is called
// once.
func (c *Conn) Send(request *http.Request) time.Duration {
	if c.From.IsValid() {
		request = request.WithContext(request.Context())
		request.RemoteAddr = c.From.String()
	}
	c.answer, c.ok = c.server.Answer(request)
	c.sockets.mu.Lock()
	defer c.sockets.mu.Unlock()
	c.until = time.Now().Add(c.answer.Takes)
	return c.answer.Takes
}

// Receive returns the answer, after the time that Send returned, and closes the
// connection. ok is false when the server closed it without an answer. The error
// is ErrReset when the process ended before the answer was complete.
func (c *Conn) Receive() (answer Answer, ok bool, err error) {
	c.sockets.mu.Lock()
	defer c.sockets.mu.Unlock()
	delete(c.sockets.open, c)
	if !c.reset.IsZero() && c.reset.Before(c.until) {
		return Answer{}, false, ErrReset
	}
	return c.answer, c.ok && c.answer.Later == nil, nil
}

// ResetAt is when the process ended while the connection was open; zero if it
// has not.
func (c *Conn) ResetAt() time.Time {
	c.sockets.mu.Lock()
	defer c.sockets.mu.Unlock()
	return c.reset
}

// Gone is closed when the process has ended.
func (c *Conn) Gone() <-chan struct{} {
	c.sockets.mu.Lock()
	defer c.sockets.mu.Unlock()
	if c.gone == nil {
		c.gone = make(chan struct{})
		if !c.reset.IsZero() {
			close(c.gone)
		}
	}
	return c.gone
}

// Close abandons the connection.
func (c *Conn) Close() {
	c.sockets.mu.Lock()
	defer c.sockets.mu.Unlock()
	delete(c.sockets.open, c)
}
