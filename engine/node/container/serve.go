package container

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/client-go/util/cert"

	"tabernetes/engine/node/dial"
	"tabernetes/engine/node/network"
)

// Listens reports whether the container accepts connections on a port now.
func (c *Container) Listens(port int32) bool {
	if _, listening := c.listenerAt(port); listening {
		return c.IsRunning()
	}
	if !c.IsRunning() || !c.program.serves() || !slices.Contains(c.ports(), port) {
		return false
	}
	if c.program.stopping && !c.image.Stop.Ignored && c.scope.Now().Sub(c.program.stoppedAt) >= c.image.Stop.Accepts.Duration {
		return false
	}
	return c.scope.Instant || c.scope.Now().Sub(c.program.since) >= c.image.StartUp.Duration
}

// ports returns the ports of the image. For an image outside the catalogue they
// are those that its manifest expects, or else 80 and 8080.
func (c *Container) ports() []int32 {
	if c.image.Known || len(c.image.Ports) > 0 {
		return c.image.Ports
	}
	if len(c.expected.ports) == 0 {
		return []int32{80, 8080}
	}
	return c.expected.ports
}

// Answer answers a request. If the container does not speak HTTP, it closes the
// connection without an answer, and ok is false. The request counts as load of the
// container either way.
func (c *Container) Answer(request *http.Request) (reply network.Answer, ok bool) {
	c.served()
	if c.image.HTTP == nil {
		return network.Answer{}, false
	}
	at := request.URL.Path
	if at == "" {
		at = "/"
	}
	route := c.image.Answer(at, c.age())
	reply = network.Answer{Status: route.Status, Header: http.Header{}, Takes: route.Latency.Duration}
	reply.Body = c.image.Expand(route.Body, c.pod.Object().Name, at)
	if root := c.image.HTTP.Root; root != "" && route.Status == http.StatusOK {
		reply.Status, reply.Body = c.serveFile(root, at)
	}
	if route.Location != "" {
		reply.Header.Set("Location", route.Location)
	}
	if c.scope.Instant {
		reply.Takes = 0
	}
	return reply, true
}

// serveFile answers with a file below the document root of a web server: for a
// directory its index.html, or 403 if it has none, and 404 for a path that does
// not exist.
func (c *Container) serveFile(root, name string) (status int, body string) {
	name = path.Join(root, path.Clean("/"+name))
	info, err := c.files.Stat(name)
	directory := err == nil && info.IsDir()
	if directory {
		name = path.Join(name, "index.html")
	}
	data, err := c.files.ReadFile(name)
	switch {
	case err == nil:
		return http.StatusOK, string(data)
	case directory:
		status = http.StatusForbidden
	default:
		status = http.StatusNotFound
	}
	return status, strings.NewReplacer("${status}", strconv.Itoa(status), "${reason}", http.StatusText(status)).
		Replace(c.image.Expand(c.image.HTTP.Error, c.pod.Object().Name, name))
}

// Health is the answer of a container that serves gRPC to a health check. The
// error is one of package dial, if the answer is a gRPC error and not a status.
func (c *Container) Health(service string) (status string, err error) {
	c.served()
	server := c.image.GRPC
	switch {
	case server == nil && !c.image.Known && slices.Contains(c.expected.services, service):
		return "SERVING", nil
	case server == nil:
		return "", dial.ErrNoGRPC
	case len(server.Health) == 0:
		return "", dial.ErrNoHealth
	}
	status, known := server.Health[service]
	if !known {
		return "", dial.ErrUnknownService
	}
	return status, nil
}

// SpeaksTLS implements dial.Server.
func (c *Container) SpeaksTLS() bool {
	return c.image.HTTP != nil && (c.image.HTTP.TLS || !c.image.Known && c.expected.secure)
}

// selfSigned is the configuration of an image's server that speaks TLS: with a
// certificate of its own, made when it is first asked for.
func (c *Container) selfSigned() *tls.Config {
	if c.secured != nil {
		return c.secured
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil
	}
	certificate, err := cert.NewSelfSignedCACert(cert.Config{CommonName: hostname(c.pod.Object())}, key)
	if err != nil {
		return nil
	}
	c.secured = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{certificate.Raw}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS12,
	}
	return c.secured
}

// age is how long the process has run.
func (c *Container) age() time.Duration { return c.scope.Now().Sub(c.status.StartedAt) }

// Accept opens a connection to the container at one of its ports; at is where the
// client has sent it.
func (c *Container) Accept(port int32, at netip.AddrPort) *network.Conn {
	pod := c.pod.Object()
	return c.sockets.Open(containerServer{c.Port(port)}, network.Peer{
		Address: at, Node: c.host.Name(), Namespace: pod.Namespace, Pod: pod.Name,
		Container: c.spec.Name, Image: c.image.Name,
	})
}

// containerServer answers the requests on a connection to a container.
type containerServer struct{ of Port }

// Answer implements network.Server.
func (s containerServer) Answer(request *http.Request) (network.Answer, bool) {
	loop := s.of.scope
	loop.Lock()
	defer loop.Unlock()
	loop.Advance()
	next, _ := loop.Next()
	given, ok := s.of.Answer(request)
	if changed, _ := loop.Next(); !changed.Equal(next) {
		// The request may have changed when the container runs out of memory.
		loop.Wake()
	}
	return given, ok
}

// SpeaksHTTP reports whether what listens at the port is a web server.
func (s containerServer) SpeaksHTTP() bool {
	loop := s.of.scope
	loop.Lock()
	defer loop.Unlock()
	_, known := s.of.listenerAt(s.of.number)
	return known || s.of.image.HTTP != nil
}

// TLS implements network.SecureServer.
func (s containerServer) TLS() *tls.Config {
	s.of.scope.Lock()
	defer s.of.scope.Unlock()
	if found, known := s.of.listenerAt(s.of.number); known || !s.of.SpeaksTLS() {
		return found.tls
	}
	return s.of.selfSigned()
}

// TakesStreams implements network.StreamServer.
func (s containerServer) TakesStreams() bool {
	s.of.scope.Lock()
	defer s.of.scope.Unlock()
	found, _ := s.of.listenerAt(s.of.number)
	return found.backlog != nil
}

// Take implements network.StreamServer.
func (s containerServer) Take(conn net.Conn) bool {
	s.of.scope.Lock()
	defer s.of.scope.Unlock()
	found, _ := s.of.listenerAt(s.of.number)
	if found.backlog == nil {
		return false
	}
	s.of.served()
	return found.backlog.add(conn)
}
