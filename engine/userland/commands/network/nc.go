package network

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Netcat is nc: it opens a TCP connection.
func Netcat(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("zvw:nul", nil)
	if !ok {
		return 1
	}
	if found.Has('l') || found.Has('u') {
		i.Errorf("listening and UDP are not simulated")
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
	return 0
}
