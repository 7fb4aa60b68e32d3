package network

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// datagrams is a network that carries UDP.
type datagrams interface {
	// Datagram sends data to an address and waits for an answer.
	Datagram(ctx context.Context, address, data string) (string, error)
}

// Netcat is nc: it sends its input over a TCP connection, or with -u as a UDP
// datagram, and prints what comes back.
func Netcat(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("zvw:nult", nil)
	if !ok {
		return 1
	}
	if found.Has('l') {
		i.Errorf("listening is not simulated")
		return 1
	}
	if len(names) < 2 {
		fmt.Fprintln(i.Stderr, "Usage: nc [-zv] [-w SEC] IPADDR PORT")
		return 1
	}
	if text := found['w']; text != "" {
		limit, ok := notation.Duration(text)
		if !ok {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	if _, err := strconv.ParseUint(names[1], 10, 16); err != nil {
		i.Errorf("bad port '%s'", names[1])
		return 1
	}
	if found.Has('u') {
		return sendDatagram(ctx, i, net.JoinHostPort(names[0], names[1]))
	}
	err := error(errNoNetwork)
	var connection net.Conn
	if i.System.Network != nil {
		connection, err = i.System.Network.Dial(ctx, net.JoinHostPort(names[0], names[1]))
	}
	if err != nil {
		text := networkText(err)
		if text == "bad address" {
			i.Errorf("bad address '%s'", names[0])
		} else if !found.Has('z') || found.Has('v') {
			i.Errorf("%s (%s:%s): %s", names[0], names[0], names[1], text)
		}
		return 1
	}
	defer func() { _ = connection.Close() }()
	if found.Has('v') {
		fmt.Fprintf(i.Stderr, "%s (%s:%s) open\n", names[0], names[0], names[1])
	}
	if found.Has('z') {
		return 0
	}
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() })
	defer stop()
	var receiving sync.WaitGroup
	receiving.Go(func() {
		_, _ = io.Copy(i.Stdout, connection) // the end of a connection is no error
	})
	_, _ = io.Copy(connection, i.Stdin)
	receiving.Wait()
	if ctx.Err() != nil {
		return 1
	}
	return 0
}

// sendDatagram sends the input as one datagram and prints the answer.
func sendDatagram(ctx context.Context, i *process.Invocation, address string) int {
	input, err := io.ReadAll(i.Stdin)
	if err != nil {
		i.Errorf("%v", err)
		return 1
	}
	network, ok := i.System.Network.(datagrams)
	if !ok {
		i.Errorf("%s", networkText(errNoNetwork))
		return 1
	}
	answer, err := network.Datagram(ctx, address, string(input))
	if err != nil {
		return 1
	}
	fmt.Fprint(i.Stdout, answer)
	return 0
}
