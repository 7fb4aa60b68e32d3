package container

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"syscall"

	"tabernetes/engine/node/network"
	"tabernetes/engine/userland/process"
)

// listener is a port at which a program of the container's shell listens.
type listener struct {
	ctx     context.Context //nolint:containedctx // the life of the program that listens
	tls     *tls.Config     // nil for plain HTTP
	handler process.Handler // nil for a program that takes connections
	backlog *backlog        // of such a program
}

// Listen implements process.Listener.
func (c *Container) Listen(ctx context.Context, port int, handler process.Handler) error {
	return c.listen(port, listener{ctx: ctx, handler: handler})
}

// ListenTLS implements process.Listener.
func (c *Container) ListenTLS(ctx context.Context, port int, configuration *tls.Config, handler process.Handler) error {
	return c.listen(port, listener{ctx: ctx, tls: configuration, handler: handler})
}

// ListenConnections implements process.Listener.
func (c *Container) ListenConnections(ctx context.Context, port int, configuration *tls.Config) (net.Listener, error) {
	ctx, cancel := context.WithCancel(ctx)
	made := newBacklog(ctx, cancel, port, configuration)
	if err := c.listen(port, listener{ctx: ctx, tls: configuration, backlog: made}); err != nil {
		cancel()
		return nil, err
	}
	return made, nil
}

func (c *Container) listen(port int, program listener) error {
	var err error
	if !c.onLoop(program.ctx, func() {
		if c.Listens(int32(port)) {
			err = syscall.EADDRINUSE
			return
		}
		if c.listeners == nil {
			c.listeners = map[int32]listener{}
		}
		c.listeners[int32(port)] = program
	}) {
		return context.Cause(program.ctx)
	}
	return err
}

// datagramListener is a UDP port at which a program of the container's shell listens.
type datagramListener struct {
	ctx     context.Context //nolint:containedctx // the life of the program that listens
	handler func(from, data string) (string, bool)
}

// ListenDatagrams implements process.Listener.
func (c *Container) ListenDatagrams(ctx context.Context, port int, handler func(from, data string) (string, bool)) error {
	var err error
	if !c.onLoop(ctx, func() {
		if c.TakesDatagrams(int32(port)) {
			err = syscall.EADDRINUSE
			return
		}
		if c.datagrams == nil {
			c.datagrams = map[int32]datagramListener{}
		}
		c.datagrams[int32(port)] = datagramListener{ctx, handler}
	}) {
		return context.Cause(ctx)
	}
	return err
}

// TakesDatagrams reports whether a program listens at a UDP port.
func (c *Container) TakesDatagrams(port int32) bool {
	found, known := c.datagrams[port]
	return known && found.ctx.Err() == nil && c.IsRunning()
}

// Datagram gives data to the program that listens at a UDP port, and returns its
// answer, if it has one.
func (c *Container) Datagram(port int32, from netip.AddrPort, data string) (string, bool) {
	c.scope.Lock()
	found, known := c.datagrams[port]
	c.scope.Unlock()
	if !known {
		return "", false
	}
	return found.handler(from.String(), data)
}

// listenerAt is the program that listens at a port, beside the image's own.
func (c *Container) listenerAt(port int32) (found listener, known bool) {
	if found, known = c.listeners[port]; !known || found.ctx.Err() != nil {
		return listener{}, false
	}
	return found, true
}

// Port is a port of a container as a server: of a program that listens there, or of
// the image's own. It implements dial.Server.
type Port struct {
	*Container
	number int32
}

// Port returns the server at a port.
func (c *Container) Port(number int32) Port { return Port{c, number} }

// Answer answers a request at the port.
func (p Port) Answer(request *http.Request) (network.Answer, bool) {
	found, known := p.listenerAt(p.number)
	if !known {
		return p.Container.Answer(request)
	}
	p.served()
	if found.backlog != nil {
		return p.ask(found, request), true
	}
	reply := found.handler(request)
	if reply.Later == nil {
		return answerOf(reply), true
	}
	later := make(chan network.Answer, 1)
	p.scope.Processes.Go(func() { later <- answerOf(reply.Later(found.ctx)) })
	return network.Answer{Later: later}, true
}

func answerOf(reply process.Reply) network.Answer {
	return network.Answer{Status: cmp.Or(reply.Status, http.StatusOK), Header: reply.Header, Body: reply.Body}
}

// SpeaksTLS implements dial.Server.
func (p Port) SpeaksTLS() bool {
	if found, known := p.listenerAt(p.number); known {
		return found.tls != nil
	}
	return p.Container.SpeaksTLS()
}
